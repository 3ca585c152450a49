"""A witness elsewhere cosigns what continues the log it has seen, and refuses every other."""

import hashlib
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from faults.embedded_user import until
from given import NOW
from served import Service, open_shanghai
from witnesses import WitnessProcess

from api.witness import Witness
from api.witnessing import WitnessAway, WitnessClient
from domain.journal.checkpoint import Checkpoint, hash_lines, parse_checkpoint, parse_proof
from domain.journal.merkle import consistency_proof, leaf_hash, reading, root
from domain.journal.note import COSIGNATURE, Note, parse_key, parse_note, parse_signatures
from domain.journal.signing import LocalSigner, new_signer, signed

LOG = new_signer("meritbook/a")
WITNESS = new_signer("w.example/1", COSIGNATURE)
LEAVES = [leaf_hash(b"%d" % number) for number in range(40)]
FORKED = [*LEAVES[:5], *(leaf_hash(b"another %d" % number) for number in range(35))]


def head(size: int, leaves: list[bytes] = LEAVES) -> Checkpoint:
    """The head of a log at `size`."""
    return Checkpoint("meritbook/a", size, root(leaves[:size]))


def request(old: int, note: Note, leaves: list[bytes] = LEAVES) -> bytes:
    """What a log sends."""
    size = parse_checkpoint(note.text).size
    proof = consistency_proof(old, size, reading(leaves[:size])) if 0 < old <= size else []
    return "\n".join([f"old {old}", *hash_lines(proof), "", str(note)]).encode()


@pytest.fixture
def witness_at_9(tmp_path: Path) -> Witness:
    """A witness that has seen nine leaves."""
    keeper = Witness(WITNESS, tmp_path / "state", [LOG.key], lambda: NOW)
    assert keeper.add_checkpoint(request(0, signed(head(9), LOG))).status == 200
    return keeper


def test_what_continues_is_cosigned_with_the_time(witness_at_9: Witness, tmp_path: Path) -> None:
    note = signed(head(30), LOG)
    answer = witness_at_9.add_checkpoint(request(9, note))
    assert answer.status == 200
    [line] = parse_signatures(answer.body)
    assert Note(note.text, (line,)).signers([WITNESS.key]) == [WITNESS.key]
    assert int.from_bytes(line.content[:8]) == int(NOW.timestamp())
    origin_hash = hashlib.sha256(b"meritbook/a").hexdigest()
    kept = parse_note(witness_at_9.checkpoint(origin_hash).body.encode())
    assert kept.signers([LOG.key, WITNESS.key]) == [LOG.key, WITNESS.key]
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o600


OTHER = new_signer("meritbook/a")
REFUSED = {
    "the old size is not what it saw": (409, request(8, signed(head(30), LOG))),
    "a rollback": (409, request(3, signed(head(5), LOG))),
    "a rollback with the right old size": (400, request(9, signed(head(5), LOG))),
    "a fork": (422, request(9, signed(head(30, FORKED), LOG), FORKED)),
    "a fork of the same size": (422, request(9, signed(head(9, FORKED), LOG), FORKED)),
    "no proof": (422, request(9, signed(head(30), LOG)).replace(b"\n", b"\0", 1).split(b"\0")[0]
        + b"\n\n" + str(signed(head(30), LOG)).encode()),
    "another key of the same name": (403, request(9, signed(head(30), OTHER))),
    "a signature on another text": (403, request(9, signed(head(30), LOG)).replace(b"\n30\n", b"\n31\n")),
    "another log": (404, request(9, signed(head(30)._replace(origin="meritbook/b"), LOG))),
    "not a request": (400, b"old 9\n"),
    "a bad old size": (400, request(9, signed(head(30), LOG)).replace(b"old 9", b"old 09")),
    "a proof of 64 lines": (400, request(9, signed(head(30), LOG)).replace(b"old 9\n", b"old 9\n" + (
        hash_lines([bytes(32)])[0].encode() + b"\n") * 60)),
    "two successors": (403, request(9, signed(head(30)._replace(extensions=(
        f"successor {OTHER.key}", f"successor {LOG.key}")), LOG, OTHER))),
    "an unknown line": (403, request(9, signed(head(30)._replace(extensions=("note hello",)), LOG))),
    "an unknown line beside a successor": (403, request(9, signed(head(30)._replace(extensions=(
        f"successor {OTHER.key}", "note hello")), LOG, OTHER))),
    "a successor that has not signed": (403, request(9, signed(head(30).handing_over(OTHER.key), LOG))),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_contradicts_is_refused_and_changes_nothing(witness_at_9: Witness, case: str) -> None:
    wanted, body = REFUSED[case]
    answer = witness_at_9.add_checkpoint(body)
    assert answer.status == wanted
    if wanted == 409:
        assert (answer.body, answer.media_type) == ("9\n", "text/x.tlog.size")
    assert witness_at_9.add_checkpoint(request(9, signed(head(30), LOG))).status == 200


def test_a_first_checkpoint_needs_no_proof_and_takes_none(tmp_path: Path) -> None:
    keeper = Witness(WITNESS, tmp_path / "state", [LOG.key], lambda: NOW)
    with_proof = request(0, signed(head(9), LOG)).replace(
        b"old 0\n", b"old 0\n" + hash_lines([bytes(32)])[0].encode() + b"\n"
    )
    assert keeper.add_checkpoint(with_proof).status == 422
    assert keeper.add_checkpoint(request(0, signed(head(9), LOG))).status == 200


def test_a_witness_that_starts_again_knows_what_it_saw(witness_at_9: Witness, tmp_path: Path) -> None:
    again = Witness(WITNESS, tmp_path / "state", [LOG.key], lambda: NOW)
    assert again.add_checkpoint(request(0, signed(head(5, FORKED), LOG))).status == 409
    assert again.add_checkpoint(request(9, signed(head(10), LOG))).status == 200


def test_a_log_hands_over_to_its_next_key_and_the_old_one_counts_no_longer(
    witness_at_9: Witness, tmp_path: Path
) -> None:
    link = signed(head(9).handing_over(OTHER.key), LOG, OTHER)
    assert witness_at_9.add_checkpoint(request(9, link)).status == 200
    assert witness_at_9.add_checkpoint(request(9, signed(head(12), LOG))).status == 403
    again = Witness(WITNESS, tmp_path / "state", [LOG.key], lambda: NOW)
    assert again.add_checkpoint(request(9, signed(head(12), LOG))).status == 403
    assert again.add_checkpoint(request(9, signed(head(12), OTHER))).status == 200


def test_a_key_that_was_lost_is_replaced_only_where_that_is_said(
    witness_at_9: Witness, tmp_path: Path
) -> None:
    """The new key signs from then on, also after a start without the flag; what was seen still counts."""
    state = (tmp_path / "state").read_bytes()
    plain = Witness(WITNESS, tmp_path / "state", [OTHER.key], lambda: NOW)
    assert plain.add_checkpoint(request(9, signed(head(12), OTHER))).status == 403
    assert (plain.kept, (tmp_path / "state").read_bytes()) == ([str(LOG.key)], state)
    told = Witness(WITNESS, tmp_path / "state", [OTHER.key], lambda: NOW, accepts_new_keys=True)
    assert (told.kept, told.add_checkpoint(request(9, signed(head(12), LOG))).status) == ([], 403)
    again = Witness(WITNESS, tmp_path / "state", [LOG.key], lambda: NOW)
    assert again.kept == [str(OTHER.key)]
    forked = request(9, signed(head(30, FORKED), OTHER), FORKED)
    assert again.add_checkpoint(forked).status == 422
    assert again.add_checkpoint(request(0, signed(head(12), OTHER))).status == 409
    assert again.add_checkpoint(request(9, signed(head(12), OTHER))).status == 200


def seal_of(service: Service) -> dict[str, object]:
    """What readiness says of the seal's witness."""
    return service.http.get("/health/ready").json()["seal"]["witness"]


def cosigned(service: Service, position: int) -> bool:
    """Whether the witness has cosigned so far."""
    said = seal_of(service)
    return int(str(said["position"])) >= position and said["away"] is None


def log_key(service: Service, tmp_path: Path) -> str:
    """The verifier key of the service's log."""
    from api.sealing import seal_home

    signer = until(lambda: seal_home(service.settings).signer())
    assert isinstance(signer, LocalSigner)
    return str(signer.key)


@pytest.mark.slow
def test_a_witness_over_the_wire_killed_and_started_again(
    serve: Callable[..., Service], witness: WitnessProcess, tmp_path: Path
) -> None:
    """While it is away facts are recorded and sealed, and the service says so; then it catches up."""
    service = serve(witness_url=witness.url, witness_key=witness.key)
    open_shanghai(service)
    until(lambda: service.http.get("/v1/checkpoint").status_code == 200)
    away = until(lambda: seal_of(service)["away"])
    assert "does not answer" in str(away)
    assert "meritbook_witness_away 1.0" in service.http.get("/metrics").text
    key = log_key(service, tmp_path)

    witness.start(key)
    first = service.head()
    until(lambda: cosigned(service, first))
    note = parse_note(service.http.get("/v1/checkpoint").content)
    assert note.signers([parse_key(key), parse_key(witness.key)])[-1] == parse_key(witness.key)
    proof = parse_proof(service.http.get(f"/v1/facts/{first}/proof").content)
    assert proof.note.signers([parse_key(witness.key)])

    witness.kill()
    open_trial = service.record("visit_recorded", {"employee": "E1", "customer": "C1", "kind": "demo"})
    assert open_trial.status_code == 201
    second = service.head()
    until(lambda: service.http.get(f"/v1/facts/{second}/proof").status_code == 200)
    until(lambda: seal_of(service)["away"])

    witness.start(key)
    until(lambda: cosigned(service, second))


@pytest.mark.slow
def test_a_fork_is_refused_over_the_wire(witness: WitnessProcess) -> None:
    """Whoever has database, home and key rewrites history: the witness has seen the other one."""
    witness.start(str(LOG.key))
    client = WitnessClient(witness.url, parse_key(witness.key))
    line = client.cosign(0, [], signed(head(9), LOG))
    assert line.is_by(parse_key(witness.key))
    state = witness.state.read_bytes()
    answer = httpx.post(
        f"{witness.url}/add-checkpoint", content=request(9, signed(head(30, FORKED), LOG), FORKED)
    )
    assert answer.status_code == 422
    witness.kill()
    witness.start(str(LOG.key))
    again = httpx.post(
        f"{witness.url}/add-checkpoint", content=request(0, signed(head(30, FORKED), LOG), FORKED)
    )
    assert (again.status_code, again.text) == (409, "9\n")
    assert witness.state.read_bytes() == state
    assert httpx.post(f"{witness.url}/add-checkpoint", content=b"x" * 200_000).status_code == 413
    assert httpx.get(f"{witness.url}/nothing").status_code == 404
    witness.kill()
    with pytest.raises(WitnessAway, match="does not answer"):
        client.cosign(9, [], signed(head(9), LOG))


def test_the_witness_needs_neither_database_nor_ledger() -> None:
    code = "import sys, api.witness; print([m for m in ('psycopg', 'litestar') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
