"""What an employee is paid: month by month, line by line, down to the facts; and how to question it."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import overview, people
from api.facts import within_rights
from api.ops import now
from api.own_facts import new_key, own_fact, record
from api.pages.employee.person import person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import converted, text_of, typed_minor
from api.payslip_page import Page as Slip
from api.payslip_page import slip_shown
from api.payslip_words import KINDS
from api.reading import EmployeeInPath, PeriodInPath, month
from api.roles import MAY_RECORD
from domain.facts.inquiries import InquiryOpened
from domain.period import Period
from domain.refusals import NotAllowed, Refusal
from projections.overview import Overview

FACTS_A_PAGE = 50


@get(
    "/employees/{employee:str}/pay",
    opt=page_opt("read_pay", "pay", nav=20, personal="person", follows="all_facts"),
)
async def months_page(page: NamedDependency[Page], employee: EmployeeInPath) -> Response[str]:
    """The month as it stands, and the months that are closed."""
    today = page.reading.today()
    found: Overview = await page.ask(overview.read_overview, employee=employee)
    return await page.rendered(
        "employee/months.html",
        who=await person_shown(page, employee, today),
        pay=found.pay,
        period=str(Period.containing(today)),
    )


@get(
    "/employees/{employee:str}/pay/{period:str}",
    opt=page_opt("read_pay", "pay", personal="person", follows="all_facts"),
)
async def pay_page(
    page: NamedDependency[Page], employee: EmployeeInPath, period: PeriodInPath
) -> Response[str]:
    """The statement of a month: each line with what it counted, its rule, and the way to its facts."""
    asked = month(period)
    who = await person_shown(page, employee, min(asked.last_day, page.reading.today()))
    slip = await page.slip(employee, period)
    return await page.rendered(
        "employee/pay.html",
        who=who,
        period=period,
        may_dispute=who.is_self and InquiryOpened.TYPE in MAY_RECORD.get(page.caller.role, ()),
        previous=str(asked.previous()),
        following=str(asked.next()) if asked.last_day < page.reading.today() else None,
        slip=None if slip is None else slip_shown(_linked(slip, who.root, period)),
    )


@get(
    "/employees/{employee:str}/pay/{period:str}/evidence",
    opt=page_opt("read_pay", "pay", asks=["plan", "measure", "milestone", "offset"], personal="person"),
)
async def evidence_page(
    page: NamedDependency[Page],
    employee: EmployeeInPath,
    period: PeriodInPath,
    plan: Annotated[str, QueryParameter(description="Id of a plan.")],
    measure: Annotated[str, QueryParameter(description="Name of one of its measures.")],
    milestone: Annotated[str | None, QueryParameter(description="Milestone that looks at it.")] = None,
    offset: Annotated[int, QueryParameter(ge=0, description="Facts to pass over.")] = 0,
) -> Response[str]:
    """The facts that a measure of the month counted, each with what it adds."""
    found = await page.ask(
        people.read_evidence,
        employee=employee,
        period=period,
        plan=plan,
        measure=measure,
        milestone=milestone,
        offset=offset,
        limit=FACTS_A_PAGE,
    )
    return await page.rendered(
        "employee/evidence.html",
        who=await person_shown(page, employee, page.reading.today()),
        period=period,
        found=found,
        offset=offset,
        milestone=milestone,
    )


@get(
    "/employees/{employee:str}/pay/{period:str}/dispute",
    opt=page_opt("record", "pay", personal="person"),
)
async def dispute_page(
    page: NamedDependency[Page], employee: EmployeeInPath, period: PeriodInPath
) -> Response[str]:
    """The form of a question about a month, for the one whose pay it is."""
    _require_own(page, employee)
    return await _dispute(page, employee, period)


@post(
    "/employees/{employee:str}/pay/{period:str}/dispute",
    opt=page_opt("record", "pay", personal="person"),
)
async def open_dispute(
    page: NamedDependency[Page], employee: EmployeeInPath, period: PeriodInPath
) -> Response[str]:
    """Opens the inquiry, and goes back to the month, which shows it."""
    _require_own(page, employee)
    form = await page.request.form()
    key = text_of(form, "key") or new_key()
    slip = await page.slip(employee, period)
    currency = slip.slip.statement.currency if slip else "CNY"
    plan, _, component = text_of(form, "line").partition("/")
    expected = text_of(form, "expected")
    try:
        said = {
            "inquiry": key[:32],
            "employee": employee,
            "period": period,
            "kind": text_of(form, "kind"),
            "note": text_of(form, "note"),
            "plan": plan or None,
            "component": component or None,
            "expected_minor": typed_minor(expected, currency, "expected", signed=False) if expected else None,
        }
        fact = converted(InquiryOpened, said)
        submission = within_rights(own_fact(page.caller, fact, now(), key), page.caller)
        await record(page.request, page.writing, page.reading, submission)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _dispute(page, employee, period, refusal, dict(form))
    return page.gone_to(f"/employees/{employee}/pay/{period}#inquiries")


async def _dispute(
    page: Page,
    employee: str,
    period: str,
    refusal: Refusal | None = None,
    said: dict[str, str] | None = None,
) -> Response[str]:
    slip = await page.slip(employee, period)
    lines = () if slip is None else slip.slip.statement.lines
    return await page.answered(
        "employee/dispute.html",
        refusal,
        who=await person_shown(page, employee, page.reading.today()),
        period=period,
        kinds={kind: words[page.wording.lang] for kind, words in KINDS.items()},
        lines={f"{line.plan}/{line.component}": line for line in lines if line.about is None},
        currency=slip.slip.statement.currency if slip else "CNY",
        said=said or {},
        key=new_key(),
    )


def _require_own(page: Page, employee: str) -> None:
    page.caller.require_record(InquiryOpened.TYPE)
    page.require_self(employee)


def _linked(slip: Slip, root: str, period: str) -> Slip:
    return slip._replace(prefix=f"{root}/pay/{period}/")
