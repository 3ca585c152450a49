"""The standalone verifier, on exports written by hand: what it finds, and which position it names."""

import datetime as dt
import json
import os
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from given_export import ORIGIN, Log, line, lines, write_manifest, write_tiles

from api import verify as verifier
from api.verify import Unreadable, Verdict, verify, verify_inclusion
from domain.journal.note import COSIGNATURE, Note
from domain.journal.signing import cosignature, new_signer, signed
from domain.journal.tiles import tiles_of

VECTORS = Path(
    os.environ.get("MERITBOOK_VECTORS", Path(__file__).resolve().parents[3] / "shared" / "vectors")
)
INCLUSION = sorted(VECTORS.glob("rfc6962-merkle-testdata/inclusion/**/*.json"))
MODULE = Path(verifier.__file__)

SIZE = 700
"""Two full tiles and one that is not."""


@pytest.fixture
def log() -> Log:
    return Log(lines(SIZE), 100, 256, 600)


def found(verdict: Verdict) -> tuple[int | None, int | None, set[str]]:
    return verdict.first_bad, verdict.first_bad_until, {finding.kind for finding in verdict.findings}


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 513, 700, 65_536, 65_793])
def test_what_was_sealed_is_valid(size: int, tmp_path: Path) -> None:
    log = Log(lines(size), *(kept for kept in (1, 255, 256, 257) if kept < size))
    verdict = verify(log.write(tmp_path), keys=log.keys)
    assert (verdict.valid, verdict.records, verdict.key_is_given) == (True, size, True), verdict.findings


@pytest.mark.rule("R24")
@pytest.mark.parametrize("at", [1, 2, 256, 257, 600, 601, 700])
def test_an_edited_record_is_named(log: Log, at: int, tmp_path: Path) -> None:
    """The tiles are those that were signed, so the position is exact."""
    changed = [*log.lines[: at - 1], line(at, data=b'{"n":0}'), *log.lines[at:]]
    verdict = verify(log.write(tmp_path, changed))
    assert found(verdict)[:2] == (at, at)
    assert "altered" in found(verdict)[2]


@pytest.mark.rule("R24")
@pytest.mark.parametrize(
    ("at", "first", "until"), [(1, 1, 100), (100, 1, 100), (101, 101, 256), (300, 257, 600), (700, 601, 700)]
)
def test_recomputed_tiles_leave_the_range_between_two_checkpoints(
    log: Log, at: int, first: int, until: int, tmp_path: Path
) -> None:
    changed = [*log.lines[: at - 1], line(at, data=b'{"n":0}'), *log.lines[at:]]
    assert found(verify(log.write(tmp_path, changed, changed)))[:2] == (first, until)


def test_an_interior_tile_that_was_left_narrows_it_down(tmp_path: Path) -> None:
    """Whoever computed the lowest tiles anew and no others left the 256 records in which to look."""
    log = Log(lines(2_000))
    changed = [*log.lines[:999], line(1000, data=b'{"n":0}'), *log.lines[1000:]]
    place = log.write(tmp_path, changed, changed)
    write_tiles(tmp_path / "sealed", log.lines)
    (place / "tile/1/000.p/7").write_bytes((tmp_path / "sealed/tile/1/000.p/7").read_bytes())
    assert found(verify(place))[:2] == (769, 1000 // 256 * 256 + 256)


@pytest.mark.rule("R24")
@pytest.mark.parametrize("numbered_anew", [False, True])
def test_inserted_deleted_and_swapped_records_are_named(
    log: Log, numbered_anew: bool, tmp_path: Path
) -> None:
    changes = {
        "inserted": [*log.lines[:299], line(300, data=b'{"n":0}'), *log.lines[299:-1]],
        "deleted": [*log.lines[:299], *log.lines[300:]],
        # Numbered anew, they stand there as recorded in the wrong order.
        "swapped": [*log.lines[:299], log.lines[300], log.lines[299], *log.lines[301:]],
    }
    for name, changed in changes.items():
        if numbered_anew:
            changed = [
                each.replace(b'"position":%d,"rec' % json.loads(each)["position"], b'"position":%d,"rec' % at)
                for at, each in enumerate(changed, 1)
            ]
        verdict = verify(log.write(tmp_path / name, changed))
        assert found(verdict)[:2] == (300, 300), name
        assert ("misplaced" in found(verdict)[2]) is (not numbered_anew or name == "swapped"), name


@pytest.mark.rule("R24")
def test_a_missing_end_is_named(log: Log, tmp_path: Path) -> None:
    assert found(verify(log.write(tmp_path, log.lines[:650])))[:2] == (651, 651)
    assert "truncated" in found(verify(log.write(tmp_path, log.lines[:650])))[2]


@pytest.mark.rule("R24")
def test_a_kept_checkpoint_proves_a_missing_end_that_was_signed_again(log: Log, tmp_path: Path) -> None:
    """The export is whole in itself; only what the auditor kept knows that there was more."""
    shorter = Log(log.lines[:650], 100, 256, 600, signer=log.signer)
    place, kept = shorter.write(tmp_path / "export"), tmp_path / "kept"
    kept.write_text(str(log.notes[-1]))
    assert verify(place).valid
    assert found(verify(place, [kept])) == (651, 651, {"truncated"})


@pytest.mark.rule("R24")
def test_a_kept_checkpoint_proves_a_fork(log: Log, tmp_path: Path) -> None:
    """Another history from 601 on, signed with the same key; the directory of kept ones tells where."""
    other = [*log.lines[:620], *(line(at, data=b"{}") for at in range(621, 721))]
    fork = Log(other, 100, 256, 600, signer=log.signer)
    place, kept = fork.write(tmp_path / "export"), tmp_path / "kept"
    kept.mkdir()
    for number, note in enumerate(log.notes):
        (kept / f"{number}").write_text(str(note))
    assert verify(place).valid
    assert found(verify(place, [kept])) == (601, 700, {"forked"})


def test_a_tile_alone_that_was_edited_is_named(log: Log, tmp_path: Path) -> None:
    place = log.write(tmp_path)
    for tile in tiles_of(SIZE):
        content = (place / tile.path).read_bytes()
        (place / tile.path).write_bytes(b"\0" + content[1:])
        verdict = verify(place)
        assert [finding.kind for finding in verdict.findings] == ["tile"]
        assert tile.path.split(".")[0] in verdict.findings[0].detail
        (place / tile.path).write_bytes(content)
    assert verify(place).valid


def test_records_beyond_the_seal_are_not_valid(log: Log, tmp_path: Path) -> None:
    assert found(verify(log.write(tmp_path, [*log.lines, line(701)]))) == (701, 701, {"not_sealed"})


def test_time_never_runs_backwards(tmp_path: Path) -> None:
    """Also when it was sealed so."""
    log = Log([*lines(300), line(301, at=299), line(302)])
    verdict = verify(log.write(tmp_path))
    assert found(verdict) == (301, 301, {"misplaced"})
    assert verify(Log([*lines(300), line(301, at=300)]).write(tmp_path)).valid


def test_a_source_and_key_occur_once(tmp_path: Path) -> None:
    """Only --thorough looks for that: it takes memory."""
    twice = line(3).replace(b'"key":"K3"', b'"key":"K1"')
    place = Log([line(1), line(2), twice]).write(tmp_path)
    assert verify(place).valid
    assert found(verify(place, thorough=True)) == (3, 3, {"misplaced"})


def test_a_text_that_looks_like_a_position_is_none(tmp_path: Path) -> None:
    """Quotes are escaped within texts, and members of data come first."""
    tricky = json.dumps({"a": ',"position":9,"recorded_at":"', "b": 1, "position": 9, "recorded_at": "9"})
    held = [line(1, data=tricky.replace(" ", "").encode())]
    assert verify(Log(held).write(tmp_path)).valid


def test_only_the_named_key_is_believed(log: Log, tmp_path: Path) -> None:
    """A whole history forged with another key of the same name is coherent, and worth nothing."""
    forged = Log(lines(SIZE), 100)
    place = forged.write(tmp_path)
    verdict = verify(place)
    assert (verdict.valid, verdict.key_is_given) == (True, False)
    assert "own word" in "\n".join(verifier.told(verdict))
    assert found(verify(place, keys=log.keys))[2] == {"checkpoint_refused", "not_sealed"}


def test_a_root_that_was_replaced_is_not_signed(log: Log, tmp_path: Path) -> None:
    changed = Log([*log.lines[:-1], line(SIZE, data=b"{}")])
    place = log.write(tmp_path, changed.lines, changed.lines)
    for name in ("checkpoint", "checkpoints.ndjson"):
        whole = (place / name).read_text()
        old, new = (each.notes[-1].text.split("\n")[2] for each in (log, changed))
        (place / name).write_text(whole.replace(old, new))
    write_manifest(place, ORIGIN, log.keys, SIZE)
    verdict = verify(place)
    assert not verdict.valid
    assert (verdict.first_bad, verdict.first_bad_until) == (601, 601)


def test_a_key_hands_over_to_its_successor(log: Log, tmp_path: Path) -> None:
    """Both sign the checkpoint that names the new one; from there on the old one proves nothing."""
    new = new_signer(ORIGIN)
    handing = signed(log.checkpoint(650).handing_over(new.key), log.signer, new)
    log.notes = [*log.notes[:-1], handing, log.sign(SIZE, new)]
    assert verify(log.write(tmp_path), keys=log.keys).valid
    assert verify(log.write(tmp_path), keys=[str(new.key)]).valid

    log.notes[-1] = log.sign(SIZE)
    assert found(verify(log.write(tmp_path), keys=log.keys))[2] == {"checkpoint_refused", "not_sealed"}

    log.notes[-2:] = [signed(log.checkpoint(650).handing_over(new.key), log.signer), log.sign(SIZE, new)]
    assert "checkpoint_refused" in found(verify(log.write(tmp_path), keys=log.keys))[2]

    log.notes[-2:] = [log.sign(650, log.signer, new), log.sign(SIZE, new)]
    assert "checkpoint_refused" in found(verify(log.write(tmp_path), keys=log.keys))[2]


def test_a_kept_checkpoint_of_a_replaced_key_counts_up_to_the_handing_over(log: Log, tmp_path: Path) -> None:
    new = new_signer(ORIGIN)
    handing = signed(log.checkpoint(650).handing_over(new.key), log.signer, new)
    before, after = log.sign(600), log.sign(SIZE)
    log.notes = [log.notes[0], handing, log.sign(SIZE, new)]
    place, kept = log.write(tmp_path / "export"), tmp_path / "kept"
    kept.write_text(str(before))
    assert verify(place, [kept], log.keys).valid
    kept.write_text(str(after))
    assert found(verify(place, [kept], log.keys))[2] == {"checkpoint_refused"}


def test_a_key_that_took_the_place_of_a_lost_one_must_be_named(log: Log, tmp_path: Path) -> None:
    """Nothing links the two, so the export's own word is not enough; with both named all is well."""
    new = new_signer(ORIGIN)
    log.notes = [*log.notes[:-1], log.sign(SIZE, new)]
    place = log.write(tmp_path)
    manifest = json.loads((place / "manifest.json").read_text())
    manifest["keys"].append({"verifier": str(new.key), "linked": False})
    (place / "manifest.json").write_text(json.dumps(manifest))
    verdict = verify(place)
    assert "checkpoint_refused" in found(verdict)[2]
    assert "a key was lost" in verdict.remarks[0]
    assert verify(place, keys=[*log.keys, str(new.key)]).valid


def test_cosignatures_of_a_named_witness_are_verified(log: Log, tmp_path: Path) -> None:
    witness, stranger = new_signer("witness.example", COSIGNATURE), new_signer("other.example", COSIGNATURE)
    seen_at = dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
    note = log.notes[-2]
    log.notes[-2] = Note(note.text, (*note.signatures, cosignature(note.text, witness, seen_at)))
    place = log.write(tmp_path)
    verdict = verify(place, keys=[*log.keys, str(witness.key)])
    assert (verdict.valid, verdict.witnessed) == (True, 600)
    assert found(verify(place, keys=[*log.keys, str(stranger.key)]))[2] == {"not_witnessed"}
    false = cosignature(log.notes[0].text, witness, seen_at)
    log.notes[-2] = Note(note.text, (*note.signatures, false))
    assert "cosignature" in found(verify(log.write(tmp_path), keys=[*log.keys, str(witness.key)]))[2]


def test_files_are_those_of_the_manifest(log: Log, tmp_path: Path) -> None:
    place = log.write(tmp_path)
    (place / "records.ndjson").write_bytes((place / "records.ndjson").read_bytes()[:-1])
    assert found(verify(place))[2] == {"file"}
    (place / "statements.ndjson").unlink()
    with pytest.raises(Unreadable, match=r"statements\.ndjson"):
        verify(place)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format":"x"}', b"{", b'{"format":"meritbook-export/1"}'])
def test_what_is_no_export_cannot_be_judged(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(Unreadable):
        verify(tmp_path)
    with pytest.raises(Unreadable):
        verify(tmp_path / "manifest.json")
    with pytest.raises(Unreadable):
        verify(tmp_path / "nowhere")


def test_it_runs_as_a_single_file(log: Log, tmp_path: Path) -> None:
    """In a directory of its own, with nothing of the program in sight."""
    alone = tmp_path / "alone" / "verify.py"
    alone.parent.mkdir()
    alone.write_bytes(MODULE.read_bytes())
    place = log.write(tmp_path / "export")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", alone, *arguments]
        return subprocess.run(command, cwd=alone.parent, capture_output=True, text=True, check=False)

    done = run(place, "--key", log.keys[0])
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, f"VALID: export of {ORIGIN}"), done.stderr
    assert run(tmp_path / "alone").returncode == 2
    log.write(place, [*log.lines[:9], line(10, data=b"{}"), *log.lines[10:]])
    done = run(place, "--json")
    assert (done.returncode, json.loads(done.stdout)["first_bad"]) == (1, 10)
    assert "The first bad position is 10." in run(place).stdout


def test_it_imports_the_standard_library_and_cryptography_alone() -> None:
    imported = {
        text.split()[1].split(".")[0]
        for text in MODULE.read_text().splitlines()
        if text.startswith(("import ", "from "))
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}


@pytest.mark.skipif(not INCLUSION, reason="the published vectors are not beside the checkout")
@pytest.mark.parametrize("file", INCLUSION, ids=lambda file: "/".join(file.parts[-2:]))
def test_inclusion_proofs_get_the_published_verdict(file: Path) -> None:
    case = json.loads(file.read_text())
    leaf, root = b64decode(case["leafHash"] or ""), b64decode(case["root"] or "")
    proof = [b64decode(each) for each in case["proof"] or ()]
    assert verify_inclusion(case["leafIdx"], case["treeSize"], leaf, proof, root) is not case["wantErr"]
