"""What ids are called: the last title that holds, what branches bring with them, and what has no title."""

import datetime as dt

from book import Book
from given import LEDGER

from api.telling import told
from domain.facts.credentials import CredentialGranted
from domain.facts.directory import DirectoryGroupRemoved, DirectoryGroupSet
from domain.facts.people import EmployeePromoted
from domain.facts.titles import TitledKind, TitleSet
from domain.plan.fields import Title
from projections import replay
from projections.titles import titled, titles

DAY = dt.date(2025, 3, 3)


def name(book: Book, kind: TitledKind, id: str, en: str, zh: str) -> int:
    return book.tell(TitleSet(kind=kind, id=id, en=en, zh=zh))


def test_the_last_title_holds_and_the_first_again_when_it_is_voided(book: Book, ledger_dsn: str) -> None:
    """By kind and id: a channel of the same id is called otherwise; as known before; and a replay agrees."""
    name(book, "post", "seller", "Seller", "销售")
    name(book, "channel", "seller", "Over the counter", "门市")
    known = book.journal.head()
    last = name(book, "post", "seller", "Sales representative", "销售代表")
    with book.cursor() as cursor:
        now, before = titles(cursor), titles(cursor, known)
    assert now.of("post", "seller") == Title("Sales representative", "销售代表")
    assert before.of("post", "seller") == Title("Seller", "销售")
    assert now.of("channel", "seller") == Title("Over the counter", "门市")
    assert now.of("post", "nurse") == Title("nurse", "nurse")
    book.void(last)
    with book.cursor() as cursor:
        assert titles(cursor).of("post", "seller") == Title("Seller", "销售")
    replayed = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert (replayed.compared, replayed.rows["title"]) == ((None, ()), 3)


def test_what_people_read_without_a_title_is_listed(book: Book) -> None:
    """A word in Chinese script lacks an English title, another a Chinese one; one that was set lacks none."""
    book.hire("E1", department="骨科", team="north")
    grant = CredentialGranted(employee="E1", credential="L1", kind="nursing licence", granted_on=DAY)
    book.tell(grant)
    book.tell(DirectoryGroupSet(team="north", title="North team"))
    name(book, "post", "seller", "Sales representative", "销售代表")
    with book.cursor() as cursor:
        found = {(each.kind, each.id): each for each in titled(cursor)}
    lacking = {key: each.lacks for key, each in found.items()}
    assert lacking == {
        ("branch", "SH"): ("zh",),
        ("department", "骨科"): ("en",),
        ("team", "north"): ("zh",),
        ("post", "seller"): (),
        ("credential", "nursing licence"): ("zh",),
    }
    assert found["branch", "SH"].title == Title("Shanghai", "Shanghai")
    assert found["team", "north"].title == Title("North team", "North team")
    assert found["credential", "nursing licence"].title is None
    book.tell(DirectoryGroupRemoved(team="north"))
    with book.cursor() as cursor:
        assert titles(cursor).of("team", "north") == Title("north", "north")


def test_a_fact_is_told_by_titles(book: Book) -> None:
    name(book, "post", "nurse", "Nurse", "护士")
    with book.cursor() as cursor:
        called = titles(cursor)
    promoted = EmployeePromoted(employee="E1", post="nurse", effective_on=DAY)
    assert told(promoted, "zh", called) == "E1 自 2025-03-03 任 护士"
    assert told(promoted, "zh") == "E1 自 2025-03-03 任 nurse"
