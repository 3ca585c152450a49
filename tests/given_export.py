"""Exports written by hand for tests of the verifier: lines, a tree, checkpoints, and no database."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from domain.journal.checkpoint import Checkpoint
from domain.journal.merkle import leaf_hash, perfect_root, root
from domain.journal.note import Note
from domain.journal.record import Record, record_line
from domain.journal.signing import LocalSigner, Signer, new_signer, signed
from domain.journal.tiles import tiles_of

START = dt.datetime(2025, 3, 3, 1, tzinfo=dt.UTC)
ORIGIN = "meritbook/test-1"


def line(position: int, *, at: int | None = None, data: bytes = b"{}", type: str = "visit_recorded") -> bytes:
    """The line of a record; `at` seconds after the first, or as many as its position."""
    recorded_at = START + dt.timedelta(seconds=position if at is None else at)
    key = f"K{position}"
    return record_line(
        Record(position, recorded_at, type, "crm", key, START, "test", None, data, ("employee:E1",))
    )


def lines(number: int) -> list[bytes]:
    """So many records, each of which says something of its own."""
    return [
        line(at, data=b'{"a":{"position":7,"recorded_at":"x"},"n":%d}' % at) for at in range(1, 1 + number)
    ]


class Log:
    """What a ledger signed: the lines that it sealed and its checkpoints."""

    def __init__(self, sealed: Sequence[bytes], *sizes: int, signer: LocalSigner | None = None) -> None:
        self.lines = list(sealed)
        self.signer = signer or new_signer(ORIGIN)
        self.notes = [self.sign(size) for size in (*sizes, len(self.lines))]
        self.keys = [str(self.signer.key)]

    def checkpoint(self, size: int) -> Checkpoint:
        """The head at `size`."""
        return Checkpoint(ORIGIN, size, root(map(leaf_hash, self.lines[:size])))

    def sign(self, size: int, *signers: Signer) -> Note:
        """The head at `size`, signed."""
        return signed(self.checkpoint(size), *(signers or [self.signer]))

    def write(
        self, place: Path, lines: Sequence[bytes] | None = None, tiles_over: Sequence[bytes] | None = None
    ) -> Path:
        """An export with `lines` in the place of the sealed ones. tiles_over: of what the tiles are made."""
        held = self.lines if lines is None else lines
        place.mkdir(parents=True, exist_ok=True)
        (place / "records.ndjson").write_bytes(b"".join(each + b"\n" for each in held))
        (place / "checkpoint").write_text(str(self.notes[-1]))
        kept = [{"note": str(note), "size": int(note.text.split("\n")[1])} for note in self.notes]
        (place / "checkpoints.ndjson").write_text("".join(f"{json.dumps(each)}\n" for each in kept))
        (place / "statements.ndjson").write_bytes(b"")
        write_tiles(place, self.lines if tiles_over is None else tiles_over)
        write_manifest(place, ORIGIN, self.keys, len(held))
        return place


def write_tiles(place: Path, lines: Sequence[bytes]) -> None:
    """All tiles of the tree over `lines`."""
    hashes = {0: [leaf_hash(each) for each in lines]}
    for tile in tiles_of(len(lines)):
        if tile.level not in hashes:
            below = hashes[tile.level - 1]
            whole = range(0, len(below) // 256 * 256, 256)
            hashes[tile.level] = [perfect_root(below[at : at + 256]) for at in whole]
        path = place / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(hashes[tile.level][tile.number * 256 :][: tile.width]))


def write_manifest(place: Path, origin: str, keys: Sequence[str], last_position: int) -> None:
    """The manifest over the files as they are."""
    files = []
    for name in ("records.ndjson", "checkpoint", "checkpoints.ndjson", "statements.ndjson"):
        content = (place / name).read_bytes()
        files.append({"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    told = {
        "format": "meritbook-export/1",
        "origin": origin,
        "keys": [{"verifier": key, "linked": True} for key in keys],
        "last_position": last_position,
        "files": files,
    }
    (place / "manifest.json").write_text(json.dumps(told))
