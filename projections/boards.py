"""Boards: people ranked by a measure over a period, among a cohort.

Equal values share a place (1, 2, 2, 4). Within a place, whoever reached the value first stands first (see
`reached`), and then the id decides.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from domain.people.ranking import Entry, Movement, Place, movement, ranking
from domain.people.roster import Posting
from domain.period import Period
from domain.plan.document import Board, Plan, Population
from domain.plan.exact import Unit
from domain.plan.fields import Noun, Title
from domain.plan.measures import with_ratios
from domain.plan.mentions import with_parts
from projections import closing, measures, policy
from projections.places import EVERYBODY, opened_for, ranked_people
from projections.reached import reached_at
from projections.spans import Cursor


class BoardPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A person's place; None where nothing was measured. value: exact text. tied: others share the place.

    reached_at: when a tied value was reached. before, movement: the place in the period before, and how this
    one is to it, where that was asked for. anonymous: `employee` stands for somebody not shown by name.
    """

    place: int | None
    employee: str
    branch: str | None
    team: str | None
    value: str | None
    tied: bool
    reached_at: dt.datetime | None
    before: int | None = None
    movement: Movement | None = None
    anonymous: bool = False


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A board as it stands. people: how many are ranked in all; places: the first `size` of them.

    known_at: the position up to which facts count.
    """

    plan: str
    measure: str
    title: Title
    form: Unit
    unit: Noun | None
    period: str
    first: str
    known_at: int
    people: int
    places: tuple[BoardPlace, ...]


def board(
    cursor: Cursor,
    name: str,
    period: Period,
    *,
    plan: str | None = None,
    cohort: Population = EVERYBODY,
    until: dt.date | None = None,
    known_at: int | None = None,
    moved: bool = False,
) -> Ranked | None:
    """The board `name` of a plan in force, over `period` up to the day `until`; None when no plan has it.

    cohort: those of the board's own population who are asked about. plan: which one, if several have the
    board. moved: tell also how each place moved since the whole period before, ranked by the same rules.
    """
    known_at = closing.head(cursor) if known_at is None else known_at
    found = named(cursor, name, period, plan, until, known_at)
    if found is None:
        return None
    ranked = rank(cursor, *found, period, cohort=cohort, until=until, known_at=known_at)
    if not moved:
        return ranked
    whole = msgspec.structs.replace(found[1], size=None)
    before = rank(cursor, found[0], whole, period.previous(), cohort=cohort, known_at=known_at)
    return with_movement(ranked, {each.employee: each.place for each in before.places})


def stands_on(
    cursor: Cursor,
    name: str,
    period: Period,
    employee: str,
    *,
    plan: str | None = None,
    until: dt.date | None = None,
    known_at: int | None = None,
) -> bool:
    """Whether `employee` is among those whom the board `name` ranks over `period`."""
    found = named(cursor, name, period, plan, until, known_at)
    if found is None:
        return False
    seen = period._replace(last_day=min(period.last_day, until or period.last_day))
    return employee in ranked_people(cursor, *found, seen, known_at)


def with_movement(ranked: Ranked, placed: Mapping[str, int | None]) -> Ranked:
    """`ranked` with how each place moved since people were `placed`; whoever had no place is new."""
    places = [
        msgspec.structs.replace(
            each, before=placed.get(each.employee), movement=movement(placed.get(each.employee), each.place)
        )
        for each in ranked.places
    ]
    return msgspec.structs.replace(ranked, places=tuple(places))


def named(
    cursor: Cursor, name: str, period: Period, plan: str | None, until: dt.date | None, known_at: int | None
) -> tuple[Plan, Board] | None:
    """The board, and the plan in force that has it."""
    for version in policy.plans_in_force(cursor, min(period.last_day, until or period.last_day), known_at):
        held = version.parsed()
        for found in held.boards:
            if found.id == name and plan in (None, held.plan):
                return held, found
    return None


def measure_board(plan: Plan, measure: str, period: Period, *, lowest_first: bool = False) -> Board:
    """A board that no plan has: of any measure of `plan`, for all its people."""
    first = "lowest" if lowest_first else "highest"
    return Board(
        id=measure, title=plan.measures[measure].title, measure=measure, period=period.kind, first=first
    )


def rank(
    cursor: Cursor,
    plan: Plan,
    board: Board,
    period: Period,
    *,
    cohort: Population = EVERYBODY,
    until: dt.date | None = None,
    known_at: int | None = None,
) -> Ranked:
    """Everybody's place on `board`, a board without a population being for those of the plan."""
    known_at = closing.head(cursor) if known_at is None else known_at
    last = min(period.last_day, until or period.last_day)
    people = ranked_people(cursor, plan, board, period._replace(last_day=last), known_at, cohort)
    leaves, opened = opened_for(plan, board.measure, period, people.values(), last)
    found = measures.evaluate(cursor, leaves, opened, known_at)
    wanted = {part: plan.measures[part] for part in with_parts(plan.measures, (board.measure,))}
    values = {employee: with_ratios(wanted, own)[board.measure] for employee, own in found.items()}
    lowest_first = board.first == "lowest"
    unsettled = ranking((Entry(employee, value) for employee, value in values.items()), lowest_first)
    # Whoever stands behind the last who is shown is not told of, so nobody asks when they came there.
    last_shown = unsettled[: board.size][-1:]
    behind = last_shown[0].place if last_shown else None
    tied = [each.employee for each in unsettled if each.tied and not _is_behind(each.place, behind)]
    reached = reached_at(cursor, leaves.values(), opened, tied, known_at)
    places = ranking((Entry(e, value, reached.get(e)) for e, value in values.items()), lowest_first)
    return shown(plan, board, period, places, people, reached, known_at)


def shown(
    plan: Plan,
    board: Board,
    period: Period,
    places: Sequence[Place],
    people: Mapping[str, Posting],
    reached: Mapping[str, dt.datetime],
    known_at: int,
) -> Ranked:
    """The board of which `places` are the first ones at least, and which ranks `people`."""
    measure = plan.measures[board.measure]
    return Ranked(
        plan=plan.plan,
        measure=board.measure,
        title=board.title,
        form=measure.form,
        unit=measure.unit,
        period=str(period),
        first=board.first,
        known_at=known_at,
        people=len(people),
        places=tuple(_place(place, people[place.employee], reached) for place in places[: board.size]),
    )


def _is_behind(place: int | None, last: int | None) -> bool:
    return place is not None and last is not None and place > last


def _place(place: Place, here: Posting, reached: Mapping[str, dt.datetime]) -> BoardPlace:
    return BoardPlace(
        place=place.place,
        employee=place.employee,
        branch=here.branch,
        team=here.team,
        value=None if place.value is None else str(place.value),
        tied=place.tied,
        reached_at=reached.get(place.employee),
    )
