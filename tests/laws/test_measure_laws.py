"""The two readings of measures and milestones, in SQL and in Python over the same credits, always agree."""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from random_conditions import numbers, spans, words, worths
from random_licences import LICENCE, Licence, licensing, valid_kinds, write_licences
from random_rates import MONEY, RATES, TOLD, converting, currencies

from domain.period import Period
from domain.plan.document import Milestone
from domain.plan.fields import Title
from domain.plan.measures import (
    Counted,
    Credit,
    Days,
    FactMeasure,
    Kind,
    Measure,
    RatioMeasure,
    day_of,
    days_of,
    evaluate,
    with_ratios,
)
from domain.plan.milestones import last_day, milestone_standing, standing_from_credits
from domain.plan.sizes import Each
from projections import confirmations, credentials, credits, exchange_rates, measures, sight
from projections.attainment import before_any, courses, first_reached
from projections.rows import store

SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAIN = ("score", "amount_minor")
SUMMED = ("count", "sum", "each")
SOLD, BACK = "deal_closed", "deal_reversed"
TITLE = Title("a measure", "指标")
MARCH = Period.parse("2025-03")
NO_COLUMN = ("confirmed_by", "licences")
"""What the reference knows of a credit and the table of credits does not."""
HIRED = {"E1": dt.date(2025, 2, 20), "王": dt.date(2025, 3, 3)}


class Row(NamedTuple):
    """A credit, the position of its void, and who confirmed it: (role, position, position of the void)."""

    credit: Credit
    void_position: int | None
    confirmed: tuple[tuple[str, int, int | None], ...]


def optional(*values: object) -> st.SearchStrategy[Any]:
    return st.sampled_from((None, *values))


first_week = st.dates(dt.date(2025, 2, 27), dt.date(2025, 3, 6))
days = st.one_of(first_week, first_week, st.dates(dt.date(2025, 1, 20), dt.date(2025, 4, 5)))
hours = st.sampled_from((0, 8, 23))
columns = st.fixed_dictionaries(
    {
        "fact": st.sampled_from((SOLD, SOLD, BACK)),
        "employee": st.sampled_from(("E1", "E1", "王")),
        "customer": optional("C1", "C2", "C3"),
        "contract": optional("K1", "K2"),
        "kind": optional("call", "mail"),
        "channel": optional("douyin", "douyin", "shop"),
        "quantity": optional(1, 2, 50),
        "minutes": optional(0, 30, 61),
        "money": st.sampled_from((None, None, *MONEY)),
        "score": optional(Decimal("8.5"), Decimal("8.50"), Decimal("0"), Decimal("9.333333")),
        "attributes": optional({"grade": 3, "ward": "A"}, {"grade": "3"}, {}),
        "split": optional(None, (1, "seller", Fraction(3, 5)), (2, "referrer", Fraction(0))),
    }
)
came_back = st.none() | st.integers(0, 75)
"""So many days after its deal a reversal came; None where the deal is unknown."""

week = st.dates(dt.date(2025, 3, 3), dt.date(2025, 3, 10))
crowded = st.fixed_dictionaries(
    {
        "fact": st.just(SOLD),
        "employee": st.sampled_from(("E1", "王")),
        "customer": st.sampled_from(("C1", "C2", "C3")),
        "score": st.sampled_from((Decimal("8.5"), Decimal("9"), Decimal("9.333333"))),
    }
)
"""Much of the same in one week: what sparse histories never bring together in one value or run of days."""


def after(position: int, distance: int | None) -> int | None:
    return None if distance is None else position + distance


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Facts at positions 1 … n, with voids and confirmations at positions above n."""
    fields, on = draw(st.sampled_from(((columns, days), (crowded, week))))
    drawn = draw(st.lists(st.tuples(fields, on, hours), min_size=10, max_size=25))
    rows, taken = list[Row](), itertools.count(len(drawn) + 1)
    voids = st.sampled_from((None, None, None, None, 1, 4, 9))
    roles = st.sampled_from((("manager",), ("manager", "rd"), ("rd",), ()))
    for position, (held, day, hour) in enumerate(drawn, start=1):
        amount_minor, currency = held.get("money") or (None, None)
        fields = {name: value for name, value in held.items() if name not in ("money", "split")}
        fields |= zip(("part", "role", "share"), held.get("split") or (0, "sole", None), strict=True)
        at = dt.datetime.combine(day, dt.time(hour), SHANGHAI)
        later = draw(came_back) if fields["fact"] == BACK else None
        credit = Credit(
            position=position,
            day=day,
            deal_day=None if later is None else day - dt.timedelta(days=later),
            at=at,
            amount_minor=amount_minor,
            currency=currency,
            **fields,
        )
        confirmed = [(role, next(taken), draw(voids)) for role in draw(roles)]
        rows.append(
            Row(
                credit,
                after(len(drawn), draw(voids)),
                tuple((role, at, after(at, void)) for role, at, void in confirmed),
            )
        )
    return rows


History = tuple[list[Row], list[Licence], int | None]
"""Credits, what happened to credentials, and the position as known at which they are read."""


@st.composite
def known_histories(draw: st.DrawFn) -> History:
    """A history, and a position at which something in it changes, or the one before; None for the end."""
    rows, held = draw(histories()), draw(licensing(days))
    voids = [row.void_position for row in (*rows, *held)]
    told = [at for row in rows for _, *positions in row.confirmed for at in positions]
    granted = [licence.change.position for licence in held]
    turns = sorted({at for at in (len(rows), *voids, *told, *granted) if at is not None})
    at = draw(st.none() | st.builds(int.__sub__, st.sampled_from(turns), st.sampled_from((0, 1))))
    return rows, held, at


@st.composite
def fact_measures(draw: st.DrawFn, kind: Kind) -> FactMeasure:
    of = None
    if kind == "distinct":
        of = draw(st.sampled_from(("customer", "contract", "day", "attributes.grade", "attributes.ward")))
    elif kind not in ("count", "streak"):
        of = draw(st.sampled_from(("quantity", "minutes", "amount_minor", "score")))
    where = draw(st.sampled_from(((), (), (draw(words),), (draw(numbers),))))
    return FactMeasure(
        kind=kind,
        title=TITLE,
        fact=draw(st.sampled_from((SOLD, SOLD, BACK))),
        of=of,
        by=draw(optional(None, "customer", "day", "attributes.grade")) if kind == "each" else None,
        worth=draw(st.none() | worths) if kind not in ("count", "streak", "distinct") else None,
        licensed=draw(optional(LICENCE)),
        unlicensed=draw(st.sampled_from(("earns_nothing", "earns_nothing", "flagged"))),
        where=where,
        less=draw(optional(BACK)) if kind in SUMMED else None,
        counted=draw(st.sampled_from(get_args(Counted) if kind in SUMMED else ("when_reversed",))),
        within_months=draw(optional(1, 2)),
        confirmed_by=draw(optional(None, "manager")),
        window=draw(spans),
        **draw(currencies) if of == "amount_minor" or any(c.column == "amount_minor" for c in where) else {},
        scale=100 if of == "amount_minor" else 1,
    )


@st.composite
def plain_measures(draw: st.DrawFn, kind: Kind) -> FactMeasure:
    """Of every deal, without a condition that would hide most of them."""
    of = {"distinct": "customer", "count": None, "streak": None}.get(kind, draw(st.sampled_from(PLAIN)))
    money = draw(converting) | {"scale": 100} if of == "amount_minor" else {}
    return FactMeasure(kind=kind, title=TITLE, fact=SOLD, of=of, window=draw(spans), **money)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Measure]:
    """One measure of each kind, and a ratio of two of them."""
    measured = draw(st.sampled_from((fact_measures, plain_measures)))
    named: dict[str, Measure] = {kind: draw(measured(kind)) for kind in get_args(Kind)}
    ratio = RatioMeasure(
        title=TITLE, of=draw(st.sampled_from(sorted(named))), to=draw(st.sampled_from(sorted(named)))
    )
    return {"ratio": ratio, **named}


def counted(rows: list[Row], held: list[Licence], known_at: int | None) -> Iterator[Credit]:
    """The credits that count as known at a position, each with its live confirmations and licences."""

    def live(position: int, void_position: int | None) -> bool:
        if known_at is None:
            return void_position is None
        return position <= known_at and (void_position is None or void_position > known_at)

    changes = [change for change, void_position in held if live(change.position, void_position)]
    for credit, void_position, confirmed in rows:
        if live(credit.position, void_position):
            roles = frozenset(role for role, position, void in confirmed if live(position, void))
            fields = {name: getattr(credit, name) for name in credit.__struct_fields__}
            valid = valid_kinds(changes, credit.employee, credit.deal_day or credit.day)
            yield Credit(**fields | {"confirmed_by": roles, "licences": valid})


def write(cursor: psycopg.Cursor[Any], rows: list[Row], held: list[Licence]) -> None:
    cursor.execute("truncate credit, confirmation, credential_change")
    write_licences(cursor, held)
    for credit, void_position, confirmed in rows:
        told = {name: getattr(credit, name) for name in credit.__struct_fields__ if name not in NO_COLUMN}
        told |= {"attributes": Jsonb(credit.attributes) if credit.attributes is not None else None}
        told |= {"void_position": void_position}
        if credit.share is not None:
            told["share"] = Decimal(credit.share.numerator) / Decimal(credit.share.denominator)
        names, places = ", ".join(told), ", ".join(f"%({name})s" for name in told)
        cursor.execute(f"insert into credit ({names}) values ({places})", told)
        cursor.executemany(
            "insert into confirmation (fact_position, role, position, void_position) values (%s, %s, %s, %s)",
            [(credit.position, *confirmation) for confirmation in confirmed],
        )


def reference(
    named: Mapping[str, Measure],
    rows: list[Row],
    held: list[Licence],
    known_at: int | None,
    until: dt.date | None,
    spells: Mapping[str, tuple[Days, ...]],
) -> dict[str, dict[str, Fraction | None]]:
    credits = list(counted(rows, held, known_at))
    return {
        employee: with_ratios(
            named,
            {
                name: evaluate(measure, own, employee, Days(first, min(last, until or last)), rates=RATES)
                for name, measure in named.items()
                if isinstance(measure, FactMeasure)
                for first, last in [days_of(measure.window, MARCH, hired_on)]
                for own in [[c for c in credits if is_within(day_of(measure, c), spells.get(employee))]]
            },
        )
        for employee, hired_on in HIRED.items()
    }


def is_within(day: dt.date, runs: tuple[Days, ...] | None) -> bool:
    return runs is None or any(run.first <= day <= run.last for run in runs)


def sizes(value: Fraction | None) -> tuple[Fraction, ...]:
    assert isinstance(value, Each)
    return value.sizes


@pytest.fixture(scope="module")
def cursor(postgres: str) -> Iterator[psycopg.Cursor[Any]]:
    """Empty tables of credits and confirmations, gone after the tests."""
    with psycopg.connect(postgres) as connection:
        cursor = connection.cursor()
        cursor.execute("create schema measure_laws")
        cursor.execute("set search_path to measure_laws")
        for projection in (credits, confirmations, credentials, exchange_rates):
            cursor.execute(projection.SCHEMA.encode())
        store(cursor, "exchange_rate", TOLD)
        yield cursor
        connection.rollback()


runs = st.lists(days, max_size=6, unique=True).map(
    lambda edges: tuple(Days(*pair) for pair in zip(*[iter(sorted(edges))] * 2, strict=False))
)


@given(
    history=known_histories(),
    named=plans(),
    until=st.none() | days,
    spells=st.dictionaries(st.sampled_from(sorted(HIRED)), runs),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_and_the_reference_agree(
    cursor: psycopg.Cursor[Any],
    history: History,
    named: dict[str, Measure],
    until: dt.date | None,
    spells: dict[str, tuple[Days, ...]],
) -> None:
    """Every measure of every person is the same exact number, as known at any position and up to any day.

    Whoever has spells in the plan is measured by the credits of these days alone.
    """
    rows, held, known_at = history
    write(cursor, rows, held)
    opened = sight.windows(named.values(), MARCH, HIRED, until, spells)
    found = measures.evaluate(cursor, named, opened, known_at)
    due = reference(named, rows, held, known_at, until, spells)
    assert found == due
    assert [sizes(found[employee]["each"]) for employee in HIRED] == [
        sizes(due[employee]["each"]) for employee in HIRED
    ]


@given(
    history=known_histories(),
    named=plans(),
    level=st.sampled_from((1, 2, 3, 9, 30)),
    within=st.integers(1, 60),
    as_of=days,
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_milestones_are_reached_on_the_same_day(
    cursor: psycopg.Cursor[Any],
    history: History,
    named: dict[str, Measure],
    level: int,
    within: int,
    as_of: dt.date,
) -> None:
    """The course of a measure since the hire leads to the standing that the reference reads off credits."""
    rows, held, known_at = history
    write(cursor, rows, held)
    credits = list(counted(rows, held, known_at))
    for name in named:
        milestone = Milestone(
            id="m", title=TITLE, measure=name, reaches=Fraction(level), within_days=Fraction(within)
        )
        windows = {
            e: Days(hired_on, min(as_of, last_day(milestone, hired_on))) for e, hired_on in HIRED.items()
        }
        told = courses(cursor, named, name, windows, known_at)
        for employee, hired_on in HIRED.items():
            course = told.get(employee, [])
            done = course[-1][1] if course else before_any(named[name])
            reached = first_reached(course, milestone.reaches)
            standing = milestone_standing(milestone, done, reached, hired_on, as_of)
            assert standing == standing_from_credits(
                milestone, named, credits, employee, hired_on, as_of, RATES
            )
