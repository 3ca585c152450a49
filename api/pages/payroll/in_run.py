"""One person in a run, as payroll sees them: each line, what changed, what came late, what is held."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from api import balances, inquiries, payroll, run_person
from api.kept_sheets import KeptSheets
from api.pages.employee.person import person_shown
from api.pages.page import Page
from api.pages.payroll.desk import desk_opt
from api.payslip_page import slip_shown
from api.problems import NotFound
from api.reading import EmployeeInPath, PeriodInPath, month

_PERSON = desk_opt(personal="person", follows="all_facts")


@get("/payroll/{period:str}/people/{employee:str}", opt=_PERSON)
async def person_page(
    page: NamedDependency[Page],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
    employee: EmployeeInPath,
) -> Response[str]:
    """The statement down to its facts, beside the month before, with holds, questions and payments."""
    asked = month(period)
    who = await person_shown(page, employee, min(asked.last_day, page.reading.today()))
    slip = await page.slip(employee, period)
    about: dict[str, Any] = {"kept_sheets": kept_sheets, "period": period, "employee": employee}
    try:
        found = await page.ask(run_person.read_run_person, **about)
    except NotFound as refusal:
        if refusal.field != "period":
            raise
        found = None  # nothing is due to them with this month
    held = await page.ask(payroll.read_holds, employee=employee)
    return await page.rendered(
        "payroll/person.html",
        who=who,
        period=period,
        found=found,
        slip=None if slip is None else slip_shown(slip._replace(prefix=f"{who.root}/pay/{period}/")),
        lines=[] if slip is None else slip.slip.statement.lines,
        holds=[hold for hold in held if hold.period in (None, period)],
        inquiries=await page.ask(inquiries.read_inquiries, employee=employee, period=period),
        balances=await page.ask(balances.read_balances_of, employee=employee),
    )
