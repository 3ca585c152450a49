"""Whole months as files: what is in them, the same bytes again, piece by piece, for those who may."""

import csv
import datetime as dt
import hashlib
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet
import pytest
from book import Book
from conftest import new_database
from given import LEDGER
from served import Service, served

from api.bulk.forms import write
from api.bulk.sending import Part, part_asked
from api.bulk.tables import FACT_COLUMNS, TABLES
from api.client import Client, Damaged
from api.problems import NotSatisfiable
from domain.facts.governance import FactVoided
from domain.facts.selling import VisitRecorded
from domain.journal.append import Journal

MARCH, FORMS = "/v1/exports/2025-03", ("ndjson", "csv", "parquet")
PLAN = "components: [{id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}]"


@pytest.fixture(scope="module")
def book(postgres: str, template: str) -> Iterator[tuple[str, Book, int]]:
    with new_database(postgres, template) as dsn, Journal(dsn, LEDGER) as journal:
        made = Book(journal, dsn, LEDGER)
        made.hire("E1")
        made.hire("E2")
        made.adopt(PLAN)
        made.register("C1", "C2")
        made.register("C3", employee="E2")
        visit = VisitRecorded(employee="E1", customer="H1", note="=1+1")
        first = made.tell(visit, dt.date(2025, 3, 1), dt.time(0))
        made.tell(visit, dt.date(2025, 3, 31), dt.time(23, 59, 59))
        made.tell(visit, dt.date(2025, 2, 28), dt.time(23, 59, 59))
        made.tell(visit, dt.date(2025, 4, 1), dt.time(0))
        made.close()
        made.tell(FactVoided(position=first, reason="written in error"), dt.date(2025, 4, 5))
        made.runner.catch_up()
        yield dsn, made, journal.head()


@pytest.fixture(scope="module")
def firm(book: tuple[str, Book, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(book[0], tmp_path_factory.mktemp("bulk")) as made:
        yield made


def manifest(service: Service, form: str = "ndjson", **query: Any) -> dict[str, dict[str, Any]]:
    """The files of March, by what they hold."""
    said = service.get(MARCH, format=form, **query)
    return {each["name"].partition("-")[0]: each for each in said["files"]}


@pytest.mark.rule("R24")
@pytest.mark.parametrize("form", FORMS)
def test_the_files_are_what_the_manifest_says_in_every_form(firm: Service, form: str) -> None:
    found = dict[str, list[dict[str, Any]]]()
    for name, said in manifest(firm, form).items():
        answer = firm.http.get(said["address"])
        assert answer.status_code == 200, answer.text
        assert hashlib.sha256(answer.content).hexdigest() == said["sha256"]
        assert (len(answer.content), answer.headers["ETag"]) == (said["bytes"], f'"{said["sha256"]}"')
        assert said["name"] in answer.headers["Content-Disposition"]
        found[name] = rows(form, answer.content)
        assert len(found[name]) == said["rows"]
    assert [row["line"] for row in found["results"]] in ([1, 1], ["1", "1"])
    assert "name" not in found["results"][0], "an erasure would take it out"
    assert [str(row["amount_minor"]) for row in found["results"]] == ["10000", "5000"]


def rows(form: str, content: bytes) -> list[dict[str, Any]]:
    """The rows of a file."""
    match form:
        case "ndjson":
            return [json.loads(line) for line in content.splitlines()]
        case "csv":
            return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        case _:
            return pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()


@pytest.mark.rule("R24")
def test_the_facts_are_those_of_the_days_of_the_month_and_the_voids_of_them(
    firm: Service, book: tuple[str, Book, int]
) -> None:
    """In the ledger's zone; line by line what is sealed."""
    known = {"known_at": book[2]}
    lines = firm.http.get(f"{MARCH}/facts", params=known).content.splitlines()
    facts = [json.loads(line) for line in lines]
    assert [each["position"] for each in facts] == sorted(each["position"] for each in facts)
    for line, each in zip(lines, facts, strict=True):
        assert line == firm.http.get(f"/v1/facts/{each['position']}").content
    instants = [each["occurred_at"] for each in facts if each["type"] == "visit_recorded"]
    assert instants == ["2025-02-28T16:00:00.000000Z", "2025-03-31T15:59:59.000000Z"]
    voided = next(each for each in facts if each["type"] == "visit_recorded")
    assert facts[-1]["type"] == "fact_voided" and facts[-1]["occurred_at"].startswith("2025-04")
    assert facts[-1]["data"]["position"] == voided["position"]
    table = rows("csv", firm.http.get(f"{MARCH}/facts", params=known | {"format": "csv"}).content)
    assert [json.loads(row["data"]) for row in table] == [each["data"] for each in facts]


@pytest.mark.rule("R24")
@pytest.mark.parametrize("form", FORMS)
def test_the_same_bytes_come_whatever_was_recorded_since_and_after_a_restart(
    firm: Service, book: tuple[str, Book, int], form: str
) -> None:
    before = manifest(firm, form)
    known_at = firm.get(MARCH)["known_at"]
    book[1].register(f"late-{form}")
    book[1].void(book[1].visit(f"H-{form}")[0])
    book[1].runner.catch_up()
    if form == FORMS[0]:
        firm.restart()
    assert manifest(firm, form, known_at=known_at) == before
    assert manifest(firm, form)["facts"]["rows"] == before["facts"]["rows"] + 3


def test_whoever_lost_the_line_goes_on(firm: Service) -> None:
    said = manifest(firm)["facts"]
    whole = firm.http.get(said["address"]).content
    tag = f'"{said["sha256"]}"'

    def part(range: str, if_range: str = tag) -> httpx.Response:
        return firm.http.get(said["address"], headers={"Range": range, "If-Range": if_range})

    rest = part("bytes=100-")
    assert (rest.status_code, rest.content) == (206, whole[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert part("bytes=5-9").content == whole[5:10]
    assert part("bytes=-7").content == whole[-7:]
    changed = part("bytes=100-", '"another"')
    assert (changed.status_code, changed.content) == (200, whole)
    beyond = part(f"bytes={len(whole)}-")
    assert (beyond.status_code, beyond.json()["type"]) == (416, "/v1/problems/not-satisfiable")
    unchanged = firm.http.get(said["address"], headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("bytes=0-", Part(0, 10)), ("bytes=9-", Part(9, 10)), ("bytes=2-3", Part(2, 4)),
        ("bytes=2-99", Part(2, 10)), ("bytes=-3", Part(7, 10)), ("bytes=-99", Part(0, 10)),
        ("bytes=3-2", None), ("bytes=0-1,3-4", None), ("lines=1-", None), ("", None), ("bytes=-", None),
        ("bytes=10-", "beyond"), ("bytes=-0", "beyond"), ("bytes=12-11", "beyond"),
    ],
)  # fmt: skip
def test_a_range_is_one_part_or_passed_over(said: str, part: Part | str | None) -> None:
    if part == "beyond":
        with pytest.raises(NotSatisfiable):
            part_asked(said, 10)
    else:
        assert part_asked(said, 10) == part


@pytest.mark.rule("R88")
def test_a_month_is_for_auditors_and_its_pay_for_payroll_and_both_leave_a_trace(firm: Service) -> None:
    auditor, payroll = firm.client("auditor"), firm.client("payroll")
    assert payroll.get(f"{MARCH}/facts").status_code == 403
    assert payroll.get(f"{MARCH}/results").status_code == 200
    assert firm.client("manager", "E1").get(f"{MARCH}/results").status_code == 403
    assert auditor.get(f"{MARCH}/facts").status_code == 200
    traces = auditor.get("/v1/facts", params={"type": "personal_data_read", "limit": 1000}).json()["facts"]
    told = {each["data"]["operation"] for each in traces if each["data"]["reader"].startswith(("aud", "pay"))}
    assert told == {"GET /v1/exports/{period}/facts", "GET /v1/exports/{period}/results"}


def test_the_client_brings_both_files_and_goes_on_with_what_it_has(firm: Service, tmp_path: Path) -> None:
    token = firm.http.headers["Authorization"].removeprefix("Bearer ")
    with Client(firm.url, token) as client:
        said = client.download("2025-03", tmp_path, format="csv")
        names = {each["name"]: each for each in said["files"]}
        assert {path.name for path in tmp_path.iterdir()} == set(names)
        facts = next(path for path in tmp_path.iterdir() if path.name.startswith("facts"))
        whole = facts.read_bytes()
        facts.unlink()
        part = facts.with_name(f"{facts.name}.part")
        part.write_bytes(whole[:200])
        client.download("2025-03", tmp_path, format="csv", known_at=said["known_at"])
        assert facts.read_bytes() == whole and not part.exists()
        part.write_bytes(b"x" * 200)
        with pytest.raises(Damaged):
            client.download("2025-03", tmp_path, format="csv", known_at=said["known_at"])


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_written_in_bounded_memory(form: Any) -> None:
    """However many facts there are, no more is held than of a batch or two."""
    line = json.dumps(dict.fromkeys(FACT_COLUMNS, "x" * 40) | {"position": 1, "causation": None}).encode()

    class Nowhere:
        closed = False

        def write(self, content: bytes, /) -> int:
            return len(content)

        def flush(self) -> None: ...
        def close(self) -> None: ...

    batches = ([line] * 100 for _ in range(50))
    write(form, TABLES["facts"], [[line]], Nowhere())  # what is imported and kept once
    tracemalloc.start()
    assert write(form, TABLES["facts"], batches, Nowhere()) == 5_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000, f"{peak:,} bytes"
