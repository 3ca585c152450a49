"""Questions and disputes about pay: what was asked, answered, and settled, with the facts that mend it."""

from typing import Annotated, Literal, get_args

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api import inquiries
from api.own_facts import new_key
from api.pages.called import plan_words
from api.pages.page import Page
from api.pages.payroll.desk import desk_opt
from api.pages.submitted import converted, text_of
from api.payslip_words import KINDS
from domain.facts.base import Fact
from domain.facts.inquiries import InquiryAnswered, InquiryResolved, Outcome
from domain.refusals import BadField, NotAllowed, Refusal
from projections.inquiries import Inquiry, State

InquiryInPath = Annotated[str, PathParameter(description="Id of an inquiry.")]
Listed = Literal["waiting", "all"] | State


@get(
    "/payroll/inquiries",
    opt=desk_opt(asks=["state"], follows="all_but_work"),
)
async def inquiries_page(
    page: NamedDependency[Page],
    state_: Annotated[
        Listed, QueryParameter(name="state", description="Only those that stand so.")
    ] = "waiting",
) -> Response[str]:
    """What people ask about their pay; what waits first."""
    found: list[Inquiry] = await page.ask(inquiries.read_inquiries)
    wanted = {"waiting": ("open", "answered"), "all": get_args(State)}.get(state_, (state_,))
    shown = [each for each in found if each.state in wanted]
    return await page.rendered(
        "payroll/inquiries.html",
        found=shown[::-1],
        names=await page.names(each.employee for each in shown),
        kinds=_kinds(page),
        state=state_,
        states=("waiting", *get_args(State), "all"),
    )


@get("/payroll/inquiries/{inquiry:str}", opt=desk_opt(follows="all_but_work"))
async def inquiry_page(page: NamedDependency[Page], inquiry: InquiryInPath) -> Response[str]:
    """One of them with all that followed, and the forms to answer and to settle it."""
    return await _shown(page, inquiry)


@post("/payroll/inquiries/{inquiry:str}", opt=desk_opt())
async def follow_up(page: NamedDependency[Page], inquiry: InquiryInPath) -> Response[str]:
    """Answers it, or settles it for good."""
    page.caller.require_record(InquiryAnswered.TYPE)
    form = await page.request.form()
    found: Inquiry = await page.ask(inquiries.read_inquiry, inquiry=inquiry)
    try:
        fact = _fact(found, form)
        await page.record(form, fact)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, inquiry, refusal, dict(form))
    return page.gone_to(f"/payroll/inquiries/{inquiry}")


def _fact(found: Inquiry, form: FormMultiDict) -> Fact:
    """What the form says of an inquiry.

    Raises: BadField.
    """
    said = {"inquiry": found.inquiry, "employee": found.employee, "note": text_of(form, "note") or None}
    if text_of(form, "step") == "answer":
        return converted(InquiryAnswered, said)
    corrections = [
        _position(part) for part in text_of(form, "corrections").replace("，", ",").split(",") if part.strip()
    ]
    more = {
        "outcome": text_of(form, "outcome"),
        "corrections": corrections or None,
        "signature": text_of(form, "signature") or None,
    }
    return converted(InquiryResolved, said | more)


def _position(text: str) -> int:
    written = text.strip()
    if not (written.isascii() and written.isdecimal() and len(written) <= 16):
        detail = f"{written[:40]!r} is not the position of a fact."
        raise BadField(field="corrections", detail=detail, remedy="Write positions, with commas between.")
    return int(written)


async def _shown(
    page: Page, inquiry: str, refusal: Refusal | None = None, said: dict[str, str] | None = None
) -> Response[str]:
    found: Inquiry = await page.ask(inquiries.read_inquiry, inquiry=inquiry)
    answering = [each.actor for each in (*found.answers, found.resolution) if each is not None]
    return await page.answered(
        "payroll/inquiry.html",
        refusal,
        found=found,
        names=await page.names({found.employee, found.actor, *answering}),
        called=await plan_words(page),
        kinds=_kinds(page),
        outcomes=get_args(Outcome),
        currency=page.site.currency,
        said=said or {},
        may_answer=page.may("record") and found.state != "resolved",
        key=new_key(),
    )


def _kinds(page: Page) -> dict[str, str]:
    return {kind: words[page.wording.lang] for kind, words in KINDS.items()}
