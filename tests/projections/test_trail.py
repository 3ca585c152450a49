"""The trail: by person, actor, type and positions, page by page, with nothing skipped and nothing twice."""

import datetime as dt
from itertools import product
from random import Random

import pytest
from book import NOW, Book
from given import LEDGER, visit

from domain.facts.governance import FactVoided
from domain.journal.append import Journal
from domain.journal.read import LAST
from domain.journal.record import Draft, Record, draft
from projections import replay, trail
from projections.trail import RUN, Wanted

PEOPLE = ("E1", "E2", "E3")
ACTORS = ("crm", "hr.wang", "rarely")


@pytest.fixture
def long(book: Book) -> Book:
    """A journal of several runs: many facts by one actor, some by another, a few by a third."""
    dice = Random(7)
    drafts = [
        draft(
            visit(dice.choice(PEOPLE)),
            source="many",
            key=str(number),
            occurred_at=NOW,
            actor=dice.choices(ACTORS, (1000, 50, 1))[0],
        )
        for number in range(3 * RUN + 100)
    ]
    book.journal.append(drafts, now=NOW)
    about = book.journal.head()
    void = draft(
        FactVoided(position=about, reason="wrong"),
        source="many",
        key="void",
        occurred_at=NOW,
        actor="hr.wang",
        inherited_tags=("employee:E2",),
    )
    book.journal.append([void], now=NOW)
    book.runner.catch_up()
    return book


def expected(journal: Journal, wanted: Wanted) -> list[int]:
    """What the journal itself says, read from end to end."""

    def fits(record: Record) -> bool:
        return (
            (wanted.employee is None or f"employee:{wanted.employee}" in record.tags)
            and wanted.actor in (None, record.actor)
            and (not wanted.types or record.type in wanted.types)
            and wanted.after < record.position <= wanted.upto
        )

    return [record.position for record in journal.read() if fits(record)]


@pytest.mark.rule("R24")
def test_every_question_finds_just_what_the_journal_holds(long: Book) -> None:
    """Whatever it is narrowed by, in pages of any size."""
    stretches = ((0, LAST), (RUN - 2, 2 * RUN + 1), (RUN, RUN), (3 * RUN + 90, LAST))
    questions = product(
        (None, "E2", "nobody"), (None, *ACTORS, "nobody"), ((), ("visit_recorded",)), stretches
    )
    with long.cursor() as cursor:
        for employee, actor, types, (after, upto) in questions:
            wanted = Wanted(employee=employee, actor=actor, types=types, after=after, upto=upto)
            whole = expected(long.journal, wanted)
            found = [record.position for record in trail.trail(cursor, wanted, 1000).records]
            assert found == whole[:1000], wanted
            few = [record.position for record in trail.trail(cursor, wanted, 3).records]
            assert few == whole[:3], wanted


def test_pages_of_an_actor_follow_each_other(long: Book) -> None:
    wanted = Wanted(actor="hr.wang")
    found: list[int] = []
    with long.cursor() as cursor:
        while page := trail.trail(cursor, wanted.behind(found[-1]) if found else wanted, 7).records:
            found += [record.position for record in page]
    assert found == expected(long.journal, wanted)


def test_it_is_found_by_source_key_and_day_from_either_end(
    long: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no index leads to is looked through by and by: each page goes on where the one before stopped."""
    monkeypatch.setattr(trail, "LOOK_THROUGH", 1000)
    head = long.journal.head()
    long.journal.append([_foreign("a"), _foreign("void")], now=NOW)
    cases = [
        (Wanted(source="few"), [head + 1, head + 2]),
        (Wanted(source="few", newest=True), [head + 2, head + 1]),
        (Wanted(key="void"), [head, head + 2]),
        (Wanted(key="void", source="few"), [head + 2]),
        (Wanted(key="void", newest=True, employee="E1"), [head + 2]),
        (Wanted(happened_from=LATER), [head + 1, head + 2]),
        (Wanted(happened_until=LATER, upto=3, newest=True), [3, 2, 1]),
    ]
    with long.cursor() as cursor:
        for wanted, positions in cases:
            found, pages = list[int](), 0
            after: Wanted | None = wanted
            while after is not None:
                records, looked_to = trail.trail(cursor, after, 1000)
                found += [record.position for record in records]
                after, pages = None if looked_to is None else wanted.behind(looked_to), pages + 1
            assert found == positions, wanted
            assert (pages > 3) is (wanted.key is None and wanted.upto == LAST), wanted
        newest = trail.trail(cursor, Wanted(actor="rarely", newest=True), 2).records
    assert [each.position for each in newest] == expected(long.journal, Wanted(actor="rarely"))[:-3:-1]


LATER = NOW + dt.timedelta(days=1)


def _foreign(key: str) -> Draft:
    return draft(visit("E1"), source="few", key=key, occurred_at=LATER, actor="crm")


def test_what_was_voided_is_told_with_its_void(long: Book) -> None:
    head = long.journal.head()
    with long.cursor() as cursor:
        assert trail.voids(cursor, [head - 2, head - 1, head]) == {head - 1: head}
        assert trail.voids(cursor, []) == {}


@pytest.mark.parametrize("known_at", [None, 0, 5, RUN - 1, RUN, 2 * RUN + 7])
def test_runs_are_the_same_when_they_are_replayed(long: Book, ledger_dsn: str, known_at: int | None) -> None:
    """Also as they were at the end of a run and in the middle of one."""
    found = replay.replay(ledger_dsn, LEDGER, known_at, and_compare=True)
    assert found.compared == (None, ())
    assert found.rows["trail"] == len(
        {(r.actor, r.type, r.position // RUN) for r in long.journal.read(upto=found.position)}
    )
