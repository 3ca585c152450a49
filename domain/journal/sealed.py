"""What is sealed: tiles, checkpoints, keys and cosignatures in the ledger's tables; proofs out of them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import Cursor

from domain.journal.checkpoint import Checkpoint, Proof, parse_checkpoint
from domain.journal.merkle import HASH_BYTES, Read, consistency_proof, inclusion_proof
from domain.journal.note import Note, Signature, VerifierKey, parse_key, parse_note, parse_signatures
from domain.journal.tiles import LEVELS, WIDTH, FullTiles, Part, Place, Tile, TileDamaged, is_of, reading

SIZE = """
select coalesce(max(start + octet_length(hashes) / 32), 0) from (
    select start, hashes from tile_part where level = 0 order by start desc limit 1
) last"""

TILES = """
select
    wanted.level, wanted.number, string_agg(part.hashes, ''::bytea order by part.start),
    min(part.start), max(part.start + octet_length(part.hashes) / 32)
from unnest(%(levels)s::int[], %(numbers)s::bigint[]) as wanted (level, number)
cross join lateral (
    select start, hashes from tile_part
    where tile_part.level = wanted.level
    and start >= wanted.number * 256 and start < (wanted.number + 1) * 256
    offset 0
) part
group by wanted.level, wanted.number"""

COPY_PARTS = "copy tile_part (level, start, hashes) from stdin with (format binary)"
PART_TYPES = "int2 int8 bytea".split()

_COLUMNS = """number, note, signed_at, hands_over, (
    select string_agg(line, '' order by witness) from cosignature s where s.number = c.number
)"""

NEWEST = f"select {_COLUMNS} from checkpoint c order by number desc limit 1"

NEWEST_UPTO = f"select {_COLUMNS} from checkpoint c where size <= %(upto)s order by number desc limit 1"

AFTER = f"select {_COLUMNS} from checkpoint c where number > %(after)s order by number limit %(limit)s"

LATEST = f"select {_COLUMNS} from checkpoint c where number < %(before)s order by number desc limit %(limit)s"

# Of those that cover the position the newest that a witness has seen, and else the newest.
COVERING = f"""
(select {_COLUMNS} from checkpoint c
 where number = (select max(number) from cosignature) and size >= %(position)s)
union all
(select {_COLUMNS} from checkpoint c where size >= %(position)s order by number desc limit 1)
limit 1"""

# A handing over first: who has not seen it does not know the key of those behind it.
TO_COSIGN = f"""
select {_COLUMNS} from checkpoint c
where number > %(after)s
order by hands_over desc, case when hands_over then number else -number end limit 1"""

LAST_COSIGNED = f"""
select {_COLUMNS} from checkpoint c
where number = (select max(number) from cosignature where witness = %(witness)s)"""

INSERT_COSIGNATURE = """
insert into cosignature (number, witness, line, cosigned_at)
select %(number)s, %(witness)s, %(line)s, %(now)s
where exists (select from checkpoint where number = %(number)s)
on conflict do nothing"""

KEYS = "select verifier, linked from seal_key order by number"

WAITING_SINCE = """
select recorded_at from journal
where position = (select coalesce(max(size), 0) + 1 from (
    select size from checkpoint order by number desc limit 1
) newest)"""


class Signed(NamedTuple):
    """A checkpoint that was signed. number: 1, 2, 3 … in that order. note: with its cosignatures."""

    number: int
    checkpoint: Checkpoint
    note: Note
    signed_at: dt.datetime
    hands_over: bool
    is_cosigned: bool


class SealKey(NamedTuple):
    """A key that signed. linked: the key before it handed over to it."""

    key: VerifierKey
    linked: bool


def size(cursor: Cursor[Any]) -> int:
    """How many leaves the tiles hold."""
    row = cursor.execute(SIZE).fetchone()
    assert row is not None, "an aggregate always answers"
    return int(row[0])


def tiles(cursor: Cursor[Any], places: Sequence[Place]) -> dict[Place, bytes]:
    """The hashes at these places, as far as they go.

    Raises: TileDamaged when one has none, or has a gap.
    """
    found: dict[Place, bytes] = {}
    if places:
        levels, numbers = zip(*places, strict=True)
        for level, number, hashes, first, end in cursor.execute(
            TILES, {"levels": list(levels), "numbers": list(numbers)}
        ):
            if first == number * WIDTH and len(hashes) == (end - first) * HASH_BYTES:
                found[Place(level, number)] = hashes
    if damaged := [place for place in places if place not in found]:
        raise TileDamaged(f"Hashes of {Tile(*damaged[0]).path} are missing in tile_part.")
    return found


def read(cursor: Cursor[Any], full: FullTiles | None = None) -> Read:
    """Reads the hashes of perfect subtrees, one statement for all that are asked for at once.

    full: tiles of this log that need not be read again.
    """

    def fetch(places: Sequence[Place]) -> Mapping[Place, bytes]:
        if full is None:
            return tiles(cursor, places)
        held = full.held(places)
        fresh = tiles(cursor, [place for place in places if place not in held])
        full.keep(fresh)
        return {**held, **fresh}

    return reading(fetch)


def add(cursor: Cursor[Any], parts: Iterable[Part]) -> None:
    """Stores what the tree gained."""
    with cursor.copy(COPY_PARTS) as copy:
        copy.set_types(PART_TYPES)
        for part in parts:
            copy.write_row(part)


def tile(cursor: Cursor[Any], wanted: Tile) -> bytes | None:
    """The hashes of `wanted`; None when no signed tree has that tile.

    Raises: TileDamaged
    """
    last = newest(cursor)
    if last is None or wanted.level >= LEVELS or not is_of(wanted, last.checkpoint.size):
        return None
    place = Place(wanted.level, wanted.number)
    hashes = tiles(cursor, [place])[place][: wanted.width * HASH_BYTES]
    if len(hashes) < wanted.width * HASH_BYTES:
        raise TileDamaged(f"Hashes of {wanted.path} are missing in tile_part.")
    return hashes


def newest(cursor: Cursor[Any]) -> Signed | None:
    """The last checkpoint; None before the first."""
    return _one(cursor.execute(NEWEST))


def newest_upto(cursor: Cursor[Any], upto: int) -> Signed | None:
    """The last checkpoint, of those that are kept, that covers nothing beyond `upto`."""
    return _one(cursor.execute(NEWEST_UPTO, {"upto": upto}))


def covering(cursor: Cursor[Any], position: int) -> Signed | None:
    """A checkpoint whose tree has the record at `position`, rather one that a witness has seen."""
    return _one(cursor.execute(COVERING, {"position": position}))


def checkpoints(cursor: Cursor[Any], after: int = 0, limit: int = 1_000) -> list[Signed]:
    """The first `limit` checkpoints that are kept beyond the number `after`."""
    return [_signed(row) for row in cursor.execute(AFTER, {"after": after, "limit": limit})]


def latest(cursor: Cursor[Any], before: int, limit: int) -> list[Signed]:
    """The last `limit` checkpoints that are kept before the number `before`, the newest first."""
    return [_signed(row) for row in cursor.execute(LATEST, {"before": before, "limit": limit})]


def keys(cursor: Cursor[Any]) -> list[SealKey]:
    """The keys that signed this ledger, in their order."""
    return [SealKey(parse_key(verifier), linked) for verifier, linked in cursor.execute(KEYS)]


def proof(cursor: Cursor[Any], position: int, full: FullTiles | None = None) -> Proof | None:
    """That the record at `position` is in a signed tree; None when it is not sealed yet.

    full: as for `read`.
    """
    signed = covering(cursor, position)
    if signed is None:
        return None
    hashes = inclusion_proof(position - 1, signed.checkpoint.size, read(cursor, full))
    return Proof(position - 1, tuple(hashes), signed.note)


def consistency(cursor: Cursor[Any], old: int, new: int) -> list[bytes]:
    """Proves that the tree of `old` leaves begins the one of `new` leaves."""
    return consistency_proof(old, new, read(cursor))


def last_cosigned(cursor: Cursor[Any], witness: VerifierKey) -> Signed | None:
    """The last checkpoint that `witness` cosigned."""
    return _one(cursor.execute(LAST_COSIGNED, {"witness": str(witness)}))


def to_cosign(cursor: Cursor[Any], after: int) -> Signed | None:
    """What a witness is to see next who has seen the checkpoints up to the number `after`."""
    return _one(cursor.execute(TO_COSIGN, {"after": after}))


def cosign(
    cursor: Cursor[Any], signed: Signed, witness: VerifierKey, line: Signature, now: dt.datetime
) -> None:
    """Keeps the cosignature of `witness`; once, and only while the checkpoint is kept."""
    given = {"number": signed.number, "witness": str(witness), "line": str(line), "now": now}
    cursor.execute(INSERT_COSIGNATURE, given)


def waiting_since(cursor: Cursor[Any]) -> dt.datetime | None:
    """When the first fact was recorded that is not sealed yet; None when all are."""
    row = cursor.execute(WAITING_SINCE).fetchone()
    return row[0] if row else None


def _one(cursor: Cursor[Any]) -> Signed | None:
    row = cursor.fetchone()
    return None if row is None else _signed(row)


def _signed(row: Sequence[Any]) -> Signed:
    number, text, signed_at, hands_over, lines = row
    note = parse_note(text.encode())
    if lines:
        note = Note(note.text, note.signatures + parse_signatures(lines))
    return Signed(number, parse_checkpoint(note.text), note, signed_at, hands_over, bool(lines))
