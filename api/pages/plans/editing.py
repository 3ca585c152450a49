"""The editor: a plan as text, checked line by line, and put up as a draft."""

import datetime as dt
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import plan_examples, plan_life, plan_words
from api.own_facts import new_key
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import converted, text_of
from api.plan_words import PlanCheck, text_checked
from api.plan_yaml import read_text, written
from domain.facts.plans import PlanDrafted
from domain.period import Period
from domain.plan.parse import plan_document
from domain.refusals import NotAllowed, Refusal

ABOUT_A_LINE = 120
"""So much of a faulty line is quoted."""


class Begun(NamedTuple):
    """What the editor opens with. replaces: the open draft that the new one improves."""

    text: str
    draft: str
    replaces: str | None = None
    loses_remarks: bool = False


@get(
    "/plan-editor",
    opt=page_opt(
        "record",
        "plans",
        asks=["draft", "plan", "version", "begins", "example"],
        personal="people",
        reach="rows",
    ),
)
async def editor_page(
    page: NamedDependency[Page],
    draft: Annotated[str | None, QueryParameter(description="A draft to go on with.")] = None,
    plan: Annotated[str | None, QueryParameter(description="A plan to amend.")] = None,
    version: Annotated[int | None, QueryParameter(ge=1, description="Position of its version.")] = None,
    begins: Annotated[dt.date | None, QueryParameter(description="First day of the amended plan.")] = None,
    example: Annotated[str | None, QueryParameter(description="An example to begin with.")] = None,
) -> Response[str]:
    """A text to begin with: a draft, a version that is to be amended, an example, or a bare frame."""
    page.caller.require_record(PlanDrafted.TYPE)
    begun = await _begun(page, draft, plan, version, begins, example)
    return await _editor(page, begun._asdict())


@post(
    "/plan-editor",
    opt=page_opt("record", "plans", personal="people", reach="rows"),
)
async def edit(page: NamedDependency[Page]) -> Response[str]:
    """Checks the text, or puts it up as a draft if it has no fault."""
    page.caller.require_record(PlanDrafted.TYPE)
    form = await page.request.form()
    said = {name: text_of(form, name) for name in ("draft", "replaces", "reason")}
    said["text"] = str(form.get("text") or "").replace("\r\n", "\n")
    try:
        found = await text_checked(page.view, said["text"])
        if found.problems or text_of(form, "do") != "save":
            return await _editor(page, said, found)
        fields: dict[str, Any] = {
            "plan": found.plan,
            "draft": said["draft"],
            "effective_from": str(found.effective_from),
            "document": found.document,
            "document_hash": found.document_hash,
            "reason": said["reason"] or None,
            "replaces": said["replaces"] or None,
        }
        await page.record(form, converted(PlanDrafted, fields))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _editor(page, said, None, refusal)
    return page.gone_to(f"/plan-drafts/{quote(said['draft'])}")


async def _begun(
    page: Page,
    draft: str | None,
    plan: str | None,
    version: int | None,
    begins: dt.date | None,
    example: str | None,
) -> Begun:
    today = page.reading.today()
    if draft is not None:
        found = await page.ask(plan_life.read_draft, draft=draft)
        replaces = draft if found.draft.state == "open" else None
        return Begun(found.text, _next_name(draft), replaces, True)
    if plan is not None:
        words = await page.ask(plan_words.read_words, plan=plan, version=version)
        first = begins or Period.containing(today).next().first_day
        document = plan_document(read_text(words.text)) | {"effective_from": str(first)}
        document.pop("effective_until", None)
        return Begun(written(document), f"{plan[:50]}-{first:%Y-%m}.1", None, True)
    if example is not None:
        shown = await page.ask(plan_examples.read_example, example=example)
        return Begun(shown.text, f"{example[:50]}.1")
    frame = page.wording.say("plans.editor.frame", first=Period.containing(today).next().first_day)
    return Begun(frame, f"draft-{today:%Y-%m-%d}")


async def _editor(
    page: Page, said: dict[str, Any], found: PlanCheck | None = None, refusal: Refusal | None = None
) -> Response[str]:
    lines = str(said["text"]).split("\n")
    quoted = {
        each.line: lines[each.line - 1].strip()[:ABOUT_A_LINE]
        for each in (found.problems if found else ())
        if each.line is not None and each.line <= len(lines)
    }
    return await page.answered(
        "plans/editor.html",
        refusal,
        said={"reason": "", "loses_remarks": False, "replaces": None, **said},
        found=found,
        quoted=quoted,
        rows=min(max(len(lines) + 2, 18), 40),
        key=new_key(),
    )


def _next_name(draft: str) -> str:
    """The name of the draft that improves `draft`: its number and one more."""
    stem, point, number = draft.rpartition(".")
    if point and number.isascii() and number.isdecimal() and len(number) < 6:
        return f"{stem}.{int(number) + 1}"
    return f"{draft[:60]}.2"
