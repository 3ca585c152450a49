"""A firm's ledger in small partitions, sealed, whose first ones can be put into files and dropped."""

import datetime as dt
from pathlib import Path

from book import Book
from given import LEDGER
from psycopg.conninfo import make_conninfo

from api.sealing import seal_home
from api.settings import Settings
from domain.journal.append import Journal
from domain.journal.cold_check import StoredPart
from domain.journal.cold_store import drop, ready, store, working
from domain.journal.migrate import migrate
from domain.journal.sealer import Sealer

NOW = dt.datetime(2026, 1, 6, tzinfo=dt.UTC)
PART = 16
VISITS = """
measures: {visits: {count: visit_recorded}, calls: {distinct: follow_up_recorded, of: customer}}
components:
  - {id: visits, title: Visits, kind: per_unit, measure: visits, rate: 10}
  - {id: calls, title: Calls, kind: per_unit, measure: calls, rate: 20}
"""


class ColdScene:
    """A ledger with closed March, and a directory for files."""

    def __init__(self, dsn: str, directory: Path) -> None:
        self.dsn = dsn
        self.place = directory / "cold"
        self.settings = Settings(home=directory / "home", database_url=dsn, ledger=LEDGER)
        self.settings.home.mkdir()
        migrate(make_conninfo(dsn, options=f"-c meritbook.partition_positions={PART}"), LEDGER)
        self.journal = Journal(dsn, LEDGER)
        self.book = Book(self.journal, dsn, LEDGER)
        self.book.hire("E1")
        self.book.hire("E2")
        self.book.adopt(VISITS)
        for day in range(3, 20):
            self.book.visit(f"C{day % 4}", on=day)
            self.book.follow(f"C{day % 5}", employee="E2", on=day)
        self.book.register("C1", on=20)
        self.book.close()
        self.book.runner.catch_up()

    def seal(self) -> int:
        """Seals what is recorded."""
        return Sealer(self.dsn, LEDGER, seal_home(self.settings)).catch_up()

    def store(self) -> list[StoredPart]:
        """Writes the files of all partitions that are ready."""
        with working(self.dsn, LEDGER) as cursor:
            return [store(cursor, part, self.place, NOW, lambda _: None) for part in ready(cursor)]

    def drop(self, parts: list[StoredPart]) -> list[StoredPart]:
        """Drops them."""
        with working(self.dsn, LEDGER) as cursor:
            return [drop(cursor, part, NOW) for part in parts]
