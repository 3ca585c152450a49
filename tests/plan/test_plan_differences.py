"""What changed between two computations of a statement, and on what ground each line stands."""

import msgspec
import pytest
from given_plan import entitled, plan

from domain.plan.change_words import say_change, say_fact, say_line
from domain.plan.differences import Computed, LineChange, Version, line_changes
from domain.plan.statement import Line, Sentence, compute_statement

PAID = """
parameters: {bonus: {value: 200}}
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: met, title: Met, kind: threshold, target: clients, pays: {parameter: bonus}}
"""
VERSIONS = {("2025-03", "selling"): Version(4, "ab" * 32)}


def lines(more: str = PAID, /, **values: int) -> tuple[Line, ...]:
    return compute_statement("E1", [entitled(plan(more), **values)]).lines


def changed(before: tuple[Line, ...], after: tuple[Line, ...]) -> tuple[LineChange, ...]:
    return line_changes("2025-03", Computed(before, VERSIONS), Computed(after, VERSIONS))


def grounds(change: LineChange) -> list[tuple[str, str, str | None, str | None]]:
    return [(each.ground, each.name, each.before, each.after) for each in change.changes]


def test_the_same_lines_differ_in_nothing() -> None:
    assert changed(lines(clients=3), lines(clients=3)) == ()


def test_a_measure_that_moved_is_named_with_both_values() -> None:
    [change] = changed(lines(clients=3)[:1], lines(clients=5)[:1])
    assert (change.kind, change.before_minor, change.after_minor) == ("changed", 15_000, 25_000)
    assert grounds(change) == [("measure", "clients", "3", "5")]


def test_differences_sum_to_that_of_the_totals() -> None:
    """Over lines that came, went and changed."""
    before = lines(clients=25)
    after = (*lines(clients=26)[1:], msgspec.structs.replace(lines(clients=2)[0], about="2025-02"))
    found = changed(before, after)
    assert [(c.component, c.about, c.kind) for c in found] == [
        ("met", "2025-03", "changed"), ("clients", "2025-02", "added"), ("clients", "2025-03", "removed")
    ]  # fmt: skip
    total = sum(line.amount_minor for line in after) - sum(line.amount_minor for line in before)
    assert sum(change.difference_minor for change in found) == total


def test_a_line_that_changed_without_its_amount_is_there_too() -> None:
    [change] = changed(lines(clients=25)[1:], lines(clients=26)[1:])
    assert (change.difference_minor, grounds(change)) == (0, [("measure", "clients", "25", "26")])


def test_targets_parameters_and_plan_versions_are_grounds() -> None:
    more = PAID.replace("200", "300") + "targets: {clients: {measure: clients, value: 30}}"
    [change] = line_changes(
        "2025-03",
        Computed(lines(clients=35)[1:], VERSIONS),
        Computed(lines(more, clients=35)[1:], {("2025-03", "selling"): Version(9, "cd" * 32)}),
    )
    assert grounds(change) == [
        ("plan", "selling", "ab" * 32, "cd" * 32),
        ("target", "clients", "20", "30"),
        ("parameter", "bonus", "200", "300"),
    ]
    assert (change.changes[0].before_position, change.changes[0].after_position) == (4, 9)


@pytest.mark.parametrize(
    ("fields", "ground"),
    [
        ({"amount_minor": 15_001}, ("rounding", "clients", "15000", "15001")),
        ({"rounding": "down"}, ("rounding", "clients", "half_up", "down")),
        ({"exact": "151", "amount_minor": 15_100}, ("rule", "clients", "150", "151")),
    ],
)
def test_where_no_number_moved_it_is_the_program(
    fields: dict[str, object], ground: tuple[str, str, str, str]
) -> None:
    [line] = lines(clients=3)[:1]
    [change] = changed((line,), (msgspec.structs.replace(line, **fields),))
    assert grounds(change) == [ground]


def test_a_retro_delta_says_what_was_settled() -> None:
    [line] = lines(clients=3)[:1]
    told = [
        msgspec.structs.replace(
            line, about="2025-02", rule=Sentence("retro", {"recomputed": "150.00", "settled": settled})
        )
        for settled in ("100.00", "150.00")
    ]
    [change] = changed((told[0],), (told[1],))
    assert grounds(change) == [("settled", "settled", "100.00", "150.00")]


def test_changes_are_said_in_both_languages() -> None:
    of = plan(PAID)
    [change] = changed(lines(clients=3)[:1], lines(clients=5)[:1])
    said = say_line(change)
    assert said.en == "New clients: 150.00 CNY before, 250.00 CNY after, +100.00 CNY"
    assert said.zh == "New clients：原 150.00 CNY，现 250.00 CNY，+100.00 CNY"
    assert say_change(change.changes[0], of).zh.endswith("：原 3，现 5")
    assert say_change(change.changes[0], None).en == "clients: 3 before, 5 after"
    voided = {"type": "visit_recorded", "day": "2025-03-04", "position": 9, "about": 7}
    assert (
        say_fact("voided", voided).en == "visit_recorded of 2025-03-04 at position 7 was voided at position 9"
    )
