"""Whether the file of a partition holds what was sealed and signed: asked before it counts, and at will."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Cursor

from domain.journal import cold_file, sealed
from domain.journal.checkpoint import Checkpoint
from domain.journal.cold import GROUP_RECORDS, ColdPart, FileDamaged, read_part, unusable
from domain.journal.merkle import CompactRange, Read, Span, hashes_of, node_hash
from domain.journal.note import NoteRefused

Progress = Callable[[int], None]
"""Told how many of the partition's facts are done."""


class StoredPart(NamedTuple):
    """A partition of the positions (after, upto]. dropped_at: since when it is in its file alone."""

    number: int
    after: int
    upto: int
    file: str | None
    sha256: str | None
    bytes: int | None
    stored_at: dt.datetime | None
    dropped_at: dt.datetime | None


def check(cursor: Cursor[Any], part: ColdPart, on_progress: Progress) -> Checkpoint:
    """Holds each record of the file against its sealed hash, and their root against a checkpoint; which.

    Raises: ColdFileUnusable
    """
    signed = sealed.covering(cursor, part.upto)
    keys = [each.key for each in sealed.keys(cursor)]
    try:
        if signed is None or not signed.note.signers(keys):
            raise unusable(part, "No checkpoint that is signed by a key of this ledger covers it.")
    except NoteRefused as refused:
        raise unusable(part, str(refused)) from None
    leaves = _leaves(cursor, part, on_progress)
    size = signed.checkpoint.size
    if _root(Span(0, size), part, leaves, sealed.read(cursor)) != signed.checkpoint.root:
        raise unusable(part, f"With it the tree of {size} records is not the one that was signed.")
    return signed.checkpoint


def part_of(part: StoredPart) -> ColdPart:
    """Where the records of a stored part are read."""
    return ColdPart(part.number, part.after, part.upto, Path(part.file or ""))


def require_unaltered(part: StoredPart) -> None:
    """Checks that the file is the one that was written and checked.

    Raises: ColdFileUnusable
    """
    try:
        if cold_file.sha256_of(Path(part.file or "")).hex() != part.sha256:
            raise FileDamaged("It is not the one that was written.")
    except FileDamaged as damaged:
        raise unusable(part_of(part), str(damaged)) from None


def _root(span: Span, part: ColdPart, leaves: Iterator[bytes], outside: Read) -> bytes:
    """The hash of `span`, in which the leaves of `part` are those of its file, and others as they are kept.

    If the root comes out as signed, every hash that went into it is the right one.
    """
    start, end = span
    if end <= part.after or start >= part.upto:
        return hashes_of([span], outside)[0]
    if part.after <= start and end <= part.upto:
        tree = CompactRange()
        tree.extend(islice(leaves, end - start))
        return tree.root()
    half = start + (1 << ((end - start - 1).bit_length() - 1))
    left = _root(Span(start, half), part, leaves, outside)
    return node_hash(left, _root(Span(half, end), part, leaves, outside))


def _leaves(cursor: Cursor[Any], part: ColdPart, on_progress: Progress) -> Iterator[bytes]:
    for done, each in enumerate(read_part(cursor, part, part.after, part.upto), 1):
        if done % GROUP_RECORDS == 0:
            on_progress(done)
        yield each.leaf
