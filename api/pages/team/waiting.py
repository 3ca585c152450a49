"""What waits for whoever leads people: work to confirm, and questions about pay to answer."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import confirmations, inquiries
from api.own_facts import new_key
from api.pages.called import plan_words
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import converted, text_of
from api.payslip_words import KINDS
from api.reading import month
from domain.facts.base import Fact
from domain.facts.governance import FactConfirmed
from domain.facts.inquiries import InquiryAnswered, InquiryResolved
from domain.period import Period
from domain.refusals import BadField, NotAllowed, Refusal
from projections.awaited import Awaited
from projections.inquiries import Inquiry

SHOWN = 100
OUTCOMES = ("upheld", "rejected")


@get(
    "/team/waiting",
    opt=page_opt(
        "read_care", "team", asks=["period", "done"], personal="people", reach="rows", follows="all_facts"
    ),
)
async def waiting_page(
    page: NamedDependency[Page],
    period: Annotated[
        str | None, QueryParameter(description="Work of this month; this one if absent.")
    ] = None,
    done: str | None = None,
) -> Response[str]:
    """Work of the month that nobody has confirmed, and questions about pay that are not settled."""
    return await _waiting(page, period=period, done=done is not None)


@post("/team/waiting", opt=page_opt("record", "team", asks=["period"], personal="people", reach="rows"))
async def settle(
    page: NamedDependency[Page],
    period: Annotated[
        str | None, QueryParameter(description="Work of this month; this one if absent.")
    ] = None,
) -> Response[str]:
    """Confirms a fact, or answers or settles a question: whichever form was sent."""
    form = await page.request.form()
    try:
        await page.record(form, _fact(page, form))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _waiting(page, refusal, dict(form), period)
    return page.gone_to(f"/team/waiting?done=yes{f'&period={period}' if period else ''}")


def _fact(page: Page, form: FormMultiDict) -> Fact:
    """What the form says.

    Raises: BadField, NotAllowed.
    """
    does = text_of(form, "does")
    of_inquiry = {name: text_of(form, name) for name in ("inquiry", "employee")}
    match does:
        case "confirm":
            page.caller.require_record(FactConfirmed.TYPE)
            position = text_of(form, "position")
            said = {
                "position": int(position) if position.isdecimal() else position,
                "role": text_of(form, "role"),
            }
            return converted(FactConfirmed, said)
        case "answer":
            page.caller.require_record(InquiryAnswered.TYPE)
            return converted(InquiryAnswered, {**of_inquiry, "note": text_of(form, "note") or None})
        case "resolve":
            page.caller.require_record(InquiryResolved.TYPE)
            said = {"outcome": text_of(form, "outcome") or None, "note": text_of(form, "note") or None}
            return converted(InquiryResolved, {**of_inquiry, **said})
        case _:
            raise BadField(field="does", detail=f"{does!r} is nothing to do.", remedy="Send the form again.")


async def _waiting(
    page: Page,
    refusal: Refusal | None = None,
    said: dict[str, Any] | None = None,
    period: str | None = None,
    done: bool = False,
) -> Response[str]:
    asked = Period.containing(page.reading.today()) if period is None else month(period)
    awaited: list[Awaited] = await page.ask(confirmations.read_awaited, period=period)
    found: list[Inquiry] = await page.ask(inquiries.read_inquiries) if page.may("read_pay") else []
    unsettled = [each for each in found if each.state != "resolved"]
    people = {each.employee for each in (*awaited, *unsettled)}
    return await page.answered(
        "team/waiting.html",
        refusal,
        asked=asked,
        before=str(asked.previous()),
        awaited=awaited[:SHOWN],
        more=max(0, len(awaited) - SHOWN),
        inquiries=unsettled,
        settled=[each for each in found if each.state == "resolved"][:-6:-1],
        kinds={kind: words[page.wording.lang] for kind, words in KINDS.items()},
        names=await page.names(people | {answer.actor for each in unsettled for answer in each.answers}),
        called=await plan_words(page),
        outcomes=OUTCOMES,
        currency=page.site.currency,
        may_confirm=page.may_record(FactConfirmed),
        may_answer=page.may_record(InquiryAnswered),
        said=said or {},
        done=done,
        key=new_key(),
    )
