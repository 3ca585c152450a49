"""Whose credits measures look at on which days, and the statement's part that finds them."""

import datetime as dt
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import product
from typing import Any, NamedTuple

from psycopg.sql import SQL, Composed, Placeholder

from domain.people.ties import Relation, Tie, Ties
from domain.period import Period
from domain.plan.measures import Days, FactMeasure, Measure, Window, days_of
from domain.plan.spells import Spells, within
from projections.columns import day_of, lies_between
from projections.licences import NONE, Licences, licences
from projections.rows import known
from projections.spans import Cursor
from projections.ties import Kept, ties_of

Windows = Mapping[Window, Mapping[str, Spells]]
"""The days that each window opens on for each person; none where they belonged elsewhere on all of them."""

_SEEN = SQL(
    """
from {asked} as asked (holder, employee, first_day, last_day)
join credit c on c.employee = asked.employee collate "C" and {day} between asked.first_day and asked.last_day
where {between} and c.employee between %(lowest)s and %(highest)s
    and c.fact = any(%(facts)s) and {known} and {left}"""
)
"""The credits in sight. The outer bounds on days and people say nothing new, but spare a join most rows."""

# The planner is not to see the days: those of a month that began after stock was last taken it would think
# empty, and hold each of their credits against each person who is asked about.
_BOUNDS = SQL("(select %(earliest)s::date)"), SQL("(select %(latest)s::date)")

_EACH = SQL(
    'unnest(%(holders)s::text[] collate "C", %(employees)s::text[], %(firsts)s::date[], %(lasts)s::date[])'
)

# A crowd is long to say: where everybody sees their own on the same days, these are said once.
_ALIKE = SQL(
    """(
    select holder, holder, %(earliest)s::date, %(latest)s::date
    from unnest(%(holders)s::text[] collate "C") as alike (holder)
)"""
)

_LEFT_OUT: ContextVar[tuple[str, ...]] = ContextVar("_LEFT_OUT", default=())


@contextmanager
def leaving_out(deals: Iterable[str]) -> Generator[None]:
    """What is measured meanwhile is measured as if these deals had never been."""
    token = _LEFT_OUT.set(tuple(deals))
    try:
        yield
    finally:
        _LEFT_OUT.reset(token)


class Sight(NamedTuple):
    """Whose credits count for whom on which days. seen: by holder, whatever the others see alike.

    alike: by such a holder, all who see just the same, where there is more than one.
    """

    seen: Mapping[str, Sequence[Tie]]
    alike: Mapping[str, Sequence[str]]

    @property
    def employees(self) -> set[str]:
        """Everybody who is seen."""
        return {tie.employee for own in self.seen.values() for tie in own}

    def asked(self) -> dict[str, Any]:
        """The parameters that say whose credits are asked about, and between which days they all lie."""
        rows = [(holder, *tie) for holder, own in self.seen.items() for tie in own]
        holders, employees, firsts, lasts = map(list, zip(*rows, strict=True)) if rows else ([], [], [], [])
        return {
            "holders": holders,
            "employees": employees,
            "firsts": firsts,
            "lasts": lasts,
            "earliest": min(firsts, default=None),
            "latest": max(lasts, default=None),
            "lowest": min(employees, default=None),
            "highest": max(employees, default=None),
        }

    def told(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """`rows` that begin with a holder, each for all who see the same."""
        if not self.alike:
            yield from rows
            return
        for holder, *rest in rows:
            for each in self.alike.get(holder, (holder,)):
                yield (each, *rest)


def sight(
    cursor: Cursor,
    measure: FactMeasure,
    days: Mapping[str, Spells],
    known_at: int | None,
    kept: Kept | None = None,
) -> Sight:
    """What the people in `days` see of their own and others' credits by `measure`.

    kept: the ties of these people and maybe more, where several measures are asked about.
    """
    if measure.credited == "own":
        return Sight({holder: _own(holder, runs) for holder, runs in days.items()}, {})
    held = (kept or Kept(cursor, days, known_at)).of(measure.credited)
    return _looking(held, days, measure.with_own)


def ties_between(
    cursor: Cursor,
    measures: Iterable[FactMeasure],
    span: tuple[int, int | None],
    until: dt.date,
    employees: Collection[str] | None,
) -> Sight:
    """Whom `employees`, or everybody, hold by some of `measures` on days up to `until`.

    As known at either end of `span`, for who holds whom may have become known in between.
    """
    seen: dict[str, Sequence[Tie]] = {}
    alike: dict[str, Sequence[str]] = {}
    relations: set[Relation] = {measure.credited for measure in measures if measure.credited != "own"}
    ordered: list[Relation] = sorted(relations)
    for number, (relation, known_at) in enumerate(product(ordered, span)):
        held = ties_of(cursor, relation, employees, known_at)
        holders = employees if employees is not None else {*held.held, *held.in_circles}
        looking = _looking(held, dict.fromkeys(sorted(holders), (Days(dt.date.min, until),)), False)
        for holder, own in looking.seen.items():
            # No id has a space, so that nobody is mistaken for such a name.
            seen[f"{number} {holder}"] = own
            alike[f"{number} {holder}"] = looking.alike.get(holder, (holder,))
    return Sight(seen, alike)


def _looking(held: Ties, days: Mapping[str, Spells], with_own: bool) -> Sight:
    seen: dict[str, list[Tie]] = {}
    leaders: dict[object, str] = {}
    alike: dict[str, list[str]] = {}
    for holder, runs in days.items():
        # Whoever was in the same circles on the same days sees the same, so it is looked at once for all.
        circles = tuple(being.within(*run) for run in runs for being in held.in_circles.get(holder, ()))
        leader = leaders.setdefault(circles, holder) if any(circles) else holder
        alike.setdefault(leader, []).append(holder)
        if leader == holder:
            seen[holder] = [tie for run in runs for tie in held.of(holder, *run)]
            if with_own:
                seen[holder] += _own(holder, runs)
    return Sight(seen, {leader: people for leader, people in alike.items() if len(people) > 1})


def _own(holder: str, runs: Spells) -> list[Tie]:
    return [Tie(holder, run.first, run.last) for run in runs]


NOTHING = Sight({}, {})


class Bound:
    """The parameters of one statement, each value under a name of its own.

    sight: of its measures. licences: those that they ask for, of the people who are seen.
    """

    def __init__(self, sight: Sight = NOTHING, licences: Licences = NONE) -> None:
        self.values: dict[str, Any] = {}
        self.sight = sight
        self.licences = licences

    def __call__(self, value: object) -> Placeholder:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return Placeholder(name)


def bound_for(
    cursor: Cursor,
    measures: Sequence[FactMeasure],
    days: Mapping[str, Spells],
    known_at: int | None,
    kept: Kept | None = None,
) -> Bound:
    """The parameters of a statement over `measures`, which see the same, for the people in `days`."""
    seen = sight(cursor, measures[0], days, known_at, kept)
    return Bound(seen, licences(cursor, measures, seen.employees, known_at))


def windows(
    measures: Iterable[Measure],
    period: Period,
    hired: Mapping[str, dt.date],
    until: dt.date | None = None,
    spells: Mapping[str, Spells] | None = None,
) -> Windows:
    """The days that the windows of `measures` open on for the people in `hired`, none after `until`.

    spells: of whoever belongs to a plan on these days alone; what is credited on others does not count.
    """
    wanted = {measure.window for measure in measures if isinstance(measure, FactMeasure)}
    held = spells or {}
    return {
        window: {
            employee: within(days, held.get(employee))
            for employee, hired_on in hired.items()
            for whole in [days_of(window, period, hired_on)]
            for days in [whole if until is None or whole.last <= until else Days(whole.first, until)]
        }
        for window in wanted
    }


def parted(measures: Mapping[str, FactMeasure]) -> Iterator[dict[str, FactMeasure]]:
    """`measures` by what they see: each part can be taken in one pass over the same credits."""
    parts: dict[tuple[object, ...], dict[str, FactMeasure]] = {}
    for name, measure in measures.items():
        key = (measure.counted, measure.credited, measure.with_own)
        parts.setdefault(key, {})[name] = measure
    yield from parts.values()


def seen(bound: Bound, measures: Sequence[FactMeasure], known_at: int | None) -> Composed:
    """`from … where …`: the credits `c` of the facts of `measures` that `asked.holder` sees.

    measures: which see the same.
    """
    facts = {fact for measure in measures for fact in (measure.fact, measure.less) if fact}
    whose = bound.sight.asked()
    days = set(zip(whose["firsts"], whose["lasts"], strict=True))
    alike = len(days) == 1 and whose["holders"] == whose["employees"]
    bound.values |= whose | {"facts": sorted(facts), "known_at": known_at}
    left, deals = SQL("true"), _LEFT_OUT.get()
    if deals:
        left = SQL("(c.deal is null or c.deal <> all({}))").format(bound(list(deals)))
    return _SEEN.format(
        asked=_ALIKE if alike else _EACH,
        known=known(known_at),
        day=day_of(measures[0].counted),
        between=lies_between(measures[0].counted, *_BOUNDS),
        left=left,
    )
