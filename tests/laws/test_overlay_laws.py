"""Measures of others' credits: SQL, run by run of days, and the reference, day by day, always agree."""

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, get_args

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_rosters import DAYS, PEOPLE, histories, posted

from domain.people.roster import RosterChange
from domain.people.ties import holds
from domain.period import Period
from domain.plan.credit import Credit
from domain.plan.crediting import OWN_COUNTS, Credited
from domain.plan.fields import Title
from domain.plan.measures import Days, FactMeasure, Kind, evaluate
from projections import confirmations, credits, measures, roster, sight
from projections.attainment import before_any, courses
from projections.rows import store

MARCH = Period.parse("2025-03")
OF: dict[str, str | None] = {"count": None, "streak": None, "distinct": "customer"}


@st.composite
def stories(draw: st.DrawFn) -> list[Credit]:
    """Deals, some of them shared by several people, on the days of the roster."""
    found: list[Credit] = []
    for position in range(1, draw(st.integers(3, 12)) + 1):
        day, customer = draw(st.sampled_from(DAYS)), draw(st.sampled_from(("C1", "C2")))
        whose = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True))
        for part, employee in enumerate(whose, start=len(whose) > 1):
            found.append(
                Credit(
                    position=position,
                    part=part,
                    employee=employee,
                    role="sole" if len(whose) == 1 else "seller",
                    share=None if len(whose) == 1 else Fraction(1, 2),
                    fact="deal_closed",
                    day=day,
                    at=dt.datetime.combine(day, dt.time(9), dt.UTC),
                    customer=customer,
                    score=draw(st.sampled_from((1, 2, 5))),
                )
            )
    return found


@st.composite
def overlays(draw: st.DrawFn) -> dict[str, FactMeasure]:
    """A measure of each kind that counts the credits of somebody, and own ones where a plan may ask so."""
    return {
        kind: FactMeasure(
            kind=kind,
            fact="deal_closed",
            of=OF.get(kind, "score"),
            credited=credited,
            with_own=credited not in OWN_COUNTS and draw(st.booleans()),
            title=Title(kind, kind),
        )
        for kind in get_args(Kind)
        for credited in [draw(st.sampled_from(get_args(Credited)))]
    }


@pytest.fixture(scope="module")
def cursor(postgres: str) -> Iterator[psycopg.Cursor[Any]]:
    """Empty tables of credits and the roster, gone after the tests."""
    with psycopg.connect(postgres) as connection:
        cursor = connection.cursor()
        cursor.execute("create schema overlay_laws")
        cursor.execute("set search_path to overlay_laws")
        for projection in (credits, confirmations, roster):
            cursor.execute(projection.SCHEMA.encode())
        yield cursor
        connection.rollback()


def write(cursor: psycopg.Cursor[Any], told: list[Credit], changes: list[RosterChange]) -> None:
    cursor.execute("truncate credit, roster_change")
    rows = [
        (c.position, c.part, c.employee, c.role, c.share and "0.5", c.day, c.at, c.customer, c.score)
        for c in told
    ]
    cursor.executemany(
        "insert into credit (position, part, employee, role, share, fact, day, at, customer, score) "
        "values (%s, %s, %s, %s, %s, 'deal_closed', %s, %s, %s, %s)",
        rows,
    )
    store(cursor, "roster_change", changes)


@given(told=stories(), changes=histories(), named=overlays())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_overlays_are_those_of_each_day(
    cursor: psycopg.Cursor[Any],
    told: list[Credit],
    changes: list[RosterChange],
    named: dict[str, FactMeasure],
) -> None:
    """For everybody and every kind, over the month and since any day of it on the way to a milestone."""
    write(cursor, told, changes)

    def sees(credited: Credited, holder: str, employee: str, day: dt.date) -> bool:
        return credited != "own" and holds(credited, holder, employee, posted(changes, day))

    def due(name: str, employee: str, last: dt.date) -> Fraction | None:
        return evaluate(named[name], told, employee, Days(MARCH.first_day, last), sees=sees)

    opened = sight.windows(named.values(), MARCH, dict.fromkeys(PEOPLE, MARCH.first_day))
    found = measures.evaluate(cursor, named, opened, None)
    assert found == {e: {name: due(name, e, MARCH.last_day) for name in named} for e in PEOPLE}
    span = dict.fromkeys(PEOPLE, Days(MARCH.first_day, MARCH.last_day))
    for name in named:
        course = courses(cursor, named, name, span, None)
        for employee in PEOPLE:
            for day, value in course.get(employee, []) or [(DAYS[-1], before_any(named[name]))]:
                assert value == due(name, employee, day)
