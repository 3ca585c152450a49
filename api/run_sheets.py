"""A payroll run looked over: its people, its components, what changed and what came late, part by part."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.kept_sheets import KeptSheets
from api.name_search import NameSearch
from api.names import names_of
from api.ops import ENGINE
from api.people import Asked
from api.reading import PeriodInPath, View, month
from api.watching import shows
from domain.journal.vault import Vault
from domain.period import Period
from projections import roster, run_changes
from projections.reconciling import RunStanding
from projections.run_changes import LateMonth, LineChange
from projections.run_sheet import RunPart, RunPerson, RunSheet
from projections.run_totals import RunSum

Showing = Literal["held", "changed", "negative", "retro", "new"]
Order = Literal["employee", "amount", "difference"]

_SHOWN: Mapping[Showing, Callable[[RunPerson], bool]] = {
    "held": lambda person: person.held_minor != 0,
    "changed": lambda person: bool(person.difference_minor),
    "negative": lambda person: person.amount_minor < 0,
    "retro": lambda person: person.retro_lines > 0,
    "new": lambda person: person.previous_minor == 0 and person.amount_minor != 0,
}
_ORDER: Mapping[Order, Callable[[RunPerson], Any]] = {
    "employee": lambda person: person.employee,
    "amount": lambda person: (-person.amount_minor, person.employee),
    "difference": lambda person: (-abs(person.difference_minor or 0), person.employee),
}

Branch = Annotated[str | None, QueryParameter(description="Only people of this branch.")]
Search = Annotated[
    str | None, QueryParameter(max_length=100, description="Only people whose id or name holds this.")
]
Offset = Annotated[int, QueryParameter(ge=0, description="People to pass over.")]
Limit = Annotated[int, QueryParameter(ge=1, le=1_000, description="People a page.")]
Fewer = Annotated[int, QueryParameter(ge=1, le=100, description="People a page.")]


class RunHead(msgspec.Struct, frozen=True, kw_only=True):
    """Which run it is. known_at: the last position that its statements take into account.

    previous_period: the month before, where it is closed. total: people whom the question fits, of whom
    `offset` were passed over.
    """

    period: str
    state: Literal["open", "closed"]
    known_at: int
    closed_position: int | None
    statements_digest: str | None
    run: RunStanding
    previous_period: str | None
    total: int
    offset: int


class RunPeople(RunHead, frozen=True, kw_only=True):
    """People of a run. sums: of the whole run. branches: all of it, with how many people are in each."""

    sums: tuple[RunSum, ...]
    branches: dict[str, int]
    people: tuple[RunPerson, ...]


class RunParts(RunHead, frozen=True, kw_only=True):
    """What each component pays with a run, beside the run before."""

    parts: tuple[RunPart, ...]


class ChangedPerson(RunPerson, frozen=True, kw_only=True):
    """Somebody who is paid more or less than the month before. changes: the greatest first."""

    changes: tuple[LineChange, ...]


class RunChanges(RunHead, frozen=True, kw_only=True):
    """Who is paid something else than the month before, whom it changed most first."""

    people: tuple[ChangedPerson, ...]


class LatePerson(RunPerson, frozen=True, kw_only=True):
    """Somebody with retro deltas, by the month that they settle."""

    months: tuple[LateMonth, ...]


class RunDeltas(RunHead, frozen=True, kw_only=True):
    """Whose earlier months a run settles anew, in order of id."""

    people: tuple[LatePerson, ...]


@get(
    "/payroll/runs/{period:str}/people",
    summary="The people of a run, filtered and in order",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_run_people(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    kept_sheets: NamedDependency[KeptSheets],
    names: NamedDependency[NameSearch],
    period: PeriodInPath,
    branch: Branch = None,
    search: Search = None,
    show: Annotated[
        Showing | None,
        QueryParameter(
            description="Only who is held in part, paid something else than before, below 0, or anew."
        ),
    ] = None,
    order: Annotated[
        Order, QueryParameter(description="By id; or the greatest amount or difference first.")
    ] = "employee",
    offset: Offset = 0,
    limit: Limit = 100,
) -> RunPeople:
    """Totals without lines. For pages of one moment ask each with the `known_at` of the first answer.

    Of a closed month, leave `known_at` out: statements stay as they are, and holds and steps are of now.
    """
    made = await kept_sheets.sheet(month(period), view.known_at)
    people: Iterable[RunPerson] = made.people
    if branch is not None:
        people = [each for each in people if each.branch == branch]
    if show is not None:
        people = [each for each in people if _SHOWN[show](each)]
    if search:
        fit = await _fitting(view, vault, names, search.strip().casefold())
        people = [each for each in people if each.employee in fit]
    found = sorted(people, key=_ORDER[order])
    shown = await named(view, vault, found[offset : offset + limit])
    shows(request, [each.employee for each in shown])
    return RunPeople(
        **head_of(made, len(found), offset),
        sums=made.sums,
        branches=dict(sorted(Counter(each.branch for each in made.people if each.branch).items())),
        people=tuple(shown),
    )


@get(
    "/payroll/runs/{period:str}/components",
    summary="What each component pays with a run",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "none", "reach": "all"},
)
async def read_run_components(
    view: NamedDependency[View], kept_sheets: NamedDependency[KeptSheets], period: PeriodInPath
) -> RunParts:
    """In order of plan and component; what settles earlier months stands apart."""
    made = await kept_sheets.sheet(month(period), view.known_at)
    return RunParts(**head_of(made, len(made.people), 0), parts=made.parts)


@get(
    "/payroll/runs/{period:str}/changes",
    summary="Who is paid more or less than the month before, and why",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_run_changes(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
    branch: Branch = None,
    offset: Offset = 0,
    limit: Fewer = 20,
) -> RunChanges:
    """The greatest difference first, each line by line: new components, deltas, accounts, other measures.

    Nobody where the month before is open. Whoever was paid then and is in the run no more is in the sums.
    """
    asked = month(period)
    made = await kept_sheets.sheet(asked, view.known_at)
    changed = [each for each in made.people if each.difference_minor and branch in (None, each.branch)]
    found = sorted(changed, key=_ORDER["difference"])
    page = await named(view, vault, found[offset : offset + limit])
    own = await ask_about(view, made, page, run_changes.changes)
    shows(request, [each.employee for each in page])
    return RunChanges(
        **head_of(made, len(found), offset),
        people=tuple(
            ChangedPerson(**msgspec.structs.asdict(each), changes=tuple(own[each.employee])) for each in page
        ),
    )


@get(
    "/payroll/runs/{period:str}/deltas",
    summary="What a run settles of earlier months, and what came late",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_run_deltas(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
    branch: Branch = None,
    offset: Offset = 0,
    limit: Fewer = 20,
) -> RunDeltas:
    """The retro deltas by person and month, with the first facts that became known, or void, since the close.

    `GET /v1/employees/{employee}/statements/{period}/explain` has more facts, a receipt has all.
    """
    asked = month(period)
    made = await kept_sheets.sheet(asked, view.known_at)
    found = [each for each in made.people if each.retro_lines and branch in (None, each.branch)]
    page = await named(view, vault, found[offset : offset + limit])
    own = await ask_about(view, made, page, run_changes.late_months)
    shows(request, [each.employee for each in page])
    return RunDeltas(
        **head_of(made, len(found), offset),
        people=tuple(
            LatePerson(**msgspec.structs.asdict(each), months=tuple(own[each.employee])) for each in page
        ),
    )


HANDLERS = (read_run_people, read_run_components, read_run_changes, read_run_deltas)


async def ask_about(
    view: View, made: RunSheet, page: Sequence[RunPerson], question: Callable[..., Any]
) -> Any:
    """What `question` says of the statements of `page`, by what the sheet takes into account."""
    people, period = [each.employee for each in page], Period.parse(made.period)

    def asked(cursor: Cursor[Any], known_at: int | None) -> Any:
        at = made.known_at if made.closed_position is None else made.closed_position
        return question(cursor, period, at, people, engine=ENGINE)

    return await view.ask(asked)


async def _fitting(view: View, vault: Vault, names: NameSearch, text: str) -> set[str]:
    """Those whose id, or the name that they had last, holds `text`."""

    def question(cursor: Cursor[Any], known_at: int | None) -> set[str]:
        stand = roster.standings(cursor, dt.date.max, None, known_at)
        return {each.posting.employee for each in names.holding(cursor, vault, stand, text)}

    return await view.ask(question)


async def named(view: View, vault: Vault, people: Sequence[RunPerson]) -> list[RunPerson]:
    """`people` with the names that they had last, in clear."""
    wanted = [each.employee for each in people]
    names = await view.ask(lambda cursor, known_at: names_of(cursor, vault, wanted, known_at))
    return [msgspec.structs.replace(each, name=names.get(each.employee)) for each in people]


def head_of(made: RunSheet, total: int, offset: int) -> dict[str, Any]:
    """The fields of a `RunHead`."""
    has_previous = all(each.previous_minor is not None for each in made.sums)
    return {
        "period": made.period,
        "state": made.state,
        "known_at": made.known_at,
        "closed_position": made.closed_position,
        "statements_digest": made.statements_digest,
        "run": made.run,
        "previous_period": str(Period.parse(made.period).previous()) if has_previous else None,
        "total": total,
        "offset": offset,
    }
