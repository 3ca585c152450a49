"""The recorder passes the library's own tests, and keeps what they do not ask for."""

import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.tests import DCBRecorderTestCase
from eventsourcing.persistence import DataError, IntegrityError, ProgrammingError
from given import NOW, drafted, visit

from domain.journal.append import Journal
from domain.journal.recorder import JournalRecorder


class TestTheLibrarysOwnCases(DCBRecorderTestCase):
    """Every case that eventsourcing has for recorders."""

    @pytest.fixture(autouse=True)
    def _recorder(self, journal: Journal) -> None:
        self.recorder = JournalRecorder(journal)

    def test_append_read(self) -> None:
        self._test_append_read(self.recorder)

    def test_append_subscribe(self) -> None:
        self._test_append_subscribe(self.recorder)

    def test_append_read_behind_other_facts(self) -> None:
        self.recorder.journal.append([drafted()], now=NOW)
        self._test_append_subscribe(self.recorder, initial_position=1)

    def test_no_case_is_left_out(self) -> None:
        cases = {name for name in vars(DCBRecorderTestCase) if name.startswith("_test")}
        assert cases == {"_test_append_read", "_test_append_subscribe"}


@pytest.fixture
def recorder(journal: Journal) -> JournalRecorder:
    return JournalRecorder(journal)


def event(kind: str = "happened", *tags: str, data: bytes = b"\x00\xff opaque") -> DCBEvent:
    return DCBEvent(kind, data, list(tags))


def item(types: Sequence[str] = (), tags: Sequence[str] = ()) -> DCBQueryItem:
    return DCBQueryItem(list(types), list(tags))


QUERIES = [
    ([], [1, 2, 3, 4]),
    ([item()], [1, 2, 3, 4]),
    ([item(types=["a"])], [1, 4]),
    ([item(types=["a", "b"])], [1, 2, 4]),
    ([item(types=["a"]), item(types=["c"])], [1, 3, 4]),
    ([item(types=["a", "b", "nothing"], tags=["x"])], [1, 2]),
    ([item(tags=["x", "y"])], [2]),
    ([item(types=["c"]), item(tags=["y"])], [2, 3]),
    ([item(types=["nothing"]), item(tags=["nothing"])], []),
    ([item(types=["a"]), item()], [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("items", "expected"), QUERIES)
def test_types_and_tags_in_any_combination(
    recorder: JournalRecorder, items: list[DCBQueryItem], expected: list[int]
) -> None:
    """Also what the library's own PostgreSQL recorder refuses: several types without a tag."""
    recorder.append([event("a", "x"), event("b", "x", "y"), event("c"), event("a")])
    query = DCBQuery(items)
    assert [found.position for found in recorder.read(query)] == expected
    assert [found.position for found in recorder.read(query, after=1, limit=2)] == [
        at for at in expected if at > 1
    ][:2]
    last = max(expected, default=0)
    if last:
        with pytest.raises(IntegrityError):
            recorder.append([event()], DCBAppendCondition(query, after=last - 1))
    assert recorder.append([event("other")], DCBAppendCondition(query, after=4)) == 5


def test_pages_join_without_seam(recorder: JournalRecorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.journal.recorder.PAGE_EVENTS", 10)
    recorder.append([event("a" if number % 3 else "b", "x") for number in range(60)])
    for query in (None, DCBQuery([item(types=["a", "b"])]), DCBQuery([item(tags=["x"])])):
        assert [found.position for found in recorder.read(query)] == list(range(1, 61))
        assert [found.position for found in recorder.read(query, after=3, limit=35)] == list(range(4, 39))


def test_reading_ends_where_the_journal_stood(recorder: JournalRecorder) -> None:
    recorder.append([event(), event()])
    reading = recorder.read()
    recorder.append([event()])
    assert [found.position for found in reading] == [1, 2]
    assert reading.head == 2


def test_facts_are_read_as_their_canonical_bytes(recorder: JournalRecorder) -> None:
    draft = drafted(visit("E1", "H1"))
    recorder.journal.append([draft], now=NOW)
    [found] = recorder.read()
    assert (found.event.type, found.event.data, tuple(found.event.tags)) == (
        draft.type,
        draft.data,
        draft.tags,
    )


def test_what_cannot_be_stored_is_said_in_the_librarys_words(recorder: JournalRecorder) -> None:
    with pytest.raises(ProgrammingError):
        recorder.append([])
    with pytest.raises(DataError):
        recorder.append([event("a", "NUL \x00")])
    with pytest.raises(IntegrityError):
        recorder.append([event("")])


def test_of_two_conflicting_decisions_one_is_taken(recorder: JournalRecorder) -> None:
    """Eight decide on the same seat again and again: as many are seated as there are rounds."""
    rounds, taken, start = 20, list[int](), threading.Barrier(8)

    def decide() -> None:
        for number in range(rounds):
            start.wait()
            seat = DCBQuery([item(tags=[f"seat:{number}"])])
            try:
                taken.append(recorder.append([event("seated", f"seat:{number}")], DCBAppendCondition(seat)))
            except IntegrityError:
                continue

    threads = [threading.Thread(target=decide) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, rounds + 1))


def test_a_stopped_subscription_ends_at_once(recorder: JournalRecorder) -> None:
    with recorder.subscribe() as subscription:
        threading.Timer(0.2, subscription.stop).start()
        assert list(subscription) == []
    subscription.stop()


def test_the_product_never_loads_the_librarys_postgres_module() -> None:
    """It would silence psycopg's loggers."""
    program = (
        "import sys, domain.journal.recorder, domain.journal.migrate; "
        "sys.exit('eventsourcing.postgres' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
