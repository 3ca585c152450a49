"""What became of a fact, when a statement may have changed, and which checkpoint continues which."""

import datetime as dt
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256

import pytest
from book import Book
from conftest import new_database
from given import LEDGER
from served import Service, served

from domain.facts.governance import TargetChanged
from domain.journal.append import Journal
from domain.journal.merkle import verify_consistency

PLAN = """
measures: {visits: {count: visit_recorded}}
targets: {visits: {measure: visits, value: 2}}
components:
  - {id: visits, title: Visits, kind: per_unit, measure: visits, rate: 10}
"""
MOMENTS = "/v1/audit/statements/E1/{}/moments"


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Three visits in March, one of them voided before its close and one after; a late one; April closed."""
    with new_database(postgres, template) as dsn, Journal(dsn, LEDGER) as journal:
        book = Book(journal, dsn, LEDGER)
        book.hire("E1")
        book.adopt(PLAN)
        first, early, counted = book.visit("H1", "H2", "H3")
        book.void(early)
        book.close()
        book.void(counted)
        [late] = book.visit("H4")
        book.tell(
            TargetChanged(
                employee="E1",
                target="visits",
                value="3",
                effective_from=dt.date(2025, 4, 1),
                reason="as agreed",
                approver="head",
            )
        )
        book.close("2025-04")
        book.runner.catch_up()
        with served(dsn, tmp_path_factory.mktemp("provenance")) as made:
            made.told = {
                "first": first,
                "early": early,
                "counted": counted,
                "late": late,
                "last": journal.head(),
            }  # type: ignore[attr-defined]
            yield made


def settled(firm: Service, position: int, **query: object) -> list[tuple[str, str, str | None]]:
    found = firm.get(f"/v1/facts/{position}/provenance", **query)["settled"]
    return [(each["about"], each["how"], each["period"]) for each in found]


@pytest.mark.rule("R24")
def test_a_fact_says_which_close_counted_it_and_which_took_it_back(firm: Service) -> None:
    """In the month itself, in a later one where it came late, and in none where it was voided before."""
    told = firm.told  # type: ignore[attr-defined]
    march, april = ("2025-03", "counted", "2025-03"), ("2025-03", "taken_back", "2025-04")
    assert settled(firm, told["first"]) == [march]
    assert settled(firm, told["early"]) == []
    assert settled(firm, told["counted"]) == [march, april]
    assert settled(firm, told["counted"], known_at=told["late"] - 1) == [
        march,
        ("2025-03", "taken_back", None),
    ]
    assert settled(firm, told["late"]) == [("2025-03", "counted", "2025-04")]
    assert settled(firm, 1) == []


def test_a_fact_tells_its_void_and_the_void_its_fact(firm: Service) -> None:
    told = firm.told  # type: ignore[attr-defined]
    found = firm.get(f"/v1/facts/{told['counted']}/provenance", lang="zh")
    [void] = found["said_of_it"]
    assert found["fact"]["voided_at"] == void["position"]
    assert firm.get(f"/v1/facts/{void['position']}/provenance")["about"]["position"] == told["counted"]
    line = firm.http.get(f"/v1/facts/{told['counted']}").content
    assert found["leaf"] == sha256(b"\x00" + line).hexdigest()
    before = firm.get(f"/v1/facts/{told['counted']}/provenance", known_at=told["counted"])
    assert (before["said_of_it"], before["fact"]["voided_at"]) == ([], None)


def test_a_correction_under_the_same_key_replaces(firm: Service) -> None:
    """As connectors write it: the next of the line has the key with a number."""
    visit = {"employee": "E1", "customer": "H9"}
    first, second = (
        firm.record("visit_recorded", visit, key=key, source="line").json()["position"]
        for key in ("row-7", "row-7~2")
    )
    assert firm.get(f"/v1/facts/{first}/provenance")["replaced_by"]["position"] == second
    assert firm.get(f"/v1/facts/{second}/provenance")["replaces"]["position"] == first
    assert firm.http.get("/v1/facts/999999/provenance").status_code == 404


@pytest.mark.rule("R24")
def test_the_moments_of_a_statement_are_those_at_which_it_may_have_changed(firm: Service) -> None:
    """One for each kind of fact that came together, and one for each close; with the total at each."""

    def stood(period: str) -> list[tuple[str, int, int | None]]:
        found = firm.get(MOMENTS.format(period), known_at=firm.told["last"])  # type: ignore[attr-defined]
        return [(each["kind"], each["facts"], total(period, each["position"])) for each in found]

    def total(period: str, known_at: int) -> int | None:
        answer = firm.http.get(f"/v1/employees/E1/statements/{period}", params={"known_at": known_at})
        return answer.json()["statement"]["total_minor"] if answer.status_code == 200 else None

    begun = [("people", 1, None), ("rules", 1, 0)]
    march = [("work", 3, 3000), ("voided", 1, 2000), ("closed", 1, 2000)]
    assert stood("2025-03") == [*begun, *march, ("voided", 1, 2000), ("work", 1, 2000)]
    later = [("voided", 1, -1000), ("work", 1, 0), ("rules", 1, 0), ("closed", 1, 0)]
    assert stood("2025-04") == [("people", 1, None), ("rules", 1, 0), ("closed", 1, 0), *later]
    assert firm.http.get(MOMENTS.format("2020-01")).status_code == 404


def test_one_checkpoint_continues_another(firm: Service) -> None:
    """By the hashes between them, which the tree's own rule verifies; sizes out of order are refused."""
    firm.record("visit_recorded", {"employee": "E1", "customer": "H8"})
    kept = firm.http.get("/v1/checkpoints").json()
    newest = kept[0]
    assert (
        newest["size"] == max(each["size"] for each in kept)
        and newest["note"].splitlines()[2] == newest["root"]
    )
    asked = {"old": kept[-1]["size"], "new": newest["size"]}
    answer = firm.http.get("/v1/checkpoints/consistency", params=asked)
    hashes = [b64decode(each) for each in answer.json()["hashes"]]
    roots = b64decode(kept[-1]["root"]), b64decode(newest["root"])
    assert verify_consistency(asked["old"], asked["new"], *roots, hashes)
    wrong = firm.http.get("/v1/checkpoints/consistency", params={"old": newest["size"] + 1, "new": 1})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "new")
