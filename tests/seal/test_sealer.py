"""The sealer signs the tree of the record lines, and nothing that contradicts what it signed before."""

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from given import LEDGER, NOW, visits
from sealing import checkpoints, leaf_hashes, newest, require_true, seal_home, sealer

from domain.journal import sealed
from domain.journal import sealer as sealing
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.merkle import verify_consistency, verify_inclusion
from domain.journal.sealer import Sealer, StandsStill
from domain.journal.signing import new_signer
from domain.journal.tiles import FullTiles, Place, Tile, TileDamaged, tiles_of

TRIGGERS = "tile_part journal checkpoint seal_key".split()


@pytest.fixture
def owner(ledger_dsn: str) -> Iterator[psycopg.Connection]:
    """A superuser who has taken the triggers away."""
    with connect(ledger_dsn, LEDGER, service=False, autocommit=True) as connection:
        for table in TRIGGERS:
            connection.execute(f"alter table {table} disable trigger user".encode())
        yield connection


def test_whatever_is_recorded_is_sealed(journal: Journal, ledger_dsn: str, tmp_path: Path) -> None:
    seal = sealer(ledger_dsn, tmp_path)
    assert seal.catch_up() == 0
    for number in (1, 5, 250, 1, 300, 700):
        journal.append(visits(number), now=NOW)
        assert seal.catch_up() == journal.head()
    assert [each.checkpoint.size for each in checkpoints(journal)] == [1, 6, 256, 257, 557, 1257]
    require_true(journal)


def test_a_long_backlog_is_sealed_in_spans(
    journal: Journal, ledger_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "SPAN_RECORDS", 400)
    journal.append(visits(1_000), now=NOW)
    seen: list[int] = []
    sealer(ledger_dsn, tmp_path).catch_up(seen.append)
    assert seen == [400, 800, 1_000]
    require_true(journal)


def test_every_sealed_record_has_a_proof_and_every_two_checkpoints_one(
    journal: Journal, ledger_dsn: str, tmp_path: Path
) -> None:
    seal = sealer(ledger_dsn, tmp_path)
    for number in (3, 260, 90):
        journal.append(visits(number), now=NOW)
        seal.catch_up()
    lines, found = leaf_hashes(journal, 353), checkpoints(journal)
    with journal.cursor() as cursor:
        for position in (1, 3, 4, 256, 257, 353):
            proof = sealed.proof(cursor, position)
            assert proof is not None
            last = found[-1].checkpoint
            assert proof.note.text == last.text
            assert verify_inclusion(proof.leaf, last.size, lines[position - 1], proof.hashes, last.root)
        assert sealed.proof(cursor, 354) is None
        for old, new in ((0, 1), (0, 2), (1, 2)):
            first, second = found[old].checkpoint, found[new].checkpoint
            steps = sealed.consistency(cursor, first.size, second.size)
            assert verify_consistency(first.size, second.size, first.root, second.root, steps)


def test_proofs_out_of_kept_tiles_are_the_same_as_the_tree_grows(
    journal: Journal, ledger_dsn: str, tmp_path: Path
) -> None:
    """What is kept needs no reading, and a tile that grew in between is not taken for what it was."""
    seal, full = sealer(ledger_dsn, tmp_path), FullTiles()
    for number in (300, 300, 1):
        journal.append(visits(number), now=NOW)
        size = seal.catch_up()
        with journal.cursor() as cursor:
            for position in (1, 256, 257, size):
                assert sealed.proof(cursor, position, full) == sealed.proof(cursor, position)
    assert set(full.held([Place(0, 0), Place(0, 1), Place(0, 2)])) == {Place(0, 0), Place(0, 1)}


def test_every_tile_of_every_signed_tree_is_served(journal: Journal, ledger_dsn: str, tmp_path: Path) -> None:
    """Also the partial ones of earlier checkpoints, as wide as they were."""
    seal = sealer(ledger_dsn, tmp_path)
    for number in (10, 300, 300):
        journal.append(visits(number), now=NOW)
        seal.catch_up()
    lines = leaf_hashes(journal, 610)
    with journal.cursor() as cursor:
        for size in (10, 310, 610):
            for tile in tiles_of(size):
                hashes = sealed.tile(cursor, tile)
                assert hashes is not None
                assert len(hashes) == tile.width * 32
                if tile.level == 0:
                    first = tile.number * 256
                    assert hashes == b"".join(lines[first : first + tile.width])
        for missing in (Tile(0, 2, 99), Tile(0, 3, 1), Tile(1, 0, 3), Tile(2, 0, 1), Tile(9, 0, 1)):
            assert sealed.tile(cursor, missing) is None


def test_a_key_of_its_own_is_made_once_and_nobody_else_reads_it(
    journal: Journal, ledger_dsn: str, tmp_path: Path
) -> None:
    journal.append(visits(1), now=NOW)
    sealer(ledger_dsn, tmp_path).catch_up()
    home = seal_home(tmp_path)
    assert stat.S_IMODE(home.key_file.stat().st_mode) == 0o600
    made = home.signer()
    journal.append(visits(1), now=NOW)
    sealer(ledger_dsn, tmp_path).catch_up()
    again = home.signer()
    assert made is not None and again is not None
    assert made.key == again.key
    assert made.key.name.startswith(f"meritbook/{LEDGER}-")


def test_another_key_than_the_ledger_s_signs_nothing(
    journal: Journal, ledger_dsn: str, tmp_path: Path
) -> None:
    journal.append(visits(1), now=NOW)
    sealer(ledger_dsn, tmp_path / "a").catch_up()
    journal.append(visits(1), now=NOW)
    with pytest.raises(StandsStill, match="is not here"):
        sealer(ledger_dsn, tmp_path / "b").catch_up()
    home = seal_home(tmp_path / "b")
    home.key_file.parent.mkdir(parents=True, exist_ok=True)
    home.key_file.write_text(new_signer("meritbook/other").secret())
    home.key_file.chmod(0o600)
    with pytest.raises(StandsStill, match="is signed by meritbook/ledger-"):
        sealer(ledger_dsn, tmp_path / "b").catch_up()
    assert sealer(ledger_dsn, tmp_path / "a").catch_up() == 2


@pytest.fixture
def sealed_ledger(journal: Journal, ledger_dsn: str, tmp_path: Path) -> Sealer:
    """600 facts, sealed in two steps, and one fact more."""
    seal = sealer(ledger_dsn, tmp_path)
    for number in (300, 300):
        journal.append(visits(number), now=NOW)
        seal.catch_up()
    journal.append(visits(1), now=NOW)
    return seal


def cut(owner: psycopg.Connection, size: int) -> None:
    """Takes the database back to when `size` records were sealed, as a restored backup does."""
    owner.execute("delete from checkpoint where size > %s", [size])
    owner.execute("delete from tile_part where start >= %s >> (8 * level)", [size])
    owner.execute("delete from journal where position > %s", [size])


def test_a_restored_old_database_is_noticed(sealed_ledger: Sealer, owner: psycopg.Connection) -> None:
    """The database is whole in itself; the home remembers more."""
    cut(owner, 300)
    with pytest.raises(StandsStill, match="ends at position 300, but 600 records were sealed"):
        sealed_ledger.catch_up()


def test_a_history_written_anew_is_noticed(
    sealed_ledger: Sealer, owner: psycopg.Connection, journal: Journal
) -> None:
    """Also when it has grown beyond what was sealed."""
    cut(owner, 300)
    journal.append(visits(500), now=NOW)
    before = len(checkpoints(journal))
    with pytest.raises(StandsStill, match="tree of 600 records is not the one that was signed"):
        sealed_ledger.catch_up()
    assert len(checkpoints(journal)) == before


def test_an_altered_hash_is_noticed(
    sealed_ledger: Sealer, owner: psycopg.Connection, journal: Journal
) -> None:
    owner.execute(
        "update tile_part set hashes = set_byte(hashes, 7, 1 # get_byte(hashes, 7)) "
        "where level = 1 and start = 1"
    )
    with pytest.raises(StandsStill, match="is not the one that was signed"):
        sealed_ledger.catch_up()
    assert newest(journal).checkpoint.size == 600


def test_an_altered_checkpoint_is_noticed(sealed_ledger: Sealer, owner: psycopg.Connection) -> None:
    """Its signature does not cover another root."""
    owner.execute(
        "update checkpoint set note = replace(note, E'\\n600\\n', E'\\n599\\n'), size = 599 where size = 600"
    )
    with pytest.raises(
        StandsStill, match="Checkpoint 2 in the database is not signed by a key of this ledger"
    ):
        sealed_ledger.catch_up()


def test_a_hole_in_what_is_to_be_sealed_is_noticed(
    sealed_ledger: Sealer, owner: psycopg.Connection, journal: Journal
) -> None:
    journal.append(visits(3), now=NOW)
    owner.execute("delete from journal where position = 602")
    with pytest.raises(StandsStill, match=r"Of the positions 601 to 604, 1 are missing"):
        sealed_ledger.catch_up()


def test_lost_hashes_are_made_again_from_the_journal(
    sealed_ledger: Sealer, owner: psycopg.Connection, journal: Journal
) -> None:
    """They are derived; what matters is that the roots come out as they were signed."""
    owner.execute("delete from tile_part")
    assert sealed_ledger.catch_up() == 601
    require_true(journal)


def test_a_lost_hash_in_the_middle_is_noticed(
    sealed_ledger: Sealer, owner: psycopg.Connection, journal: Journal
) -> None:
    """A proof or a tile made of what is left would be wrong, and is not given."""
    owner.execute("delete from tile_part where level = 0 and start = 300")
    with journal.cursor() as cursor:
        for ask in (lambda: sealed.tile(cursor, Tile(0, 1)), lambda: sealed.proof(cursor, 400)):
            with pytest.raises(TileDamaged, match="tile/0/001"):
                ask()
    owner.execute("delete from tile_part where level = 1")
    with pytest.raises(StandsStill, match="tile/1/000"):
        sealed_ledger.catch_up()


def test_a_signature_that_was_not_committed_is_made_good(
    sealed_ledger: Sealer, owner: psycopg.Connection, journal: Journal
) -> None:
    """As after a kill between the home and the commit: the home is ahead, and the facts are there."""
    owner.execute("delete from checkpoint where size > 300")
    owner.execute("delete from tile_part where start >= 300 >> (8 * level)")
    assert sealed_ledger.catch_up() == 601
    require_true(journal)


def test_a_home_that_remembers_another_log_is_noticed(
    sealed_ledger: Sealer, journal: Journal, tmp_path: Path
) -> None:
    memory = seal_home(tmp_path).memory_file
    memory.write_text(memory.read_text().replace("meritbook/", "meritbook/x-"))
    with pytest.raises(StandsStill, match="The home remembers the log meritbook/x-"):
        sealed_ledger.catch_up()


def test_two_sealers_at_once_make_one_tree(journal: Journal, ledger_dsn: str, tmp_path: Path) -> None:
    stop, failed = threading.Event(), list[BaseException]()

    def seal() -> None:
        try:
            sealer(ledger_dsn, tmp_path).follow(stop)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=seal) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        journal.append(visits(40), now=NOW)
    sealer(ledger_dsn, tmp_path).catch_up()
    stop.set()
    for thread in threads:
        thread.join(10)
    assert not failed
    assert newest(journal).checkpoint.size == 1_200
    require_true(journal)
