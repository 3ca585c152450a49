"""Tiles are those of C2SP, and the tree that grows in them is the tree of RFC 6962."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.journal import merkle
from domain.journal.merkle import Span, hashes_of, leaf_hash
from domain.journal.tiles import (
    WIDTH,
    FullTiles,
    Place,
    Tile,
    edge,
    grown,
    is_of,
    parse_path,
    reading,
    split,
    tiles_of,
)

PATHS = [
    (Tile(0, 1234067), "tile/0/x001/x234/067"),
    (Tile(0, 0), "tile/0/000"),
    (Tile(1, 999), "tile/1/999"),
    (Tile(1, 1000), "tile/1/x001/000"),
    (Tile(2, 0, 1), "tile/2/000.p/1"),
    (Tile(63, 5, 255), "tile/63/005.p/255"),
]


class Forest:
    """Tiles in memory, grown as a sealer grows them."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[Place, bytes] = {}

    def grow(self, leaves: Sequence[bytes]) -> None:
        """Adds leaves by their hashes."""
        begun = {place: self.tiles[place] for place in edge(self.size)}
        for level, start, hashes in grown(self.size, begun, b"".join(leaves)):
            place = Place(level, start // WIDTH)
            assert len(self.tiles.get(place, b"")) == start % WIDTH * 32
            self.tiles[place] = self.tiles.get(place, b"") + hashes
        self.size += len(leaves)

    def root(self, size: int) -> bytes:
        """Root of the first `size` leaves, out of the tiles alone."""
        [found] = hashes_of([Span(0, size)], self.read)
        return found

    @property
    def read(self) -> merkle.Read:
        """Reads from the tiles."""
        return reading(lambda places: {place: self.tiles[place] for place in places})


@pytest.mark.parametrize(("tile", "path"), PATHS)
def test_a_path_is_written_and_read_as_the_specification_says(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/1234067",
        "tile/0/x1/234",
        "tile/0/x000/067",
        "tile/00/000",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/x001",
        "tile/entries/000",
        "tile/0/000/",
        "tile/-1/000",
    ],
)
def test_what_is_no_tile_has_no_path(path: str) -> None:
    assert parse_path(path) is None


def test_a_tree_of_70000_leaves_has_the_tiles_of_the_specification() -> None:
    tiles = tiles_of(70_000)
    assert [tile for tile in tiles if not tile.is_full] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert sum(tile.is_full and tile.level == 0 for tile in tiles) == 273
    assert sum(tile.is_full and tile.level == 1 for tile in tiles) == 1
    assert tiles_of(256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert tiles_of(0) == []


@given(st.integers(0, 200_000))
def test_a_tree_has_all_its_tiles_and_no_wider_one(size: int) -> None:
    for tile in tiles_of(size):
        assert is_of(tile, size)
        if not tile.is_full:
            assert not is_of(tile._replace(width=tile.width + 1), size)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 700), max_size=6))
def test_a_tree_grown_in_any_steps_has_every_root_it_ever_had(steps: list[int]) -> None:
    forest = Forest()
    leaves = [leaf_hash(b"%d" % number) for number in range(sum(steps))]
    for step in steps:
        forest.grow(leaves[forest.size : forest.size + step])
    for size in {0, len(leaves), *(sum(steps[:number]) for number in range(len(steps)))}:
        assert forest.root(size) == merkle.root(leaves[:size])


def test_a_tree_of_three_levels_of_tiles_is_right() -> None:
    forest = Forest()
    leaves = [leaf_hash(b"%d" % number) for number in range(66_000)]
    for start in range(0, len(leaves), 10_007):
        forest.grow(leaves[start : start + 10_007])
    for size in (65_535, 65_536, 65_537, 66_000):
        assert forest.root(size) == merkle.root(leaves[:size])
    proof = merkle.inclusion_proof(12_345, 66_000, forest.read)
    assert merkle.verify_inclusion(12_345, 66_000, leaves[12_345], proof, forest.root(66_000))
    widths = {Tile(place.level, place.number, len(split(tile))) for place, tile in forest.tiles.items()}
    assert widths == set(tiles_of(66_000))


def test_full_tiles_are_kept_the_last_ones_asked_for() -> None:
    """One that still grows is never kept, and there are never more than wanted."""
    full = FullTiles(most=2)
    whole = bytes(WIDTH * merkle.HASH_BYTES)
    full.keep({Place(0, 0): whole, Place(0, 1): whole, Place(0, 2): whole[:-32]})
    assert set(full.held([Place(0, 0), Place(0, 2)])) == {Place(0, 0)}
    full.keep({Place(0, 3): whole})
    assert set(full.held(Place(0, number) for number in range(5))) == {Place(0, 0), Place(0, 3)}
