"""Checkpoints (C2SP tlog-checkpoint) and proofs that carry one (C2SP tlog-proof).

A checkpoint says: the log `origin` has so many leaves and this root. Ours has one extension line at most:
`successor KEY` hands the log over to another key, and is signed by both.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import NamedTuple

from domain.journal.merkle import HASH_BYTES
from domain.journal.note import Note, NoteRefused, VerifierKey, parse_base64, parse_key, parse_note

SUCCESSOR = "successor "
PROOF_HEADING = "c2sp.org/tlog-proof@v1"

_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


class Checkpoint(NamedTuple):
    """The head of a log. extensions: further lines that are signed with it."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @property
    def successor(self) -> VerifierKey | None:
        """The key that signs from here on, if this checkpoint hands the log over.

        Raises: NoteRefused when the line names no key.
        """
        found = [line for line in self.extensions if line.startswith(SUCCESSOR)]
        return parse_key(found[0].removeprefix(SUCCESSOR)) if found else None

    def handing_over(self, key: VerifierKey) -> "Checkpoint":
        """The same head, with the line that hands the log over to `key`."""
        return self._replace(extensions=(f"{SUCCESSOR}{key}",))


class Proof(NamedTuple):
    """That a leaf is in the tree of a signed checkpoint, for whoever has its content. leaf: its index."""

    leaf: int
    hashes: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        lines = [PROOF_HEADING, f"index {self.leaf}", *hash_lines(self.hashes), "", str(self.note)]
        return "\n".join(lines)


def hash_lines(hashes: Sequence[bytes]) -> list[str]:
    """Each hash as a line of base64."""
    return [b64encode(each).decode() for each in hashes]


def parse_hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    """The hashes in `lines`.

    Raises: NoteRefused.
    """
    hashes = tuple(parse_base64(line) for line in lines)
    if any(len(each) != HASH_BYTES for each in hashes):
        raise NoteRefused("A line is not a hash of 32 bytes.")
    return hashes


def parse_size(text: str) -> int:
    """The number of leaves that `text` writes in its one form.

    Raises: NoteRefused.
    """
    if not _SIZE.match(text):
        raise NoteRefused(f"{text[:40]!r} is not the size of a tree.")
    return int(text)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text is.

    Raises: NoteRefused.
    """
    *lines, end = text.split("\n")
    if end or len(lines) < 3 or not all(lines):
        raise NoteRefused("A checkpoint is three lines or more, none of them empty.")
    origin, size, root, *extensions = lines
    return Checkpoint(origin, parse_size(size), parse_hashes([root])[0], tuple(extensions))


def parse_proof(content: bytes) -> Proof:
    """The proof in `content`; nothing of it is verified.

    Raises: NoteRefused.
    """
    head, blank, checkpoint = content.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if not blank or lines.pop(0) != PROOF_HEADING:
        raise NoteRefused(f"The proof does not begin with {PROOF_HEADING} or has no checkpoint.")
    if lines and lines[0].startswith("extra "):
        parse_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise NoteRefused("The proof names no index.")
    leaf = parse_size(lines.pop(0).removeprefix("index "))
    return Proof(leaf, parse_hashes(lines), parse_note(checkpoint))
