"""The tree in tiles of 256 hashes (C2SP tlog-tiles): their paths, which a tree has, and how it grows."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from domain.journal.merkle import HASH_BYTES, Node, Read, perfect_root

HEIGHT = 8
"""Levels of the tree that a tile spans."""
WIDTH = 1 << HEIGHT
"""Hashes of a full tile."""
LEVELS = 64 // HEIGHT

_PATH = re.compile(
    r"tile/(?P<level>0|[1-9][0-9]?)/(?P<number>(x[0-9]{3}/){0,6}[0-9]{3})"
    r"(\.p/(?P<width>[1-9][0-9]{0,2}))?\Z"
)


class TileDamaged(Exception):
    """Hashes of a tile are missing that the tree has."""


class Place(NamedTuple):
    """Which tile: its level in tiles, not in nodes, and its number there."""

    level: int
    number: int


class Tile(NamedTuple):
    """A tile of so many hashes: 256, or fewer at the right edge of the tree."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def is_full(self) -> bool:
        """Whether it will never grow."""
        return self.width == WIDTH

    @property
    def path(self) -> str:
        """Its address below the log's: tile/0/x001/x234/067 or tile/1/000.p/17."""
        digits = f"{self.number:03d}"
        groups = [digits[: len(digits) % 3]] if len(digits) % 3 else []
        groups += [digits[at : at + 3] for at in range(len(digits) % 3, len(digits), 3)]
        *leading, last = [group.zfill(3) for group in groups]
        partial = "" if self.is_full else f".p/{self.width}"
        return f"tile/{self.level}/{''.join(f'x{group}/' for group in leading)}{last}{partial}"


class FullTiles:
    """Full tiles as they were read, the last `most` of them; they never change. For many threads at once.

    For proofs alone: whoever judges what is stored has to read it.
    """

    def __init__(self, most: int = 2_048) -> None:
        self._most, self._lock = most, Lock()
        self._held: OrderedDict[Place, bytes] = OrderedDict()

    def held(self, places: Iterable[Place]) -> dict[Place, bytes]:
        """Those of `places` that are here."""
        with self._lock:
            found = {place: self._held[place] for place in places if place in self._held}
            for place in found:
                self._held.move_to_end(place)
        return found

    def keep(self, tiles: Mapping[Place, bytes]) -> None:
        """Keeps those of `tiles` that are full, and lets go of the ones that were not asked for longest."""
        with self._lock:
            self._held |= {at: tile for at, tile in tiles.items() if len(tile) == WIDTH * HASH_BYTES}
            while len(self._held) > self._most:
                self._held.popitem(last=False)


class Part(NamedTuple):
    """Consecutive hashes of one tile: `hashes` stand from `start` on at `level`."""

    level: int
    start: int
    hashes: bytes


def parse_path(path: str) -> Tile | None:
    """The tile at `path`; None when no tile is written so."""
    match = _PATH.match(path)
    if match is None:
        return None
    width = int(match["width"] or WIDTH)
    number = int(match["number"].replace("/", "").replace("x", ""))
    tile = Tile(int(match["level"]), number, width)
    # Zeroes may not lead, and a full tile is not written as a partial one.
    return tile if tile.path == path and tile.level < 64 else None


def tiles_of(size: int) -> list[Tile]:
    """Every tile of a tree with `size` leaves, partial ones as wide as they are then."""
    found: list[Tile] = []
    level, width = 0, size
    while width:
        full, rest = divmod(width, WIDTH)
        found += [Tile(level, number) for number in range(full)]
        found += [Tile(level, full, rest)] if rest else []
        level, width = level + 1, full
    return found


def is_of(tile: Tile, size: int) -> bool:
    """Whether the tree of `size` leaves has all hashes of `tile`."""
    return tile.number * WIDTH + tile.width <= size >> (HEIGHT * tile.level)


def split(hashes: bytes) -> list[bytes]:
    """The single hashes of a tile or a part."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def reading(fetch: Callable[[Sequence[Place]], Mapping[Place, bytes]]) -> Read:
    """Reads the hashes of perfect subtrees out of tiles, each tile fetched once.

    The reading raises: TileDamaged
    """

    def read(wanted: Sequence[Node]) -> dict[Node, bytes]:
        places = {node: place_of(node) for node in wanted}
        tiles = fetch(sorted(set(places.values())))
        return {node: _node_hash(node, tiles[place]) for node, place in places.items()}

    return read


def place_of(node: Node) -> Place:
    """The tile in which the hashes stand that make up `node`."""
    within = node.level % HEIGHT
    return Place(node.level // HEIGHT, (node.number << within) >> HEIGHT)


def _node_hash(node: Node, tile: bytes) -> bytes:
    within = node.level % HEIGHT
    first = (node.number << within) % WIDTH
    hashes = tile[first * HASH_BYTES : (first + (1 << within)) * HASH_BYTES]
    if len(hashes) != HASH_BYTES << within:
        raise TileDamaged(f"{Tile(*place_of(node)).path} ends before its hash {first + (1 << within)}.")
    return _root_over(hashes)


# By content, so what is stored is judged as it is read, and only its hashing is not done again.
@lru_cache(maxsize=8_192)
def _root_over(hashes: bytes) -> bytes:
    return perfect_root(split(hashes))


def edge(size: int) -> list[Place]:
    """The tiles that grow next when a tree has `size` leaves and they are begun."""
    places: list[Place] = []
    level, width = 0, size
    while width:
        if width % WIDTH:
            places.append(Place(level, width // WIDTH))
        level, width = level + 1, width // WIDTH
    return places


def grown(size: int, begun: Mapping[Place, bytes], leaves: bytes) -> list[Part]:
    """What a tree of `size` leaves gains by further `leaves`: hashes at every level, cut at tiles' ends.

    begun: the tiles at `edge(size)`. leaves: their hashes, one after the other.
    """
    parts: list[Part] = []
    level, start, added = 0, size, leaves
    while added:
        full: list[bytes] = []
        while added:
            room = (WIDTH - start % WIDTH) * HASH_BYTES
            part = Part(level, start, added[:room])
            parts.append(part)
            if len(part.hashes) == room:
                before = begun[Place(level, start // WIDTH)] if start % WIDTH else b""
                full.append(perfect_root(split(before + part.hashes)))
            start += len(part.hashes) // HASH_BYTES
            added = added[room:]
        # Of the level above, as many hashes stood there as tiles were full before.
        level, start, added = level + 1, size >> (HEIGHT * (level + 1)), b"".join(full)
    return parts
