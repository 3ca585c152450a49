"""The service seals what it records, and serves checkpoints, tiles and proofs that an auditor can use."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from faults.embedded_user import until
from given import LEDGER
from served import Service, open_shanghai

from domain.journal.checkpoint import Checkpoint, parse_checkpoint, parse_proof
from domain.journal.connection import connect
from domain.journal.merkle import leaf_hash, root, verify_consistency, verify_inclusion
from domain.journal.note import VerifierKey, parse_key, parse_note
from domain.journal.tiles import split, tiles_of

Serve = Callable[..., Service]


def seal_of(service: Service) -> dict[str, Any]:
    """What readiness says of the seal."""
    return service.http.get("/health/ready").json()["seal"]


def wait_until_sealed(service: Service) -> Checkpoint:
    """The checkpoint over all that is recorded."""
    head = service.head()
    until(lambda: seal_of(service)["position"] >= head)
    return checkpoint(service)


def checkpoint(service: Service) -> Checkpoint:
    """The newest checkpoint, without a token."""
    answer = httpx.get(f"{service.url}/v1/checkpoint")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return parse_checkpoint(parse_note(answer.content).text)


def key_of(dsn: str) -> VerifierKey:
    """The key that signs now."""
    with connect(dsn, LEDGER) as connection:
        row = connection.execute("select verifier from seal_key order by number desc limit 1").fetchone()
    assert row is not None
    return parse_key(row[0])


def visit(service: Service) -> int:
    """Records a visit; its position."""
    answer = service.record("visit_recorded", {"employee": "E1", "customer": "C1", "kind": "demo"})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["position"])


def lines(service: Service, positions: range) -> list[bytes]:
    """The records as the service gives them."""
    return [service.http.get(f"/v1/facts/{position}").content for position in positions]


def test_a_fact_is_sealed_within_a_second_and_its_proof_holds(serve: Serve, ledger_dsn: str) -> None:
    service = serve()
    open_shanghai(service)
    wait_until_sealed(service)
    position, recorded = visit(service), time.monotonic()
    answer = service.http.get(f"/v1/facts/{position}/proof")
    if answer.status_code == 503:
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["type"] == "/v1/problems/not-sealed-yet"
    until(lambda: service.http.get(f"/v1/facts/{position}/proof").status_code == 200)
    assert time.monotonic() - recorded < 15, "half a second is usual; the machine may be busy"
    proof = parse_proof(service.http.get(f"/v1/facts/{position}/proof").content)
    head = parse_checkpoint(proof.note.text)
    assert proof.note.signers([key_of(ledger_dsn)])
    leaf = leaf_hash(service.http.get(f"/v1/facts/{position}").content)
    assert verify_inclusion(proof.leaf, head.size, leaf, proof.hashes, head.root)
    assert not verify_inclusion(proof.leaf, head.size, leaf_hash(b"{}"), proof.hashes, head.root)


def test_tiles_and_checkpoint_are_those_of_the_records(serve: Serve) -> None:
    service = serve()
    open_shanghai(service)
    before = wait_until_sealed(service)
    visit(service)
    after = wait_until_sealed(service)
    hashes = [leaf_hash(line) for line in lines(service, range(1, after.size + 1))]
    assert after.root == root(hashes)
    assert before.root == root(hashes[: before.size])
    for size in (before.size, after.size):
        for tile in tiles_of(size):
            answer = service.http.get(f"/v1/{tile.path}")
            assert answer.status_code == 200
            assert split(answer.content) == hashes[: tile.width]
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["content-type"] == "application/octet-stream"
    for path in ("tile/0/000.p/200", "tile/0/000", "tile/entries/000", "tile/0/1", "tile/9/000.p/1"):
        assert service.http.get(f"/v1/{path}").status_code == 404
    assert httpx.get(f"{service.url}/v1/tile/0/000.p/1").status_code == 401


@pytest.mark.parametrize("position", [0, 99_999, 2**63])
def test_what_is_not_recorded_has_no_proof(serve: Serve, position: int) -> None:
    assert serve().http.get(f"/v1/facts/{position}/proof").status_code == 404


def test_sealing_goes_on_after_a_kill_with_the_same_key(serve: Serve, ledger_dsn: str) -> None:
    first = serve()
    open_shanghai(first)
    old, key = wait_until_sealed(first), key_of(ledger_dsn)
    visit(first)
    first.kill()
    second = serve()
    new = wait_until_sealed(second)
    assert (new.origin, key_of(ledger_dsn)) == (old.origin, key)
    hashes = [leaf_hash(line) for line in lines(second, range(1, new.size + 1))]
    assert verify_consistency(old.size, new.size, old.root, new.root, consistency(hashes, old.size))


def test_while_the_seal_stands_still_facts_are_recorded_and_everybody_is_told(
    serve: Serve, ledger_dsn: str, tmp_path: Path
) -> None:
    """Somebody took the last facts out: the service goes on, and its figures say that it is not sealed."""
    service = serve()
    open_shanghai(service)
    wait_until_sealed(service)
    with connect(ledger_dsn, LEDGER, service=False, autocommit=True) as owner:
        owner.execute("alter table checkpoint disable trigger user")
        owner.execute("update checkpoint set note = replace(note, 'meritbook/', 'meritbook/x')")
    visit(service)
    stopped = until(lambda: seal_of(service)["stopped"])
    assert "is not signed by a key of this ledger" in stopped
    assert service.http.get("/health/ready").status_code == 200
    figures = service.http.get("/metrics").text
    assert "meritbook_seal_stands_still 1.0" in figures
    assert "seal_stands_still" in (tmp_path / "home" / "service.log").read_text()


def test_a_service_may_leave_the_sealing_to_another(serve: Serve) -> None:
    service = serve(seal="off")
    open_shanghai(service)
    assert service.http.get("/v1/checkpoint").status_code == 404
    assert service.http.get("/v1/facts/1/proof").status_code == 503
    assert seal_of(service)["delay_seconds"] >= 0


def test_the_sealing_waits_while_the_database_is_away(serve: Serve, ledger_dsn: str) -> None:
    service = serve()
    open_shanghai(service)
    wait_until_sealed(service)
    with psycopg.connect(ledger_dsn, autocommit=True) as server:
        server.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid() "
            "and application_name like 'meritbook%'"
        )
    visit(service)
    assert wait_until_sealed(service).size == service.head()


def consistency(hashes: list[bytes], old: int) -> list[bytes]:
    """The proof that an auditor makes of the records themselves."""
    from domain.journal.merkle import consistency_proof, reading

    return consistency_proof(old, len(hashes), reading(hashes))
