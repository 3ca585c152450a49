"""Rosters that are searched for: no hard rule broken, and infeasible only where nothing else is possible."""

import datetime as dt
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wards import LICENCE, away, licensed, need, on, pattern, rules, ward, wish

from api.rostering.greedy import greedy
from api.rostering.proposal import Conflict, Search
from api.rostering.solving import Found, solve
from benchmarks.rostering import ward as large
from domain.facts.rostering import MixPart
from domain.people.eligibility import Background
from domain.people.roster_check import Proposed, faults
from domain.people.roster_quality import fairness, wishes_met
from domain.people.rostering import Problem, Unit, problem

LIMITED = rules(nights_in_a_row=2, rest_minutes=660, week_minutes=2400)
QUICK = Search(effort=2, seconds=20)


def found(unit: Unit, search: Search = QUICK) -> Found:
    """What the search finds, which the checker has gone over."""
    told = solve(problem(unit), search)
    assert not told.shifts or faults(unit, told.shifts) == []
    return told


def cells(told: Found) -> dict[str, list[tuple[int, str]]]:
    """Who has what, by person."""
    by_person: dict[str, list[tuple[int, str]]] = {}
    for each in told.shifts:
        by_person.setdefault(each.employee, []).append(((each.on - on(0)).days, each.pattern))
    return by_person


def details(conflicts: tuple[Conflict, ...]) -> set[str]:
    assert all(each.needed for each in conflicts)
    return {each.detail for each in conflicts}


@pytest.mark.rule("R51", "R53")
def test_no_roster_has_three_nights_in_a_row() -> None:
    """One night a day for three nurses over a week: possible with two on end, and nobody has three."""
    told = found(ward(["A", "B", "C"], 7, [need("N", 1)], limits=LIMITED))
    assert told.status == "optimal" and told.stopped_by == "proof" and len(told.shifts) == 7
    own = {who: [day for day, _ in nights] for who, nights in cells(told).items()}
    assert all(not {day, day + 1, day + 2} <= set(days) for days in own.values() for day in days)
    alone = found(ward(["A"], 3, [need("N", 1)], limits=LIMITED))
    assert alone.status == "infeasible" and alone.shifts == ()
    assert details(alone.conflicts) == {
        "at most 2 nights in a row",
        *(f"1 people on shift N on {on(day)}" for day in range(3)),
    }
    assert [each.positions for each in alone.conflicts if each.kind == "rule"] == [(9,)]


@pytest.mark.rule("R53")
def test_nights_that_somebody_has_already_count() -> None:
    """Two nights before the period begins leave none for its first day; what is there counts for the need."""
    before = {"A": {-2: "N", -1: "N"}}
    told = found(ward(["A", "B"], 2, [need("N", 1)], limits=LIMITED, held=before))
    assert cells(told) == {"B": [(0, "N"), (1, "N")]} or cells(told) == {"B": [(0, "N")], "A": [(1, "N")]}
    assert found(ward(["A"], 1, [need("N", 1)], limits=LIMITED, held=before)).status == "infeasible"
    there = found(ward(["A", "B"], 1, [need("N", 1)], limits=LIMITED, held={"B": {0: "N"}}))
    assert there.status == "optimal" and there.shifts == ()


@pytest.mark.rule("R53")
def test_a_conflict_names_the_leave_the_licence_and_the_need() -> None:
    """A is away, B's licence ends: one early shift on the second day cannot be filled."""
    people = {
        "A": Background([licensed("A")], (), [away("A", 1, 1)]),
        "B": Background([licensed("B", until=on(0))]),
    }
    limits = rules(credentials=(LICENCE,))
    told = found(ward(["A", "B"], 2, [need("E", 1)], limits=limits, backgrounds=people))
    assert told.status == "infeasible"
    assert {each.kind for each in told.conflicts} == {"leave", "credential", "need"}
    assert {each.positions for each in told.conflicts if each.kind == "need"} == {(20,)}
    assert any(
        "A is on annual leave from 2025-03-04 to 2025-03-04 (position 41)" in each.detail
        for each in told.conflicts
    )
    assert found(ward(["A", "B"], 1, [need("E", 1)], limits=limits, backgrounds=people)).status == "optimal"


@pytest.mark.rule("R53")
def test_a_mix_is_kept() -> None:
    """Of two on each shift one is senior, and there is one senior for two shifts of a day."""
    senior = MixPart(count=1, credential=LICENCE)
    nurses, people = ["A", "B", "C", "D"], {"A": Background([licensed("A")])}
    one = found(ward(nurses, 1, [need("E", 2, senior)], backgrounds=people))
    assert one.status == "optimal" and (0, "E") in cells(one)["A"]
    needs = [need("E", 2, senior), need("L", 2, senior, position=21)]
    two = found(ward(nurses, 1, needs, backgrounds=people))
    assert two.status == "infeasible" and {each.kind for each in two.conflicts} == {"mix"}


@pytest.mark.rule("R53")
def test_wishes_are_met_as_far_as_the_rules_let_them() -> None:
    """All three want the same day off and two are needed: the heaviest wish is met, and the share is told."""
    wishes = [wish("A", 0, None, 5), wish("B", 0, None, 1), wish("C", 0, None, 1), wish("B", 1, "L", 2)]
    unit = ward(
        ["A", "B", "C"], 2, [need("E", 2), need("L", 1, position=21, weekdays=frozenset({2}))], wishes=wishes
    )
    told = found(unit)
    met = wishes_met(problem(unit), told.shifts)
    assert told.status == "optimal"
    assert (met.wishes, met.met, met.weight, met.met_weight, met.share) == (4, 2, 9, 7, "7/9")
    assert {each.employee for each in met.unmet} == {"B", "C"}


def test_nights_and_weekends_are_shared_out() -> None:
    """Four nurses over two weeks: nobody has more than one night or weekend day more than another."""
    unit = ward(["A", "B", "C", "D"], 14, [need("N", 1), need("E", 1, position=21)], limits=LIMITED)
    told = found(unit)
    shared = fairness(problem(unit), told.shifts)
    assert shared.people == 4
    for spread in (shared.nights, shared.weekends, shared.shifts):
        assert spread.most - spread.least <= 1


def test_the_same_search_finds_the_same_roster() -> None:
    """With one seed; a search that the clock stops says so."""
    unit = large(40, 5)
    again = [solve(problem(unit), Search(effort=1, seconds=60, seed=3)) for _ in range(2)]
    assert again[0].shifts == again[1].shifts and again[0].shifts
    assert again[0].stopped_by in ("effort", "proof")


LIMITS = st.builds(
    rules,
    nights_in_a_row=st.sampled_from((None, 1, 2)),
    rest_minutes=st.sampled_from((None, 480, 660)),
    week_minutes=st.sampled_from((None, 960, 1440)),
    credentials=st.sampled_from((None, (LICENCE,))),
)


@st.composite
def small_wards(draw: st.DrawFn) -> Unit:
    """At most three nurses on at most three days with at most two shifts."""
    nurses, days = ["A", "B", "C"][: draw(st.integers(1, 3))], draw(st.integers(1, 3))
    names = draw(st.sampled_from((["N"], ["E", "N"], ["L", "E"], ["L", "N"])))
    mix = [MixPart(count=1, credential=LICENCE)] if draw(st.booleans()) else []
    needs = [
        need(name, draw(st.integers(1, 2)), *(mix if not number else []), position=20 + number)
        for number, name in enumerate(names)
    ]
    backgrounds: dict[str, Background] = {}
    for nurse in nurses:
        licences = [licensed(nurse, draw(st.sampled_from((None, on(0)))))] if draw(st.booleans()) else []
        leaves = [away(nurse, 1, 1)] if draw(st.integers(0, 3)) == 0 else []
        backgrounds[nurse] = Background(licences, (), leaves)
    held = {"A": {-1: draw(st.sampled_from("EN"))}} if draw(st.booleans()) else {}
    wishes = [
        wish(nurse, 0, draw(st.sampled_from((None, *names)))) for nurse in nurses if draw(st.booleans())
    ]
    return ward(nurses, days, needs, limits=draw(LIMITS), wishes=wishes, backgrounds=backgrounds, held=held)


def all_rosters(asked: Problem) -> Iterator[list[Proposed]]:
    """Every way to give each person one of the shifts, or none, on each day."""
    days = asked.unit.days
    names = sorted({slot.pattern for slot in asked.demands})
    keys = [(each.employee, day) for each in asked.candidates for day in days]
    for chosen in product([None, *names], repeat=len(keys)):
        yield [Proposed(who, day, name) for (who, day), name in zip(keys, chosen, strict=True) if name]


def is_exact(asked: Problem, roster: list[Proposed]) -> bool:
    """Nobody is on a shift who is not needed."""
    return all(
        sum((each.on, each.pattern) == slot for each in roster) == item.count
        for slot, item in asked.demands.items()
    )


@settings(max_examples=25, deadline=None)
@given(small_wards())
@pytest.mark.rule("R53")
def test_a_search_agrees_with_trying_everything(unit: Unit) -> None:
    """A roster is found if and only if there is one, and no reason of a conflict is spare."""
    asked = problem(unit)
    told = found(unit)
    sensible = (roster for roster in all_rosters(asked) if is_exact(asked, roster))
    exists = any(not faults(unit, roster) for roster in sensible)
    assert told.status == ("optimal" if exists else "infeasible")
    assert exists or (told.conflicts and all(each.needed for each in told.conflicts))
    if exists:
        assert is_exact(asked, list(told.shifts))


@settings(max_examples=5, deadline=None)
@given(st.integers(10, 24), st.integers(3, 9), st.integers(0, 1000))
@pytest.mark.rule("R53")
def test_no_generated_roster_breaks_a_hard_rule(people: int, days: int, seed: int) -> None:
    """Nor does one that is made without looking ahead, as far as it goes."""
    unit = large(people, days, seed)
    told = found(unit, Search(effort=1, seconds=3, seed=seed))
    assert told.status in ("optimal", "feasible", "infeasible", "unknown")
    short = [each for each in faults(unit, greedy(problem(unit))) if each.kind not in ("need", "mix")]
    assert short == []


def test_the_checker_sees_each_kind_of_fault() -> None:
    """Nothing of it rests on the solver."""
    people = {
        "A": Background([licensed("A", until=on(0))], (), [away("A", 2, 2)]),
        "B": Background([licensed("B")]),
    }
    limits = rules(nights_in_a_row=1, rest_minutes=660, credentials=(LICENCE,))
    unit = ward(["A", "B"], 3, [need("N", 1)], limits=limits, backgrounds=people, held={"B": {2: "E"}})
    assert {each.kind for each in faults(unit)} == {"need"}

    def kinds(*given: tuple[str, int, str]) -> set[str]:
        proposed = [Proposed(who, on(day), name) for who, day, name in given]
        return {each.kind for each in faults(unit, proposed) if each.employee is not None}

    assert kinds(("B", 0, "N")) == set()
    assert kinds(("B", 0, "N"), ("B", 1, "N")) == {"rule"}
    assert kinds(("B", 1, "N")) == {"rule"}
    assert kinds(("B", 2, "N")) == {"double"}
    assert kinds(("A", 0, "E")) == set()
    assert kinds(("A", 1, "E")) == {"credential"}
    assert kinds(("A", 1, "N")) == {"credential", "leave"}
    assert kinds(("A", 0, "X")) == {"hours"}
    assert kinds(("C", 0, "E"), ("B", 3, "E")) == {"place"}


def test_a_need_holds_on_its_weekdays_and_days() -> None:
    """Of several for a day the one that took effect last; a shift without hours then is no demand."""
    spring = need("E", 3, position=22, effective_on=on(1), until_on=on(2))
    weekend = need("E", 1, position=21, weekdays=frozenset({6, 7}))
    later = pattern("L", effective_on=on(3))
    unit = ward(["A"], 7, [need("E", 2), weekend, spring, need("L", 1)], patterns=[pattern("E"), later])
    demands = problem(unit).demands
    counts = [demand.count for slot, demand in demands.items() if slot.pattern == "E"]
    assert counts == [2, 3, 3, 2, 2, 1, 1]
    assert min(slot.on for slot in demands if slot.pattern == "L") == on(3) == dt.date(2025, 3, 6)
