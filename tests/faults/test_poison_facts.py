"""Facts that a program cannot fold: it stops before them, loudly; a later program goes on from there."""

from pathlib import Path
from typing import Any

import pytest
from faults.campaign import Tell
from faults.embedded_user import until
from given import LEDGER
from served import Service, fact, open_shanghai, served

from domain.journal.append import Journal
from domain.journal.connection import connect
from projections.replay import replay
from projections.spans import UnfoldableFact

pytestmark = pytest.mark.faults

NEWER = (str(Path(__file__).with_name("newer_program.py")),)
VISIT = {"employee": "E1", "customer": "H1"}

SMUGGLE = """
insert into journal
    (position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, causation, data)
select max(position) + 1, %(type)s, 'x', 'x', %(hash)s, '{employee:E1}', now(), max(recorded_at), 'x', null,
    %(data)s
from journal
returning position"""


def smuggle(dsn: str, type: str, data: str) -> int:
    """Puts a fact into the journal past its door, as only the owner can; its position."""
    with connect(dsn, LEDGER, service=False) as connection:
        found = connection.execute(SMUGGLE, {"type": type, "hash": bytes(32), "data": data}).fetchone()
    assert found is not None
    return int(found[0])


def readiness(service: Service) -> Any:
    return service.http.get("/health/ready").json()


def visits_of(service: Service) -> int:
    """How many visits of E1 are counted."""
    with connect(str(service.settings.database_url), LEDGER) as connection:
        found = connection.execute("select count(*) from credit where fact = 'visit_recorded'").fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize(
    ("type", "data", "counted"),
    [
        ("visit_recorded", '{"customer":"H1","employee":"E1","minutes":"many"}', 1),
        ("moon_walked", '{"employee":"E1"}', 0),
    ],
    ids=["unreadable", "unknown type"],
)
def test_a_poison_fact_stops_the_read_models_and_nothing_else(
    ledger_dsn: str, tmp_path: Path, tell: Tell, type: str, data: str, counted: int
) -> None:
    """All before it is folded, to the last fact; it is named; writing goes on; a newer program folds it."""
    with served(ledger_dsn, tmp_path, wait_seconds=60) as service:
        open_shanghai(service)
        before = [service.record("visit_recorded", VISIT).json()["position"] for _ in range(5)]
        service.get("/v1/employees/E1")
        poison = smuggle(ledger_dsn, type, data)
        assert service.record("visit_recorded", VISIT).status_code == 201
        until(lambda: not readiness(service)["ready"])
        after = [service.record("visit_recorded", VISIT).json()["position"] for _ in range(5)]
        assert sorted(set(after)) == after > [poison + 1]
        answer = service.http.get("/health/ready")
        assert answer.status_code == 503
        assert f"at position {poison} ({type})" in answer.text
        assert {model["position"] for model in answer.json()["read_models"]} == {poison - 1}
        assert visits_of(service) == len(before)
        assert service.http.get("/v1/employees/E1", params={"at_least": poison - 1}).status_code == 200
        behind = service.http.get(
            "/v1/employees/E1", params={"at_least": poison}, headers={"Prefer": "wait=0"}
        )
        assert (behind.status_code, behind.json()["type"]) == (503, "/v1/problems/behind")
        assert "follower_stands_still" in (tmp_path / "service.log").read_text()
    with pytest.raises(UnfoldableFact, match=f"position {poison}, {type}"):
        replay(ledger_dsn, LEDGER)
    with served(ledger_dsn, tmp_path, program=NEWER, wait_seconds=60) as service:
        service.get("/v1/employees/E1")
        assert readiness(service)["ready"] is True
        assert visits_of(service) == len(before) + 6 + counted
    tell("poison fact", rounds=1, faults=1, found="0 lost", type=type, stopped_before=poison)


def test_a_newer_program_takes_an_older_ledger_on(ledger_dsn: str, tmp_path: Path, tell: Tell) -> None:
    """What the older one wrote is still the same fact; new fields and types stand beside it."""
    old = [fact("visit_recorded", VISIT) for _ in range(3)]
    with served(ledger_dsn, tmp_path, wait_seconds=60) as service:
        open_shanghai(service)
        unknown = service.record("visit_recorded", VISIT | {"outcome": "warm"})
        assert (unknown.status_code, unknown.json()["field"]) == (422, "data.outcome")
        first = [service.http.post("/v1/facts", json=sent).json()["position"] for sent in old]
    with served(ledger_dsn, tmp_path, program=NEWER, wait_seconds=60) as service:
        again = [service.http.post("/v1/facts", json=sent) for sent in old]
        assert [answer.status_code for answer in again] == [200, 200, 200]
        assert [answer.json()["position"] for answer in again] == first
        assert service.record("visit_recorded", VISIT | {"outcome": "warm"}).status_code == 201
        walked = service.record("moon_walked", {"employee": "E1"})
        assert walked.status_code == 201, walked.text
        service.get("/v1/employees/E1")
        assert readiness(service)["ready"] is True
    with served(ledger_dsn, tmp_path, wait_seconds=60) as service:
        assert service.record("visit_recorded", VISIT).json()["position"] > walked.json()["position"]
    with Journal(ledger_dsn, LEDGER) as journal:
        assert [record.position for record in journal.read()] == list(range(1, journal.head() + 1))
    with pytest.raises(UnfoldableFact, match="moon_walked"):
        replay(ledger_dsn, LEDGER)
    upto = walked.json()["position"] - 1
    compared = replay(ledger_dsn, LEDGER, upto, and_compare=True).compared
    assert compared is not None and compared.difference is None
    tell("upgrade and return", rounds=1, faults=2, found="0 lost")
