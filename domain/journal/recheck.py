"""The journal held against what was signed of it: every record is hashed once more, in the database."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from psycopg import Cursor

from domain.journal import read, sealed
from domain.journal.checkpoint import Checkpoint, parse_checkpoint
from domain.journal.leaves import leaves
from domain.journal.merkle import HASH_BYTES, CompactRange
from domain.journal.note import NoteRefused, VerifierKey, parse_note
from domain.journal.tiles import WIDTH, Place, TileDamaged

SPAN_RECORDS = 64 * WIDTH


class Altered(Exception):
    """The journal is not what was signed; the message names the first position, where there is one."""


def checkpoint_signed_by(keys: Sequence[VerifierKey], content: bytes) -> Checkpoint:
    """The checkpoint in `content`, which one of `keys` signed.

    Raises: NoteRefused
    """
    note = parse_note(content)
    checkpoint = parse_checkpoint(note.text)
    if not note.signers(keys):
        raise NoteRefused("It is not signed by a key of this ledger.")
    return checkpoint


def recheck(
    cursor: Cursor[Any], signed: Collection[Checkpoint], on_progress: Callable[[int], None] = lambda _: None
) -> int:
    """Hashes every record and compares the trees with those of `signed`; how many records there are.

    The signatures are not looked at. on_progress: told how many records are hashed.
    Raises: Altered
    """
    head = read.head(cursor)
    tree, wanted = CompactRange(), sorted(signed, key=lambda each: each.size)
    for checkpoint in (each for each in wanted if each.size <= head):
        _grow(cursor, tree, checkpoint.size, on_progress)
        if tree.root() != checkpoint.root:
            raise Altered(f"The tree of {checkpoint.size} records is not the one that was signed.")
    if wanted and wanted[-1].size > head:
        raise Altered(
            f"The journal ends at position {head}, but {wanted[-1].size} records were signed: "
            f"{wanted[-1].size - head} facts are gone, as after a restore from an old backup."
        )
    return head


def _grow(cursor: Cursor[Any], tree: CompactRange, size: int, on_progress: Callable[[int], None]) -> None:
    """Adds the records up to `size`, each compared with the hash that it was sealed by."""
    while tree.size < size:
        begun = tree.size
        upto = min(size, begun - begun % SPAN_RECORDS + SPAN_RECORDS)
        found = leaves(cursor, begun, upto)
        if found.found != upto - begun:
            missing = upto - begun - found.found
            raise Altered(f"Of the positions {begun + 1} to {upto}, {missing} are missing.")
        hashes = _hashes(found.hashes)
        for offset, (leaf, as_sealed) in enumerate(zip(hashes, _sealed(cursor, begun, upto), strict=False)):
            if leaf != as_sealed:
                position = begun + offset + 1
                raise Altered(f"The record at position {position} is not the one that was sealed.")
        tree.extend(hashes)
        on_progress(upto)


def _sealed(cursor: Cursor[Any], begun: int, upto: int) -> list[bytes]:
    """The hashes by which the records in (begun, upto] were sealed."""
    places = [Place(0, number) for number in range(begun // WIDTH, (upto - 1) // WIDTH + 1)]
    try:
        found = sealed.tiles(cursor, places)
    except TileDamaged as damaged:
        raise Altered(str(damaged)) from None
    return _hashes(b"".join(found[place] for place in places))[begun % WIDTH :]


def _hashes(joined: bytes) -> list[bytes]:
    return [joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES)]
