"""Places on boards for bonuses by rank: everybody's place as known at a position, whoever is asked about."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from domain.people.ranking import Entry, ranking
from domain.people.roster import Posting
from domain.period import Period
from domain.plan.components.base import Standing
from domain.plan.components.rank import Rank
from domain.plan.document import Board, Plan, Population
from domain.plan.measures import FactMeasure, with_ratios
from domain.plan.mentions import named_in, with_parts
from domain.plan.population import belongs, deciding_day
from projections import measures, policy, roster, sight
from projections.measures import Values
from projections.sight import Windows
from projections.spans import Cursor

EVERYBODY = Population()

Standings = Mapping[str, Mapping[str, Standing]]
"""Where everybody stands, by board and employee."""


def places(cursor: Cursor, plan: Plan, period: Period, until: dt.date, known_at: int | None) -> Standings:
    """The places on each board that pays in `period`, by what was measured up to the day `until`."""
    boards = {board.id: board for board in plan.boards}
    found = behind_boards(cursor, plan, period, until, known_at)
    return {name: placed(plan, boards[name], leaves) for name, leaves in found.items()}


def paid_boards(plan: Plan) -> set[str]:
    """The boards whose places some component of `plan` pays for."""
    return {name for component in plan.components for name in named_in(component, "boards")}


def boards_due(plan: Plan, period: Period) -> list[Board]:
    """The boards that pay in `period`: those whose own period ends with it."""
    paid = paid_boards(plan)
    return [
        board
        for board in plan.boards
        if board.id in paid and Period.containing(period.last_day, board.period).last_day == period.last_day
    ]


def places_paid(plan: Plan, board: Board) -> int:
    """How many places on `board` some component pays for."""
    ranks = (part for part in plan.components if isinstance(part, Rank) and part.board == board.id)
    return max(len(part.pays) for part in ranks)


def ranks_people(cursor: Cursor, known_at: int | None) -> bool:
    """Whether some plan pays by place, so that what one person did can change what another is due."""
    versions = policy.plan_versions(cursor, known_at)
    return any(isinstance(part, Rank) for version in versions for part in version.parsed().components)


def ranked_people(
    cursor: Cursor,
    plan: Plan,
    board: Board,
    seen: Period,
    known_at: int | None,
    cohort: Population = EVERYBODY,
    employees: Sequence[str] | None = None,
) -> dict[str, Posting]:
    """Who is on `board`, those of `cohort`; a board without a population is for the people of the plan.

    employees: those who are asked about; absent, everybody.
    """
    whom = plan.population if board.population == EVERYBODY else board.population
    return {
        employee: here
        for employee, here in roster.told(cursor, employees, known_at).deciding(seen).items()
        for day in [deciding_day(seen, here.left_on)]
        if belongs(whom, here, day) and belongs(cohort, here, day)
    }


def opened_for(
    plan: Plan, name: str, period: Period, people: Iterable[Posting], until: dt.date
) -> tuple[dict[str, FactMeasure], Windows]:
    """The measures over facts behind the measure `name`, and the days that they look at."""
    named = plan.measures
    leaves = {part: m for part in with_parts(named, (name,)) if isinstance(m := named[part], FactMeasure)}
    hired = {here.employee: here.hired_on for here in people}
    return leaves, sight.windows(leaves.values(), period, hired, until)


def behind_boards(
    cursor: Cursor, plan: Plan, period: Period, until: dt.date, known_at: int | None
) -> dict[str, dict[str, Values]]:
    """What everybody's value is made of on each board that pays in `period`, by board and employee."""
    return {
        board.id: _leaves(cursor, plan, board, period, until, known_at) for board in boards_due(plan, period)
    }


def placed(plan: Plan, board: Board, leaves: Mapping[str, Values]) -> dict[str, Standing]:
    """Everybody's place on `board`, by what their value is made of."""
    paid = ranked_values(plan, board, leaves)
    places = ranking((Entry(employee, value) for employee, value in paid.items()), board.first == "lowest")
    return {place.employee: Standing(place.place, len(paid)) for place in places if place.place is not None}


def ranked_values(plan: Plan, board: Board, leaves: Mapping[str, Values]) -> dict[str, Fraction]:
    """The value of each person who has a place on `board`."""
    wanted = {part: plan.measures[part] for part in with_parts(plan.measures, (board.measure,))}
    values = {who: with_ratios(wanted, found)[board.measure] for who, found in leaves.items()}
    return {who: v for who, v in values.items() if v is not None and (board.first == "lowest" or v > 0)}


def _leaves(
    cursor: Cursor, plan: Plan, board: Board, period: Period, until: dt.date, known_at: int | None
) -> dict[str, Values]:
    over = Period.containing(period.last_day, board.period)
    last = min(over.last_day, until)
    people = ranked_people(cursor, plan, board, over._replace(last_day=last), known_at)
    leaves, opened = opened_for(plan, board.measure, over, people.values(), last)
    return measures.evaluate(cursor, leaves, opened, known_at)
