"""One person in a payroll run: what changed, what came late, and what was paid."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from psycopg import Cursor

from api.kept_sheets import KeptSheets
from api.people import Asked, nothing_due
from api.reading import EmployeeInPath, PeriodInPath, View, month
from api.run_sheets import RunHead, ask_about, head_of, named
from api.watching import shows
from domain.journal.vault import Vault
from projections import paying, run_changes
from projections.paying import Payment
from projections.run_changes import LateMonth, LineChange
from projections.run_sheet import RunPerson


class PersonInRun(RunHead, frozen=True, kw_only=True):
    """A person in a run. changes: since the month before, where that is closed; months: that it settles."""

    person: RunPerson
    changes: tuple[LineChange, ...]
    months: tuple[LateMonth, ...]
    payments: tuple[Payment, ...]


@get(
    "/payroll/runs/{period:str}/people/{employee:str}",
    summary="A person in a run",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "person", "reach": "all"},
)
async def read_run_person(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
    employee: EmployeeInPath,
) -> PersonInRun:
    """Their total, line by line why it is another than before, deltas with late facts, and payments."""
    request.auth.require_about(employee)
    made = await kept_sheets.sheet(month(period), view.known_at)
    own = [each for each in made.people if each.employee == employee]
    if not own:
        raise await view.ask(lambda cursor, at: nothing_due(cursor, employee, period, at))
    changes: dict[str, list[LineChange]] = {}
    if own[0].previous_minor is not None:
        changes = await ask_about(view, made, own, run_changes.changes)
    late = await ask_about(view, made, own, run_changes.late_months)

    def payments(cursor: Cursor[Any], known_at: int | None) -> list[Payment]:
        return paying.payments(cursor, str(month(period)), known_at, [employee])

    paid = await view.ask(payments)
    shows(request, [employee])
    return PersonInRun(
        **head_of(made, 1, 0),
        person=(await named(view, vault, own))[0],
        changes=tuple(changes.get(employee, ())),
        months=tuple(late[employee]),
        payments=tuple(paid),
    )
