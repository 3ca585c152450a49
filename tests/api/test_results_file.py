"""The results file: what is written reads back, and whatever was meddled with is refused by its line."""

import hashlib
import io
from collections.abc import Callable

import msgspec
import pytest
from book import Book
from given import LEDGER

from api.results_file import Result, closed_results, read_results, result_line, write_results
from domain.journal.append import Journal
from domain.journal.canonical import canonical
from domain.refusals import Malformed

CLIENTS = "components: [{id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}]"


def result(employee: str, period: str = "2025-03", total_minor: int = 0) -> Result:
    said = {
        "employee": employee, "period": period, "currency": "CNY", "total_minor": total_minor, "lines": []
    }  # fmt: skip
    statement = canonical(said)
    return Result(
        period=period,
        employee=employee,
        known_at=7,
        closed_position=9,
        engine="meritbook 1",
        digest=hashlib.sha256(statement).hexdigest(),
        statement=msgspec.Raw(statement),
    )


def written(*results: Result) -> bytes:
    sink = io.BytesIO()
    write_results(sink, results)
    return sink.getvalue()


def test_what_was_written_reads_back() -> None:
    told = [result("E1"), result("E2"), result("王", total_minor=-1), result("E1", "2025-04")]
    assert list(read_results(io.BytesIO(written(*told)))) == told
    assert told[2].read().total_minor == -1


def test_a_line_is_canonical_json() -> None:
    """Sorted names, no spaces: the one text that everybody else's canonicaliser gives."""
    line = result_line(result("E1"))
    assert line.startswith(b'{"closed_position":9,"digest":"') and b": " not in line and b"\n" not in line
    assert canonical(msgspec.json.decode(line)) == line


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace(b'"total_minor":5', b'"total_minor":6'), "digest is not that"),
        (lambda text: text.replace(b'"known_at":7', b'"known_at": 7'), "canonical"),
        (lambda text: text.replace(b'"known_at":7', b'"known_at":"7"'), "int"),
        (lambda text: text.replace(b'"known_at":7,', b'"known_at":7,"more":1,'), "unknown field"),
        (lambda text: text.replace(b'"employee":"E2"', b'"employee":"E3"', 1), "that of E2"),
        (lambda text: text.replace(b'"employee":"E2"', b'"employee":"E1"'), "does not come after|digest"),
        (lambda text: text[:-1], "was cut"),
        (lambda text: text + b"\n", "truncated|malformed"),
    ],
)
def test_a_malformed_line_is_named(change: Callable[[bytes], bytes], says: str) -> None:
    first, second = written(result("E1")), written(result("E2", total_minor=5))
    found = read_results(io.BytesIO(first + change(second)), "kept.ndjson")
    assert next(found).employee == "E1"
    with pytest.raises(Malformed, match=says) as refused:
        list(found)
    assert refused.value.field in ("kept.ndjson, line 2", "kept.ndjson, line 3")


def test_a_line_twice_is_refused() -> None:
    with pytest.raises(Malformed, match="does not come after"):
        list(read_results(io.BytesIO(written(result("E1"), result("E1")))))


def test_reading_goes_line_by_line() -> None:
    """A file of any size needs the memory of one line."""
    source = io.BytesIO(written(*(result(f"E{n}") for n in range(1, 10))))
    next(read_results(source))
    assert source.tell() < len(source.getvalue()) / 5


@pytest.fixture
def closed(journal: Journal, ledger_dsn: str) -> Book:
    """Two closed months of two people, with a retro line."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    book.hire("E2")
    book.adopt(CLIENTS)
    book.register("C1")
    book.close()
    book.register("C2")
    book.close("2025-04")
    return book


def test_every_closed_statement_is_a_line(closed: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the form that the digest of the read model is of, however few are in memory at a time."""
    monkeypatch.setattr("projections.statements.PAGE_PEOPLE", 1)
    with closed.cursor() as cursor:
        found = list(closed_results(cursor))
        first_close = found[0].closed_position
        assert list(closed_results(cursor, first_close)) == found[:2]
        assert list(closed_results(cursor, first_close - 1)) == []
    assert [(x.period, x.employee) for x in found] == [
        ("2025-03", "E1"), ("2025-03", "E2"), ("2025-04", "E1"), ("2025-04", "E2")
    ]  # fmt: skip
    assert list(read_results(io.BytesIO(written(*found)))) == found
    for line in found:
        slip = closed.payslip(line.employee, line.period)
        assert slip is not None and slip.statement == line.read() and slip.digest == line.digest
        assert (line.known_at, line.closed_position) == (slip.known_at, slip.closed_position)
    assert found[2].read().total_minor == 5_000
