"""Verifies an export of a ledger, or a receipt out of one, without the ledger and without its program.

    python verify.py DIR [--checkpoint OLD] [--key KEY]

Needs Python 3.11 or later and `cryptography`; nothing else of Meritbook is imported, so that an auditor can
read all that is believed. Exit status 0: valid; 1: not valid, with the first bad position; 2: not readable.

Lines of records.ndjson are hashed to leaves, leaves to tiles and to the root (RFC 6962), and the root is
compared with what signed checkpoints say (C2SP tlog-checkpoint, signed-note, tlog-tiles, tlog-cosignature).
docs/decisions/0010-seal.md of Meritbook says which checkpoints are believed, and why.
"""

import argparse
import itertools
import json
import re
import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EXPORT_FORMAT, RECEIPT_FORMAT = "meritbook-export/1", "meritbook-receipt/1"

TILE, HASH = 256, 32
CHUNK_BYTES, LINE_BYTES = 1 << 20, 1 << 26
"""What is read at a time, and the longest line that is held."""

ED25519, COSIGNATURE = 1, 4

# Lines are canonical: members in the order of their names, no blanks, a quote inside of a text escaped. So
# `,"position":` occurs nowhere but where a member has that name, and its last occurrence is the record's own:
# after `data`, which may hold such members too, stand only texts and numbers.
POSITION = b',"position":'
PLAN_ADOPTED, PERIOD_CLOSED = b',"type":"plan_adopted"}', b',"type":"period_closed"}'
KEPT = (PLAN_ADOPTED, PERIOD_CLOSED)
STAMP = re.compile(rb'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"\Z')
STATEMENT = b',"statement":'


MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Unreadable(Exception):
    """There is nothing that could be judged: not an export, not a receipt, not a key."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong. position, until: the first bad record, or the range in which it stands."""

    kind: str
    detail: str
    position: int | None = None
    until: int | None = None


@dataclass
class Verdict:
    """What came of verifying. first_bad, first_bad_until: between them stands the first bad record."""

    format: str = EXPORT_FORMAT
    origin: str = ""
    valid: bool = False
    records: int = 0
    checkpoints: int = 0
    statements: int = 0
    plans: int = 0
    keys: list[str] = field(default_factory=list)
    key_is_given: bool = False
    witnessed: int = 0
    first_bad: int | None = None
    first_bad_until: int | None = None
    findings: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, kind: str, detail: str, position: int | None = None, until: int | None = None) -> None:
        """Notes a finding."""
        self.findings.append(Finding(kind, detail, position, until))


# --- keys, notes, checkpoints


@dataclass(frozen=True)
class Key:
    """A public key: NAME+ID+BASE64, as signed notes know it."""

    text: str
    name: str
    algorithm: int
    public: bytes
    key_id: bytes

    def signed(self, signature: bytes, text: bytes) -> bool:
        """Whether `signature` is this key's on `text`; a cosignature begins with the time that it signs."""
        if self.algorithm == COSIGNATURE:
            text = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8]) + text
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


def parse_key(text: str) -> Key:
    """The key that `text` writes; its id must be that of its bytes."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    content = _base64(encoded)
    if not name or len(content) != 33 or content[0] not in (ED25519, COSIGNATURE):
        raise Unreadable(f"{text[:100]!r} is not an Ed25519 verifier key.")
    made = sha256(name.encode() + b"\n" + content).digest()[:4]
    if made.hex() != key_id:
        raise Unreadable(f"The key {text[:100]!r} was altered: its id should be {made.hex()}.")
    return Key(text.strip(), name, content[0], content[1:], made)


@dataclass(frozen=True)
class Checkpoint:
    """A signed head of a log. signatures: name and id of the key, with what it made."""

    text: bytes
    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...]
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def is_signed_by(self, key: Key) -> bool:
        """Whether `key` signed it; a line that names the key and is not its signature condemns the note."""
        made = [rest for name, key_id, rest in self.signatures if (name, key_id) == (key.name, key.key_id)]
        return bool(made) and all(key.signed(each, self.text) for each in made)


def parse_checkpoint(content: bytes) -> Checkpoint:
    """The checkpoint in a signed note; nothing of it is verified."""
    text, blank, lines = content.rpartition(b"\n\n")
    try:
        origin, size, root, *extensions = text.decode().split("\n")
        signatures = [_signature(line) for line in lines.decode().split("\n")[:-1]]
    except ValueError:
        raise Unreadable(f"{content[:60]!r} is not a signed checkpoint.") from None
    if not blank or not lines.endswith(b"\n") or not origin or not re.fullmatch(r"0|[1-9]\d{0,18}", size):
        raise Unreadable(f"{content[:60]!r} is not a signed checkpoint.")
    if len(_base64(root)) != HASH:
        raise Unreadable(f"The checkpoint of size {size} names no root.")
    return Checkpoint(text + b"\n", origin, int(size), _base64(root), tuple(extensions), tuple(signatures))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, name, encoded = line.split(" ")
    content = _base64(encoded)
    if dash != "—" or len(content) <= 4:
        raise ValueError(line)
    return name, content[:4], content[4:]


def _base64(text: str) -> bytes:
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        content = b""
    if b64encode(content).decode() != text or not text:
        raise Unreadable(f"{text[:60]!r} is not base64.")
    return content


class Trust:
    """Which keys are in force while one goes through the checkpoints in the order in which they were made.

    ended: the size at which a key handed over to the next, after which it proves nothing more.
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        self.in_force = [key for key in keys if key.algorithm == ED25519]
        self.witnesses = [key for key in keys if key.algorithm == COSIGNATURE]
        self.origin = self.in_force[0].name
        self._ended: dict[Key, int] = {}
        self._last = 0

    def refusal(self, made: Checkpoint) -> str | None:
        """Why the next checkpoint of the log is not believed; None when it is. It may hand over."""
        if made.origin != self.origin:
            return f"it is of another log, {made.origin}"
        signers = [key for key in self.in_force if made.is_signed_by(key)]
        if not signers:
            return "no key in force has signed it"
        if made.size < self._last:
            return f"it comes after one of size {self._last}"
        for extension in made.extensions:
            said, _, named = extension.partition(" ")
            if len(made.extensions) > 1 or said != "successor":
                return f"it carries an unknown line, {extension[:60]!r}"
            successor = parse_key(named)
            if successor.algorithm != ED25519 or not made.is_signed_by(successor):
                return "the key that it names as successor has not signed it"
            self._ended |= dict.fromkeys(signers, made.size)
            self.in_force = [key for key in self.in_force if key not in signers] + [successor]
        self._last = made.size
        return None

    def refusal_of_kept(self, made: Checkpoint) -> str | None:
        """Why a checkpoint that the auditor kept is not believed, once all others were gone through."""
        if made.origin != self.origin:
            return f"it is of another log, {made.origin}"
        if any(made.is_signed_by(key) for key in self.in_force):
            return None
        ended = [size for key, size in self._ended.items() if made.is_signed_by(key)]
        if not ended:
            return "no key that is believed has signed it"
        return None if made.size <= max(ended) else "it was signed by a key that had been replaced"


# --- the tree


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes one level up; a last one without a partner has no parent yet."""
    both = b"\x01%b%b"
    return [sha256(both % pair).digest() for pair in zip(hashes[::2], hashes[1::2], strict=False)]


class Frontier:
    """A tree as the hashes of its perfect subtrees, from the largest to the smallest."""

    def __init__(self) -> None:
        self._parts: list[tuple[int, bytes]] = []

    def add(self, node: bytes, level: int = 0) -> None:
        """Adds the next perfect subtree, of 2^level leaves."""
        while self._parts and self._parts[-1][0] == level:
            node = sha256(b"\x01" + self._parts.pop()[1] + node).digest()
            level += 1
        self._parts.append((level, node))

    def root(self, *more: bytes) -> bytes:
        """Root of the tree, with `more` perfect subtrees behind it that get smaller."""
        hashes = [*(node for _, node in self._parts), *more]
        if not hashes:
            return sha256(b"").digest()
        reached = hashes.pop()
        while hashes:
            reached = sha256(b"\x01" + hashes.pop() + reached).digest()
        return reached


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that `leaf` is the hash at `index` of the tree with `size` leaves and `root`."""
    if not 0 <= index < size or any(len(each) != HASH for each in (leaf, *proof)):
        return False
    # Up to the level where the paths of leaf and right edge meet there is a sibling on each level; beyond,
    # only where the path of the leaf goes up from the right.
    inner = (index ^ (size - 1)).bit_length()
    if len(proof) != inner + (index >> inner).bit_count():
        return False
    for level, sibling in enumerate(proof):
        is_right = level >= inner or index >> level & 1
        leaf = sha256(b"\x01" + (sibling + leaf if is_right else leaf + sibling)).digest()
    return leaf == root


def tile_path(level: int, number: int, width: int = TILE) -> str:
    """Where a tile lies: tile/0/x001/x234/067, and tile/0/x001/x234/068.p/17 for one that is not full."""
    digits = str(number).zfill(-(-len(str(number)) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([f"tile/{level}", *(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == TILE else f"{path}.p/{width}"


class Tiles:
    """The tiles that an export holds for a tree of `size` leaves."""

    def __init__(self, place: Path, size: int) -> None:
        self._place, self.size = place, size

    def read(self, level: int, number: int) -> bytes:
        """The hashes of a tile; shorter than it should be, or empty, when the file is."""
        width = min(TILE, (self.size >> 8 * level) - TILE * number)
        if width <= 0:
            return b""
        try:
            return (self._place / tile_path(level, number, width)).read_bytes()[: width * HASH]
        except FileNotFoundError:
            return b""

    def nodes(self, level: int, start: int, end: int) -> Iterator[bytes]:
        """The hashes [start, end) of a level."""
        for number in range(start // TILE, -(-end // TILE)):
            tile = self.read(level, number)
            for index in range(max(start, number * TILE), min(end, number * TILE + TILE)):
                yield tile[index % TILE * HASH :][:HASH]

    def root(self, size: int, level: int) -> bytes:
        """Root at `size` by what is stored from `level` on down, where each lower one only adds its edge."""
        tree = Frontier()
        for each in range(level, -1, -1):
            start = 0 if each == level else size >> 8 * (each + 1) << 8
            for node in self.nodes(each, start, size >> 8 * each):
                tree.add(node, 8 * each)
        return tree.root()


# --- the records


class Records:
    """One pass over records.ndjson, 256 lines at a time: what they hash to, and what they say of themselves.

    roots: at the sizes asked for. nodes: the roots of full tiles, all that is kept of the leaves. kept: the
    lines of adopted plans and closed months. foreign: the first position whose leaf is not the stored one.
    """

    def __init__(self, tiles: Tiles, sizes: Iterable[int], thorough: bool) -> None:
        self.count = 0
        self.nodes = bytearray()
        self.roots: dict[int, bytes] = {}
        self.kept: dict[int, bytes] = {}
        self.foreign: int | None = None
        self.misplaced: tuple[int, str] | None = None
        self._tiles, self._tree, self._last_stamp = tiles, Frontier(), b""
        self._sizes = array("Q", sorted({*sizes, 0}))
        self._next = 0
        self._said: set[bytes] | None = set() if thorough else None
        self._settle([])

    def take(self, lines: list[bytes]) -> None:
        """The next lines: 256, or the last ones."""
        hashes = [sha256(b"\x00" + line).digest() for line in lines]
        self._compare(hashes)
        self._read(lines)
        self._settle(hashes)
        self.count += len(lines)

    def _compare(self, hashes: list[bytes]) -> None:
        """Finds the first leaf that the tile does not have."""
        stored = self._tiles.read(0, self.count // TILE)
        found = b"".join(hashes)
        # Whoever took off the end left a tile that goes on.
        if self.foreign is None and not stored.startswith(found):
            self.foreign = (
                self.count
                + 1
                + next(at for at, each in enumerate(hashes) if stored[at * HASH :][:HASH] != each)
            )

    def _read(self, lines: list[bytes]) -> None:
        first = self.count + 1
        cuts = [line[line.rfind(POSITION) + len(POSITION) :] for line in lines]
        places = [b'%d,"recorded_at":"' % position for position in range(first, first + len(lines))]
        stamps = [cut[len(place) : len(place) + 28] for cut, place in zip(cuts, places, strict=True)]
        is_rising = sorted([self._last_stamp, *stamps]) == [self._last_stamp, *stamps]
        if self.misplaced is None and not (is_rising and all(map(bytes.startswith, cuts, places))):
            self._misplace(cuts, places, stamps)
        if stamps:
            self._last_stamp = stamps[-1]
        for position in [at for at, line in enumerate(lines, first) if line.endswith(KEPT)]:
            self.kept[position] = lines[position - first]
        if self._said is not None:
            self._require_new(lines)

    def _misplace(self, cuts: list[bytes], places: list[bytes], stamps: list[bytes]) -> None:
        before = self._last_stamp
        for at, (cut, place, stamp) in enumerate(zip(cuts, places, stamps, strict=True)):
            position = self.count + 1 + at
            if not cut.startswith(place):
                held = re.match(rb"\d{1,19}", cut)
                said = f"the record of position {held[0].decode()}" if held else "no record"
                self.misplaced = position, f"In the place of position {position} stands {said}."
            elif stamp < before or not STAMP.match(stamp):
                self.misplaced = position, f"Position {position} was recorded before the one ahead of it."
            else:
                before = stamp
                continue
            return

    def _require_new(self, lines: list[bytes]) -> None:
        assert self._said is not None
        for at, line in enumerate(lines, self.count + 1):
            try:
                record = json.loads(line)
                said = sha256(f"{record['source']}\0{record['key']}".encode()).digest()[:16]
            except (ValueError, KeyError, TypeError):
                self.misplaced = self.misplaced or (at, f"Position {at} holds no record.")
                return
            if said in self._said and self.misplaced is None:
                self.misplaced = at, f"Position {at} has the source and key of an earlier one."
            self._said.add(said)

    def _settle(self, hashes: list[bytes]) -> None:
        """Adds leaves to the tree, and notes the roots at the sizes that fall among them."""
        levels = [hashes]
        while len(levels[-1]) > 1:
            levels.append(parents(levels[-1]))
        while self._next < len(self._sizes) and self._sizes[self._next] <= self.count + len(hashes):
            size = self._sizes[self._next]
            self.roots[size] = self._tree.root(*_edge(levels, size - self.count))
            self._next += 1
        if len(hashes) == TILE:
            self.nodes += levels[8][0]
            self._tree.add(levels[8][0], 8)
        elif hashes:
            for part, level in zip(_edge(levels, len(hashes)), _bits(len(hashes)), strict=True):
                self._tree.add(part, level)

    def root(self) -> bytes:
        """Root over all lines."""
        return self._tree.root()


def _bits(width: int) -> list[int]:
    return [level for level in range(8, -1, -1) if width >> level & 1]


def _edge(levels: list[list[bytes]], width: int) -> list[bytes]:
    """The perfect subtrees of the first `width` hashes, out of all levels above them."""
    return [levels[level][(width >> level) - 1] for level in _bits(width)]


def lines_of(source: BinaryIO, on_bytes: Callable[[bytes], object] = len) -> Iterator[list[bytes]]:
    """The lines of a file, 256 at a time. on_bytes: is shown all that is read.

    Raises: Unreadable for a line that has no end.
    """
    held: list[bytes] = []
    rest = b""
    while chunk := source.read(CHUNK_BYTES):
        on_bytes(chunk)
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        if len(rest) > LINE_BYTES:
            raise Unreadable("A line does not end.")
        held += lines
        whole = len(held) // TILE * TILE
        for at in range(0, whole, TILE):
            yield held[at : at + TILE]
        del held[:whole]
    if rest:
        held.append(rest)
    for at in range(0, len(held), TILE):
        yield held[at : at + TILE]


# --- an export


class Export:
    """An export under judgement."""

    def __init__(
        self, place: Path, keys: Sequence[str], *, thorough: bool, on_records: Callable[[int], object]
    ):
        self.place = place
        self.verdict = Verdict()
        self.manifest = _read_object(place / "manifest.json", EXPORT_FORMAT)
        self._thorough, self._on_records = thorough, on_records
        self._hashes: dict[str, str] = {}
        listed = self.manifest["keys"]
        named = keys or [each["verifier"] for each in listed][:1]
        self.trust = Trust(anchors := _anchors(named, listed))
        self.verdict.key_is_given = any(parse_key(key).algorithm == ED25519 for key in keys)
        self.verdict.keys = [key.text for key in anchors]
        self.verdict.origin = self.trust.origin
        for each in listed:
            if not each["linked"] and each["verifier"] not in self.verdict.keys:
                said = f"The ledger says that a key was lost and {each['verifier']} took its place. Nothing"
                self.verdict.remarks.append(f"{said} links the two: name it with --key if you trust it.")
        self.believed: list[tuple[int, bytes, str]] = []

    def judge(self, kept: Sequence[Path]) -> Verdict:
        """Goes through everything."""
        newest = parse_checkpoint((self.place / "checkpoint").read_bytes())
        self._believe(newest)
        self._believe_kept(kept)
        tiles = Tiles(self.place, newest.size)
        records = self._read(tiles)
        self._compare_roots(records, tiles)
        _compare_tiles(records, tiles, self.verdict)
        try:
            _judge_plans(self.place, records.kept, self.verdict)
            self._judge_statements(records.kept)
        except MALFORMED as error:
            self.verdict.add(
                "malformed", f"Plans, closes or statements are not as they should be: {error!r}."
            )
        self._judge_files()
        self.verdict.valid = not self.verdict.findings
        return self.verdict

    def _believe(self, newest: Checkpoint) -> None:
        """Collects what signed checkpoints of the log say."""
        made = None
        unsigned_before = not self._begins()
        with (self.place / "checkpoints.ndjson").open("rb") as source:
            for line in self._hashed("checkpoints.ndjson", source):
                made = parse_checkpoint(json.loads(line)["note"].encode())
                if unsigned_before and not any(made.is_signed_by(key) for key in self.trust.in_force):
                    continue
                unsigned_before = False
                self._add(made, self.trust.refusal(made), "")
        if made is None or newest.text != made.text:
            self._add(newest, self.trust.refusal(newest), "")
        elif refusal := self.trust.refusal_of_kept(newest):
            self.verdict.add("checkpoint_refused", f"The newest checkpoint is not believed: {refusal}.")
        self._judge_witnesses(newest)

    def _begins(self) -> bool:
        """Whether the auditor's key is the first of the log; those before a later key cannot be judged."""
        listed = self.manifest["keys"]
        return not listed or listed[0]["verifier"] in self.verdict.keys

    def _add(self, made: Checkpoint, refusal: str | None, kept: str) -> None:
        self.verdict.checkpoints += 1
        if refusal:
            said = f"The checkpoint of size {made.size}{kept} is not believed: {refusal}."
            self.verdict.add("checkpoint_refused", said)
            return
        self.believed.append((made.size, made.root, kept))
        for witness in self.trust.witnesses:
            if made.is_signed_by(witness):
                self.verdict.witnessed = max(self.verdict.witnessed, made.size)
            elif any(key_id == witness.key_id for _, key_id, _ in made.signatures):
                self.verdict.add(
                    "cosignature", f"The cosignature on the checkpoint of size {made.size} is false."
                )

    def _judge_witnesses(self, newest: Checkpoint) -> None:
        if self.trust.witnesses and not self.verdict.witnessed:
            self.verdict.add("not_witnessed", "No checkpoint carries the signature of the witness.")
        elif self.trust.witnesses and self.verdict.witnessed < newest.size:
            self.verdict.remarks.append(f"Witnessed up to position {self.verdict.witnessed}.")

    def _believe_kept(self, kept: Sequence[Path]) -> None:
        for path in itertools.chain.from_iterable(sorted(p.iterdir()) if p.is_dir() else [p] for p in kept):
            made = parse_checkpoint(path.read_bytes())
            self._add(made, self.trust.refusal_of_kept(made), f", kept in {path.name},")

    def _read(self, tiles: Tiles) -> Records:
        records = Records(tiles, (size for size, *_ in self.believed), self._thorough)
        whole, beside = sha256(), ThreadPoolExecutor(1)
        pending = [beside.submit(whole.update, b"")]

        # The digest of the file is made beside the hashes of its lines, by the other processor.
        def digest(chunk: bytes) -> None:
            pending.pop().result()
            pending.append(beside.submit(whole.update, chunk))

        with beside, (self.place / "records.ndjson").open("rb") as source:
            for lines in lines_of(source, digest):
                records.take(lines)
                self._on_records(records.count)
        self._hashes["records.ndjson"] = whole.hexdigest()
        self.verdict.records = records.count
        return records

    def _compare_roots(self, records: Records, tiles: Tiles) -> None:
        """Holds the tree of the lines against every checkpoint, and finds where it begins to differ."""
        good, bad = 0, list[tuple[int, bytes, str]]()
        for size, root, kept in sorted(self.believed):
            if records.roots.get(size) != root:
                bad.append((size, root, kept))
            elif not bad:
                good = size
        first, until = good + 1, None
        if bad:
            first, until = _narrowed(records, tiles, good, bad)
        elif records.count != good:
            until = first
            self.verdict.add(
                "not_sealed", f"No checkpoint covers the records from position {first} on.", first
            )
        if records.misplaced:
            at = records.misplaced[0]
            self.verdict.add("misplaced", records.misplaced[1], at)
            first, until = (at, at) if until is None or at < first else (first, min(until, at))
        if until is not None:
            self.verdict.first_bad, self.verdict.first_bad_until = first, until
        for size, _, kept in bad[:1] + [each for each in bad[1:] if each[2]]:
            self._tell(size, kept, records.count, first, until)

    def _tell(self, size: int, kept: str, count: int, first: int, until: int | None) -> None:
        named = f"the signed checkpoint of size {size}{kept}".rstrip(",")
        if size > count:
            said = f"The records end at position {count}, but {named} covers more: the end is missing."
            self.verdict.add("truncated", said, first, until)
        else:
            kind = "forked" if kept else "altered"
            said = f"The records up to position {size} are not those of {named}."
            self.verdict.add(kind, said, first, until)

    def _judge_statements(self, kept: dict[int, bytes]) -> None:
        closes = {at: json.loads(line)["data"] for at, line in kept.items() if line.endswith(PERIOD_CLOSED)}
        met: dict[int, Close] = {at: Close(at, said) for at, said in closes.items()}
        with (self.place / "statements.ndjson").open("rb") as source:
            for line in self._hashed("statements.ndjson", source):
                self.verdict.statements += 1
                result = json.loads(line)
                close = met.get(result["closed_position"])
                if close is None:
                    said = f"A statement names position {result['closed_position']}, which closes no month."
                    self.verdict.add("statement", said)
                else:
                    close.take(line, result, self.verdict)
        for close in met.values():
            close.settle(self.verdict)

    def _hashed(self, name: str, source: BinaryIO) -> Iterator[bytes]:
        """The lines of a file, whose digest is noted."""
        whole = sha256()
        for lines in lines_of(source, whole.update):
            yield from lines
        self._hashes[name] = whole.hexdigest()

    def _judge_files(self) -> None:
        """Every file is the one that the manifest lists; tiles are held against the records instead."""
        for each in self.manifest["files"]:
            path = self.place / each["path"]
            if not path.resolve().is_relative_to(self.place.resolve()) or not path.is_file():
                self.verdict.add("file", f"{each['path']} is missing.")
                continue
            found = self._hashes.get(each["path"]) or sha256(path.read_bytes()).hexdigest()
            if found != each["sha256"] or path.stat().st_size != each["bytes"]:
                self.verdict.add("file", f"{each['path']} is not the file that the manifest lists.")
        if self.manifest["last_position"] != self.verdict.records:
            said = f"The manifest says {self.manifest['last_position']} records, not {self.verdict.records}."
            self.verdict.add("file", said)


def _anchors(named: Sequence[str], listed: Sequence[dict[str, Any]]) -> list[Key]:
    keys = [parse_key(key) for key in named]
    if not any(key.algorithm == ED25519 for key in keys) and listed:
        keys = [parse_key(listed[0]["verifier"]), *keys]
    if not any(key.algorithm == ED25519 for key in keys):
        raise Unreadable("There is no key to verify checkpoints with. Name it with --key.")
    return keys


def _narrowed(
    records: Records, tiles: Tiles, good: int, bad: list[tuple[int, bytes, str]]
) -> tuple[int, int]:
    """The first bad position, or the range that signed checkpoints leave, in which it must be.

    Tiles that hash to a signed root are the ones that were sealed, whatever became of the records: what
    differs from them is what was changed. Level by level, as the lowest may have been computed anew.
    """
    first, until = good + 1, min(bad[0][0], records.count + 1)
    size, root, _ = bad[0]
    for level in range(4 if size <= tiles.size else 0):
        if size >> 8 * level and tiles.root(size, level) == root:
            return _first_foreign(records, tiles, size, level, first, until)
    return first, until


def _first_foreign(
    records: Records, tiles: Tiles, size: int, level: int, first: int, until: int
) -> tuple[int, int]:
    if level == 0:
        at = records.foreign or records.count + 1
        return at, at
    held = [bytes(records.nodes[at : at + HASH]) for at in range(0, len(records.nodes), HASH)]
    for _ in range((level - 1) * 8):
        held = parents(held)
    stored = tiles.nodes(level, 0, size >> 8 * level)
    width = TILE**level
    for number, (ours, sealed) in enumerate(itertools.zip_longest(held, stored)):
        if ours != sealed and number < size >> 8 * level:
            return max(first, number * width + 1), min(until, (number + 1) * width)
    return max(first, (size >> 8 * level) * width + 1), until


def _compare_tiles(records: Records, tiles: Tiles, verdict: Verdict) -> None:
    """Finds the first stored tile that is not that of the records."""
    if verdict.first_bad is not None:
        return
    if records.foreign is not None:
        path = tile_path(0, (records.foreign - 1) // TILE)
        verdict.add("tile", f"{path} is not the tile of the records.", records.foreign)
    held, level = [bytes(records.nodes[at : at + HASH]) for at in range(0, len(records.nodes), HASH)], 1
    while held:
        for number in range(-(-len(held) // TILE)):
            if tiles.read(level, number) != b"".join(held[number * TILE : (number + 1) * TILE]):
                verdict.add("tile", f"{tile_path(level, number)} is not the tile of the records.")
                return
        for _ in range(8):
            held = parents(held)
        level += 1


def _judge_plans(place: Path, kept: dict[int, bytes], verdict: Verdict) -> None:
    """Every plan that was adopted lies there as its fact says, and no other."""
    files = {path for path in (place / "plans").rglob("*") if path.is_file()}
    for position, line in kept.items():
        if not line.endswith(PLAN_ADOPTED):
            continue
        verdict.plans += 1
        said = json.loads(line)["data"]
        path = place / "plans" / said["plan"] / f"{position}.json"
        content = path.read_bytes() if path in files else b""
        files.discard(path)
        if sha256(canonical(said["document"])).hexdigest() != said["document_hash"]:
            verdict.add("plan", f"The plan adopted at position {position} has another hash.", position)
        elif content != canonical(said["document"]):
            detail = f"{path.relative_to(place)} is not the plan that was adopted at position {position}."
            verdict.add("plan", detail, position)
    for path in sorted(files):
        verdict.add("plan", f"{path.relative_to(place)} was adopted nowhere in the records.")


def canonical(value: object) -> bytes:
    """The one JSON text of `value` (RFC 8785), which holds no floats."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Close:
    """A closed month, and its statements as they come by."""

    def __init__(self, position: int, said: dict[str, Any]) -> None:
        self._position, self._said = position, said
        self._tree, self._count, self._is_told = Frontier(), 0, False

    def take(self, line: bytes, result: dict[str, Any], verdict: Verdict) -> None:
        """The next statement. The members before it are texts and numbers, so it begins at the first mark."""
        text = line[line.index(STATEMENT) + len(STATEMENT) : -1]
        statement, said = result["statement"], self._said
        self._tree.add(sha256(b"\x00" + text).digest())
        self._count += 1
        named = (result["period"], result["employee"], result["known_at"], result["engine"])
        meant = (said["period"], statement["employee"], said["known_at"], said["engine"])
        if sha256(text).hexdigest() != result["digest"] or canonical(statement) != text or named != meant:
            self._is_told = True
            detail = (
                f"The statement of {result['employee']} for {said['period']} is not the one of its digest."
            )
            verdict.add("statement", detail, self._position)

    def settle(self, verdict: Verdict) -> None:
        """Holds all of them against the close."""
        said = self._said
        found = (self._tree.root().hex(), self._count)
        if found != (said["statements_digest"], said["statements"]) and not self._is_told:
            detail = (
                f"The statements of {said['period']} are not those that were closed at position "
                f"{self._position}: {self._count} of {said['statements']}, digest {found[0]}. "
                "With --recompute, meritbook verify names whose."
            )
            verdict.add("statement", detail, self._position)


# --- a receipt


def verify_receipt(path: Path, keys: Sequence[str] = ()) -> Verdict:
    """Whether all that a receipt holds was sealed, and its statement is one of those of the close."""
    receipt = _read_object(path, RECEIPT_FORMAT)
    anchors = _anchors(keys, [{"verifier": key} for key in receipt["keys"]])
    verdict = Verdict(format=RECEIPT_FORMAT, origin=anchors[0].name, statements=1, checkpoints=1)
    verdict.keys, verdict.key_is_given = [key.text for key in anchors], bool(keys)
    head = parse_checkpoint(receipt["checkpoint"].encode())
    believed = [key for key in anchors if key.algorithm == ED25519 and head.is_signed_by(key)]
    if not believed or head.origin != anchors[0].name:
        verdict.add("checkpoint_refused", "No key that is believed has signed the checkpoint.")
    for each in receipt["records"]:
        _judge_proven(each, head, verdict)
    _judge_receipt_statement(receipt, verdict)
    verdict.valid = not verdict.findings
    return verdict


def _judge_proven(proven: dict[str, Any], head: Checkpoint, verdict: Verdict) -> None:
    verdict.records += 1
    position, line = proven["position"], proven["line"]
    if line is None:
        leaf = bytes.fromhex(proven["leaf"])
        verdict.remarks.append(f"Position {position} was sealed, but is not shown: {proven['why']}")
    else:
        leaf = sha256(b"\x00" + line.encode()).digest()
        if json.loads(line)["position"] != position:
            verdict.add("misplaced", f"The record shown for position {position} is another.", position)
    proof = [_base64(each) for each in proven["proof"]]
    if not verify_inclusion(position - 1, head.size, leaf, proof, head.root):
        verdict.add("altered", f"The record of position {position} is not the one that was sealed.", position)


def _judge_receipt_statement(receipt: dict[str, Any], verdict: Verdict) -> None:
    """The statement is a leaf below the digest of its close, and rests on the plans that the close names."""
    lines = [each["line"] for each in receipt["records"] if each["line"] is not None]
    shown = {record["position"]: record for record in map(json.loads, lines)}
    close = shown.get(receipt["closed_position"], {"type": "", "data": {}})
    said, statement = close["data"], receipt["statement"]
    whose = f"The statement of {receipt['employee']} for {receipt['period']}"
    if close["type"] != "period_closed" or said["period"] != receipt["period"]:
        verdict.add("statement", f"{whose} comes without the record of its close.")
        return
    named = (statement["employee"], statement["period"])
    leaf, root = sha256(b"\x00" + canonical(statement)).digest(), bytes.fromhex(said["statements_digest"])
    proof = [_base64(each) for each in receipt["statement_proof"]]
    is_closed = verify_inclusion(receipt["statement_index"], said["statements"], leaf, proof, root)
    if named != (receipt["employee"], receipt["period"]) or not is_closed:
        verdict.add("statement", f"{whose} is not one of those that were closed.", close["position"])
    for plan in receipt["plans"]:
        at, held = plan["adopted_at"], shown.get(plan["adopted_at"], {"type": "", "data": {}})
        document = canonical(held["data"].get("document"))
        is_adopted = held["type"] == "plan_adopted" and held["data"]["plan"] == plan["plan"]
        if not is_adopted or sha256(document).hexdigest() != plan["document_hash"]:
            verdict.add("plan", f"The plan {plan['plan']} is not shown as it was adopted.", at)
    in_force = {(each["plan"], each["adopted_at"]) for each in said["plans"]}
    named = {
        (each["plan"], each["adopted_at"]) for each in receipt["plans"] if each["period"] == said["period"]
    }
    lines = {each["plan"] for each in statement["lines"] if each["about"] is None}
    if not named <= in_force or lines - {plan for plan, _ in named}:
        verdict.add("plan", f"{whose} rests on plans that its close does not name.", close["position"])
    verdict.plans = len(receipt["plans"])
    for place in receipt["places"]:
        line = f"{place['plan']}.{place['component']} of {place['period']}"
        verdict.remarks.append(f"{line} pays a place, which rests on what others did too: not in here.")


# --- what is asked, and what is said


def verify(
    path: Path,
    kept: Sequence[Path] = (),
    keys: Sequence[str] = (),
    *,
    thorough: bool = False,
    on_records: Callable[[int], object] = int,
) -> Verdict:
    """Judges the export in a directory, or the receipt in a file.

    kept: signed checkpoints that the auditor has, files or directories of them. keys: verifier keys, also of
    witnesses; without, the first of the export is believed. thorough: no source and key occurs twice, which
    takes some 100 bytes of memory a record. on_records: told how many were read.
    Raises: Unreadable
    """
    try:
        if path.is_file():
            return verify_receipt(path, keys)
        return Export(path, keys, thorough=thorough, on_records=on_records).judge(kept)
    except OSError as error:
        raise Unreadable(f"{error.filename}: {error.strerror}.") from None
    except MALFORMED as error:
        raise Unreadable(f"{path} is not as an export or a receipt is: {error!r}.") from error


def _read_object(path: Path, format: str) -> dict[str, Any]:
    found = json.loads(path.read_bytes())
    if not isinstance(found, dict) or found.get("format") != format:
        raise Unreadable(f"{path} is not of the format {format}.")
    return found


def told(verdict: Verdict) -> list[str]:
    """The verdict in plain lines."""
    what = "receipt" if verdict.format == RECEIPT_FORMAT else "export"
    lines = [f"{'VALID' if verdict.valid else 'NOT VALID'}: {what} of {verdict.origin}"]
    if verdict.first_bad is not None:
        first, until = verdict.first_bad, verdict.first_bad_until
        where = f"is {first}" if first == until else f"stands between {first} and {until}"
        lines.append(f"The first bad position {where}.")
    lines += [f"- {each.detail}" for each in verdict.findings]
    lines.append(
        f"Read: {verdict.records} records, {verdict.checkpoints} checkpoints, "
        f"{verdict.statements} statements, {verdict.plans} plans."
    )
    lines += verdict.remarks
    if not verdict.key_is_given:
        lines.append(
            f"The key was taken on the {what}'s own word: {verdict.keys[0]}. Whoever forged all of it also "
            "chose the key. Compare it with one that you were given, or name that one with --key."
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Verifies what is named on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, help="an export, or a receipt")
    parser.add_argument(
        "--checkpoint", type=Path, action="append", default=[], help="kept one, or a directory of them"
    )
    parser.add_argument("--key", action="append", default=[], help="verifier key of the log or of a witness")
    parser.add_argument("--thorough", action="store_true", help="no source and key twice; takes memory")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    asked = parser.parse_args(arguments)
    try:
        verdict = verify(asked.path, asked.checkpoint, asked.key, thorough=asked.thorough)
    except Unreadable as unreadable:
        print(f"NOT READABLE: {unreadable}", file=sys.stderr)
        return 2
    print(json.dumps(asdict(verdict), indent=2) if asked.json else "\n".join(told(verdict)))
    return 0 if verdict.valid else 1


if __name__ == "__main__":
    raise SystemExit(main())
