"""Facts in cold storage over HTTP: read, proven, fetched by the month, and erased, as if they were not."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from cold import ColdScene
from conftest import new_database
from served import Service, fact, served

from api.erasing import erase
from api.ops import open_ledger
from domain.journal.vault import Stored

NOTE = "asked for the price list"


class Scene(NamedTuple):
    """A service whose first partitions were dropped. before: all facts, as it told them before that."""

    service: Service
    before: list[dict[str, Any]]
    cold_upto: int
    noted: int


def all_facts(service: Service) -> list[dict[str, Any]]:
    """Page by page, as an auditor reads them."""
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["position"] if found else 0
        page = service.http.get("/v1/facts", params={"after": after, "limit": 7})
        assert page.status_code == 200, page.text
        items = page.json()["facts"]
        if not items:
            return found
        found += items


@pytest.fixture(scope="module")
def scene(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with new_database(postgres) as dsn:
        made = ColdScene(dsn, tmp_path_factory.mktemp("cold"))
        with served(dsn, made.settings.home, seal="off") as service:
            said = {"employee": "E1", "customer": "ONLY-COLD", "kind": "demo", "note": NOTE}
            noted = service.record("visit_recorded", said).json()["position"]
            for number in range(40):
                visit = fact("visit_recorded", {"employee": "E1", "customer": f"C{number}", "kind": "demo"})
                assert service.http.post("/v1/facts", json=visit).status_code == 201
            service.get("/v1/employees/E1/statements/2025-03")
            before = all_facts(service)
            made.seal()
            parts = made.drop(made.store())
            made.journal.close()
            yield Scene(service, before, parts[-1].upto, noted)


def test_all_facts_are_read_and_found_as_before(scene: Scene) -> None:
    """Page by page, by tag and by type, and one by one with its proof."""
    assert scene.noted <= scene.cold_upto
    assert all_facts(scene.service)[: len(scene.before)] == scene.before
    http, [noted] = scene.service.http, [f for f in scene.before if f["position"] == scene.noted]
    assert http.get("/v1/facts", params={"tag": "customer:ONLY-COLD"}).json()["facts"][0] == noted
    [first, *_] = http.get("/v1/facts", params={"type": "visit_recorded", "limit": 5}).json()["facts"]
    assert first == next(f for f in scene.before if f["type"] == "visit_recorded")
    assert http.get(f"/v1/facts/{scene.noted}").json() == noted
    assert http.get(f"/v1/facts/{scene.noted}/proof").text.startswith("c2sp.org/tlog-proof@v1")
    assert http.get(f"/v1/facts/{scene.noted}/provenance").json()["fact"]["position"] == scene.noted


def test_the_files_of_a_month_have_what_is_in_cold_storage(scene: Scene) -> None:
    asked = {"format": "ndjson", "known_at": scene.cold_upto}
    lines = scene.service.http.get("/v1/exports/2025-03/facts", params=asked).text.splitlines()
    wanted = [f for f in scene.before if f["position"] <= scene.cold_upto and f["occurred_at"] > "2025-03-02"]
    assert [json.loads(line) for line in lines] == [f for f in wanted if f["occurred_at"] < "2025-04"]


def test_a_client_of_whom_only_cold_facts_speak_is_erased(scene: Scene) -> None:
    """The note is read before and never again; its line, which is sealed, stays as it was."""
    [noted] = [fact for fact in scene.before if fact["position"] == scene.noted]
    token = Stored(scene.noted, "customer:ONLY-COLD", "note", noted["data"]["note"])
    with open_ledger(scene.service.settings) as ledger:
        with ledger.journal.cursor() as cursor:
            assert list(ledger.vault.reveal(cursor, [token]).values()) == [NOTE]
        said = {"reason": "asked", "actor": "hr", "approver": "boss"}
        _, erased = erase(ledger, employee=None, customer="ONLY-COLD", **said)
        assert not erased.hit and erased.position > scene.cold_upto
        assert erase(ledger, employee=None, customer="ONLY-COLD", **said)[1].hit
    with open_ledger(scene.service.settings) as ledger, ledger.journal.cursor() as cursor:
        assert list(ledger.vault.reveal(cursor, [token]).values()) == [None]
    assert scene.service.http.get(f"/v1/facts/{scene.noted}").json() == noted
