"""A small firm's ledger that is sealed and exported, for tests of proofs and of tampering."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from book import Book
from given import LEDGER

from api.exporting import Exported, export
from api.ops import open_ledger
from api.refolding import refold
from api.sealing import seal_home
from api.settings import Settings
from api.verify import Verdict, verify
from domain.journal import sealed
from domain.journal.connection import connect
from domain.journal.sealer import Sealer

CLIENTS = """
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: rate, title: Close rate, kind: threshold, measure: close_rate, reaches: 15 %, pays: 200}
"""

SEALED_TABLES = ("journal", "tile_part", "checkpoint", "seal_key", "cosignature")


class SealedBook:
    """A ledger, the place of its seal, and a directory for what is written."""

    def __init__(self, book: Book, dsn: str, directory: Path) -> None:
        self.book, self.dsn, self.directory = book, dsn, directory
        self.settings = Settings(home=directory / "home", database_url=dsn, ledger=LEDGER)
        self.settings.home.mkdir()

    def seal(self) -> int:
        """Seals what is recorded; the size of the tree."""
        return Sealer(self.dsn, LEDGER, seal_home(self.settings)).catch_up()

    def checkpoint(self, name: str = "kept") -> Path:
        """The newest checkpoint, as an auditor keeps it."""
        with self.reading() as cursor:
            newest = sealed.newest(cursor)
        assert newest is not None
        path = self.directory / f"{name}.checkpoint"
        path.write_text(str(newest.note))
        return path

    def key(self) -> str:
        """The first verifier key of the log."""
        with self.reading() as cursor:
            return str(sealed.keys(cursor)[0].key)

    def export(self, name: str = "export", upto: int | None = None) -> Exported:
        """Exports to a directory beside."""
        with open_ledger(self.settings) as ledger:
            return export(ledger, self.directory / name, upto=upto)

    def judged(
        self, name: str = "export", kept: Sequence[Path] = (), recompute: str | None = None
    ) -> Verdict:
        """Exports and verifies. recompute: the address of an empty database to fold the records in."""
        self.export(name)
        verdict = verify(self.directory / name, kept, [self.key()])
        if recompute:
            refold(self.directory / name, verdict, recompute)
        return verdict

    @contextmanager
    def reading(self) -> Generator[psycopg.Cursor[Any]]:
        """A cursor in the service's role."""
        with connect(self.dsn, LEDGER) as connection, connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def tampering(self) -> Generator[psycopg.Cursor[Any]]:
        """A cursor of a superuser who has switched off every trigger, and switches them on again."""
        with connect(self.dsn, LEDGER, service=False) as connection, connection.cursor() as cursor:
            for table in SEALED_TABLES:
                cursor.execute(f"alter table {table} disable trigger all".encode())
            yield cursor
            for table in SEALED_TABLES:
                cursor.execute(f"alter table {table} enable trigger all".encode())


def reseal(cursor: psycopg.Cursor[Any]) -> None:
    """Computes all tiles anew from the journal as it stands, as somebody would who wants to hide a change."""
    from domain.journal import read
    from domain.journal.leaves import leaves
    from domain.journal.tiles import grown

    cursor.execute("truncate tile_part")
    sealed.add(cursor, grown(0, {}, leaves(cursor, 0, read.head(cursor)).hashes))
