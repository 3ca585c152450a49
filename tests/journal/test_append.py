"""The one door: positions, redelivery, contradiction, conditions."""

import datetime as dt
import json
import threading
from collections.abc import Sequence
from itertools import product

import psycopg
import pytest
from given import LEDGER, NOW, drafted, visit, visits

from domain.journal.append import Condition, ConditionFailed, Journal
from domain.journal.batch import COPY_FROM, Receipt
from domain.journal.query import Selector
from domain.journal.record import Draft, Record, record_line
from domain.refusals import Contended, KeyReused, Refusal

SIZES = [1, 7, COPY_FROM - 1, COPY_FROM, 3 * COPY_FROM]
EVERYTHING = (Selector(),)


def positions(receipts: Sequence[Receipt | Refusal]) -> list[int]:
    return [receipt.position if isinstance(receipt, Receipt) else 0 for receipt in receipts]


def stored(journal: Journal) -> list[str]:
    return [record.key for record in journal.read()]


@pytest.mark.parametrize("size", SIZES)
def test_a_batch_gets_the_next_positions_in_its_order(journal: Journal, size: int) -> None:
    journal.append(visits(3), now=NOW)
    drafts = visits(size)
    receipts = journal.append(drafts, now=NOW)
    assert positions(receipts) == list(range(4, 4 + size))
    assert not any(receipt.hit for receipt in receipts)
    assert stored(journal)[3:] == [draft.key for draft in drafts]


@pytest.mark.parametrize("size", [1, COPY_FROM])
def test_what_is_read_is_what_was_written(journal: Journal, size: int) -> None:
    """Down to the byte: the record's line is the leaf of the tree."""
    odd = drafted(
        visit("王芳", "H/1", kind="a & b (c)"),
        key='quote " backslash \\ tab-less, {brace}, 你好 😀, \x85',
        source="urn:crm:é",
        occurred_at=dt.datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=dt.timezone(dt.timedelta(hours=8))),
        actor="integration:crm",
    )._replace(causation=1, tags=("a,b", '"x"', "{}", "null", "back\\slash"))
    journal.append([drafted()], now=NOW)
    journal.append([odd, *visits(size - 1)], now=NOW)
    record = journal.at(2)
    assert record is not None
    assert record[2:] == odd[:-1]
    assert json.loads(record_line(record))["occurred_at"] == "2024-02-29T15:59:59.999999Z"


@pytest.mark.parametrize("size", SIZES)
def test_a_redelivery_keeps_its_position(journal: Journal, size: int) -> None:
    drafts = visits(size)
    before = journal.append(drafts, now=NOW)
    again = journal.append(drafts, now=NOW + dt.timedelta(days=900))
    assert again == [receipt._replace(hit=True) for receipt in before]
    assert journal.head() == size


@pytest.mark.parametrize("size", SIZES)
def test_new_facts_among_redelivered_ones_leave_no_hole(journal: Journal, size: int) -> None:
    old, new = visits(size), visits(size)
    journal.append(old, now=NOW)
    mixed = [draft for pair in zip(old, new, strict=True) for draft in pair]
    receipts = journal.append(mixed, now=NOW)
    assert positions(receipts[::2]) == list(range(1, size + 1))
    assert positions(receipts[1::2]) == list(range(size + 1, 2 * size + 1))
    assert [receipt.hit for receipt in receipts] == [True, False] * size


def test_another_carrier_may_redeliver(journal: Journal) -> None:
    journal.append([drafted(key="k", actor="crm")], now=NOW)
    assert journal.append([drafted(key="k", actor="a person")], now=NOW)[0].hit
    record = journal.find("crm", "k")
    assert record is not None and record.actor == "crm"


def test_one_key_of_two_sources_is_two_facts(journal: Journal) -> None:
    receipts = journal.append([drafted(key="k", source="crm"), drafted(key="k", source="his")], now=NOW)
    assert positions(receipts) == [1, 2]


@pytest.mark.parametrize("size", SIZES)
def test_a_contradiction_is_refused_and_the_whole_batch_with_it(journal: Journal, size: int) -> None:
    journal.append([drafted(), drafted(visit("E1"), key="k")], now=NOW)
    batch = [*visits(size - 1), drafted(visit("E2"), key="k")]
    with pytest.raises(KeyReused, match=r"'k'.*position 2") as refused:
        journal.append(batch, now=NOW)
    assert refused.value.field == "key" and refused.value.remedy
    assert journal.head() == 2


@pytest.mark.parametrize("size", SIZES)
def test_one_by_one_a_contradiction_stops_only_itself(journal: Journal, size: int) -> None:
    journal.append([drafted(visit("E1"), key="k")], now=NOW)
    old = drafted(visit("E1"), key="k")
    results = journal.append_each([*visits(size), drafted(visit("E2"), key="k"), old, drafted()], now=NOW)
    assert positions(results) == [*range(2, size + 2), 0, 1, size + 2]
    assert isinstance(results[size], KeyReused)


@pytest.mark.parametrize("size", SIZES)
def test_the_same_twice_in_one_batch_is_stored_once(journal: Journal, size: int) -> None:
    twice = drafted(key="k")
    receipts = journal.append([*visits(size), twice, drafted(), twice], now=NOW)
    assert positions(receipts) == [*range(1, size + 1), size + 1, size + 2, size + 1]
    assert [receipt.hit for receipt in receipts[-3:]] == [False, False, True]
    assert journal.append([twice, twice], now=NOW)[1].hit


@pytest.mark.parametrize("size", SIZES)
def test_a_batch_that_contradicts_itself(journal: Journal, size: int) -> None:
    batch = [*visits(size - 1), drafted(visit("E1"), key="k"), drafted(visit("E2"), key="k")]
    with pytest.raises(KeyReused, match=f"'k'.*item {size} of the same batch"):
        journal.append(batch, now=NOW)
    assert journal.head() == 0
    results = journal.append_each(batch, now=NOW)
    assert positions(results) == [*range(1, size + 1), 0]
    assert isinstance(refused := results[size], KeyReused) and f"position {size}" in refused.detail


def test_nothing_is_appended_by_an_empty_batch(journal: Journal) -> None:
    assert journal.append([], now=NOW) == []
    assert journal.append_each([], now=NOW, condition=Condition(EVERYTHING)) == []


@pytest.mark.parametrize("size", [1, COPY_FROM])
def test_recorded_at_never_falls(journal: Journal, size: int) -> None:
    later, earlier = NOW + dt.timedelta(hours=1), NOW - dt.timedelta(hours=1)
    for now in (NOW, later, earlier, later + dt.timedelta(microseconds=1)):
        journal.append(visits(size), now=now)
    times = [record.recorded_at for record in journal.read()]
    assert times == sorted(times)
    assert times[::size] == [NOW, later, later, later + dt.timedelta(microseconds=1)]


def test_where_the_journal_stood_at_an_instant(journal: Journal) -> None:
    assert journal.position_as_of(NOW) == 0
    for minutes, number in ((0, 1), (5, 3), (9, 60)):
        journal.append(visits(number), now=NOW + dt.timedelta(minutes=minutes))
    cases = [(-1, 0), (0, 1), (4, 1), (5, 4), (8, 4), (9, 64), (1000, 64)]
    assert [journal.position_as_of(NOW + dt.timedelta(minutes=at)) for at, _ in cases] == [
        at for _, at in cases
    ]
    assert journal.position_as_of(NOW - dt.timedelta(microseconds=1)) == 0


CONDITIONS = [
    (Selector(types=("visit_recorded",)), True),
    (Selector(types=("deal_closed",)), False),
    (Selector(types=("deal_closed", "visit_recorded")), True),
    (Selector(tags=("employee:E1",)), True),
    (Selector(tags=("employee:E1", "customer:H1")), True),
    (Selector(tags=("employee:E1", "customer:H2")), False),
    (Selector(types=("visit_recorded",), tags=("customer:H1",)), True),
    (Selector(types=("deal_closed",), tags=("customer:H1",)), False),
    (Selector(), True),
]


@pytest.mark.parametrize(("selector", "stands_against"), CONDITIONS)
@pytest.mark.parametrize("size", [1, COPY_FROM])
def test_a_condition_is_about_what_came_after(
    journal: Journal, selector: Selector, stands_against: bool, size: int
) -> None:
    journal.append([drafted(visit("E1", "H1"))], now=NOW)
    condition = Condition((Selector(("never",)), selector), after=0)
    drafts = visits(size)
    if stands_against:
        with pytest.raises(ConditionFailed):
            journal.append(drafts, now=NOW, condition=condition)
        assert journal.head() == 1
    else:
        journal.append(drafts, now=NOW, condition=condition)
    head = journal.head()
    assert positions(journal.append(visits(1), now=NOW, condition=condition._replace(after=head))) == [
        head + 1
    ]


def test_a_redelivery_meets_no_condition(journal: Journal) -> None:
    """Nothing new would be written, so nothing can be in its way."""
    draft = drafted()
    journal.append([draft], now=NOW)
    assert journal.append([draft], now=NOW, condition=Condition(EVERYTHING, after=0))[0].hit


def test_a_decision_is_taken_again_when_others_came_in_between(journal: Journal) -> None:
    seen: list[int] = []

    def rule(facts: Sequence[Record]) -> list[Draft]:
        seen.append(len(facts))
        if len(seen) < 3:
            journal.append([drafted(visit("E1"))], now=NOW)
        return [drafted(visit("E1"), key="decided")]

    receipt = journal.decide((Selector(tags=("employee:E1",)),), rule, now=NOW)
    assert seen == [0, 1, 2]
    assert positions(receipt) == [3]


def test_what_does_not_concern_a_decision_does_not_disturb_it(journal: Journal) -> None:
    asked = 0

    def rule(facts: Sequence[Record]) -> list[Draft]:
        nonlocal asked
        asked += 1
        journal.append([drafted(visit("E2"))], now=NOW)
        return [drafted(visit("E1"))]

    journal.decide((Selector(tags=("employee:E1",)),), rule, now=NOW)
    assert asked == 1


def test_a_decision_is_not_taken_again_for_ever(journal: Journal) -> None:
    def rule(facts: Sequence[Record]) -> list[Draft]:
        journal.append([drafted(visit("E1"))], now=NOW)
        return [drafted(visit("E1"))]

    with pytest.raises(Contended):
        journal.decide((Selector(tags=("employee:E1",)),), rule, now=NOW)


@pytest.mark.parametrize("size", [1, COPY_FROM])
def test_twenty_deliver_the_same_at_once_and_one_is_stored(ledger_dsn: str, size: int) -> None:
    drafts, receipts = visits(size), list[list[Receipt]]()
    with Journal(ledger_dsn, LEDGER, connections=20) as journal:
        start = threading.Barrier(20)

        def deliver() -> None:
            start.wait()
            receipts.append(journal.append(drafts, now=NOW))

        threads = [threading.Thread(target=deliver) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert journal.head() == size
    assert len(receipts) == 20
    assert sum(not batch[0].hit for batch in receipts) == 1
    assert {tuple(positions(batch)) for batch in receipts} == {tuple(range(1, size + 1))}


def test_pages_join_without_seam(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.journal.append.PAGE_FACTS", 10)
    drafts = visits(45)
    journal.append(drafts, now=NOW)
    assert [record.position for record in journal.read()] == list(range(1, 46))
    assert [record.position for record in journal.read(7, upto=33)] == list(range(8, 34))
    assert [record.position for record in journal.read(7, limit=25)] == list(range(8, 33))
    assert [record.position for record in journal.read(types=["visit_recorded"], upto=30)] == list(
        range(1, 31)
    )
    assert list(journal.read(types=["deal_closed"])) == []
    assert journal.at(0) is None and journal.at(46) is None


def test_a_wrong_fact_is_a_bug_and_leaves_no_trace(journal: Journal) -> None:
    """The table's own checks stand behind the code."""
    with pytest.raises(psycopg.errors.CheckViolation):
        journal.append([drafted()._replace(content_hash=b"short")], now=NOW)
    with pytest.raises(psycopg.errors.CheckViolation):
        journal.append([drafted()._replace(causation=1)], now=NOW)
    assert positions(journal.append(visits(1), now=NOW)) == [1]


def test_many_are_copied_as_they_were_said(journal: Journal) -> None:
    """Of the binary format, instants before its epoch and lists of any length, of any characters."""
    said = [
        drafted(visit(), key=f"k{number}")._replace(
            tags=tags, occurred_at=NOW.replace(year=year, microsecond=7)
        )
        for number, (tags, year) in enumerate(
            product([(), ("employee:张三",), ("a", "", "ü" * 80, '{"x"}')], [1991, 1999, 2000, 2025] * 30)
        )
    ]
    journal.append_new(said, now=NOW)
    found = [(record.key, record.tags, record.occurred_at, record.data) for record in journal.read()]
    assert found == [(draft.key, draft.tags, draft.occurred_at, draft.data) for draft in said]
