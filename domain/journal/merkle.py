"""The Merkle tree of RFC 6962, section 2: hashes, proofs, and their verification. No storage is known here.

A tree of n leaves is made of perfect subtrees, which never change once their leaves are there. A proof is
planned as a list of ranges of leaves; whoever has the hashes of perfect subtrees makes it out of them.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

HASH_BYTES = 32

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


class Node(NamedTuple):
    """The perfect subtree over the leaves [number · 2^level, (number + 1) · 2^level)."""

    level: int
    number: int


class Span(NamedTuple):
    """The leaves [start, end), as a proof names them: its hash is that of a tree of their own."""

    start: int
    end: int


Read: TypeAlias = Callable[[Sequence[Node]], Mapping[Node, bytes]]
"""Gives the hashes of perfect subtrees, all that are asked for at once."""


def leaf_hash(line: bytes) -> bytes:
    """Hash of the leaf whose content is `line`."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of the subtree whose halves hash to `left` and `right`."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """The hashes one level up; a last one without a partner has no parent yet."""
    sha256, both = hashlib.sha256, b"\x01%b%b"
    return [sha256(both % pair).digest() for pair in zip(hashes[::2], hashes[1::2], strict=False)]


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """Root over 1, 2, 4, 8 … hashes of one level."""
    level = list(hashes)
    while len(level) > 1:
        level = parents(level)
    return level[0]


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Root of the tree with these leaves."""
    tree = CompactRange()
    tree.extend(leaf_hashes)
    return tree.root()


class CompactRange:
    """A tree that grows, kept as the hashes of its perfect subtrees alone: one for each bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Adds the next leaf by its hash."""
        hashes, size = self._hashes, self.size
        while size & 1:
            leaf = node_hash(hashes.pop(), leaf)
            size >>= 1
        hashes.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Adds the next leaves by their hashes."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        return _joined(self._hashes) if self._hashes else EMPTY_ROOT


def nodes(span: Span) -> list[Node]:
    """The perfect subtrees that make up a span of some proof, from the largest to the smallest."""
    found: list[Node] = []
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(Node(level, start >> level))
        start += 1 << level
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """What an inclusion proof consists of (section 2.1.1), from the leaf's sibling upwards.

    index: of the leaf, 0 ≤ index < size.
    """
    start, end, found = 0, size, list[Span]()
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            found.append(Span(middle, end))
            end = middle
        else:
            found.append(Span(start, middle))
            start = middle
    return found[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """What a consistency proof between two sizes consists of (section 2.1.2): 0 < old ≤ new."""
    start, end, found, whole = 0, new, list[Span](), True
    while end > old:
        middle = start + _half(end - start)
        if old <= middle:
            found.append(Span(middle, end))
            end = middle
        else:
            found.append(Span(start, middle))
            start, whole = middle, False
    # The old tree's own root is left out when it is a subtree of the new one: the verifier has it.
    return ([] if whole else [Span(start, end)]) + found[::-1]


def hashes_of(spans: Sequence[Span], read: Read) -> list[bytes]:
    """The hash of each span, from one reading of the perfect subtrees."""
    plan = [nodes(span) for span in spans]
    known = read([node for parts in plan for node in parts])
    return [_joined([known[node] for node in parts]) if parts else EMPTY_ROOT for parts in plan]


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Proves that the leaf `index` stands in the tree of `size` leaves."""
    return hashes_of(inclusion_spans(index, size), read)


def consistency_proof(old: int, new: int, read: Read) -> list[bytes]:
    """Proves that the tree of `old` leaves begins the tree of `new` leaves; empty for old = 0."""
    return hashes_of(consistency_spans(old, new), read) if old else []


def reading(leaf_hashes: Sequence[bytes]) -> Read:
    """Reads from leaves in memory."""
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        levels.append(parents(levels[-1]))
    return lambda wanted: {node: levels[node.level][node.number] for node in wanted}


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that `leaf` is the hash at `index` of the tree with `size` leaves and `root`."""
    if not 0 <= index < size or not _are_hashes(leaf, *proof):
        return False
    last, reached = size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            reached = node_hash(sibling, reached)
            # At the right edge the path climbs over the levels at which it has no sibling.
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and reached == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree with `old_root` is the beginning of the one with `new_root`.

    Nothing is shown about an empty old tree: every tree begins so.
    """
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    index, last, path = old - 1, new - 1, list(proof)
    while index & 1:
        index, last = index >> 1, last >> 1
    if index == 0:
        path.insert(0, old_root)
    if not path or not _are_hashes(*path):
        return False
    reached_old = reached_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            reached_old, reached_new = node_hash(sibling, reached_old), node_hash(sibling, reached_new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            reached_new = node_hash(reached_new, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and reached_old == old_root and reached_new == new_root


def _half(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _joined(hashes: Sequence[bytes]) -> bytes:
    """Root over perfect subtrees that get smaller from left to right."""
    *larger, reached = hashes
    for left in reversed(larger):
        reached = node_hash(left, reached)
    return reached


def _are_hashes(*candidates: bytes) -> bool:
    return all(len(candidate) == HASH_BYTES for candidate in candidates)
