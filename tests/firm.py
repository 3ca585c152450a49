"""A small firm with a ledger and a folder, for tests that import files."""

import datetime as dt
import textwrap
from pathlib import Path

from api.importing import ImportReport, import_files
from api.intake import Intake, Stored, Submission
from domain.journal.append import Journal
from domain.journal.master import InMemory
from domain.journal.vault import Vault

LEDGER = "ledger"
NOW = dt.datetime(2025, 6, 1, 2, tzinfo=dt.UTC)
START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

DEALS = """
source: crm
files: ["deals*"]
key: id
facts:
  - type: deal_closed
    occurred_at: day
    data:
      employee: seller
      customer: client
      deal: id
      amount_minor: {column: amount, money: CNY}
"""


class Firm:
    """A ledger and a folder of files. Beijing and Shanghai are open; E1 and E2 work in Beijing."""

    def __init__(self, journal: Journal, folder: Path) -> None:
        self.journal = journal
        self.intake = Intake(journal, Vault(LEDGER, InMemory()))
        self.folder = folder
        self.now = NOW
        self.tell("ledger_opened", name="firm")
        for branch in ("BJ", "SH"):
            self.tell("branch_opened", branch=branch, title=branch, opened_on="2020-01-01")
        for employee in ("E1", "E2"):
            self.tell("employee_hired", employee=employee, hired_on="2020-01-01", branch="BJ", post="seller")

    def tell(self, type: str, **data: object) -> None:
        """Records a fact by another way than a file."""
        self.tell_by("test", type, **data)

    def tell_by(self, actor: str, type: str, **data: object) -> None:
        """Records a fact that this person writes."""
        key = f"{type}-{self.journal.head()}"
        told = Submission(type=type, source="test", key=key, occurred_at=START, data=data)
        [outcome] = self.intake.submit([told], actor=actor, now=NOW, atomic=True)
        assert isinstance(outcome, Stored), outcome

    def write(self, name: str, content: str | bytes) -> Path:
        """A file of the firm's."""
        path = self.folder / name
        path.write_bytes(
            content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode()
        )
        return path

    def map(self, text: str, name: str = "deals") -> Path:
        """A mapping file."""
        return self.write(f"{name}.mapping.yaml", text)

    def take(self, *paths: Path, dry_run: bool = False, atomic: bool = False) -> ImportReport:
        """Imports files."""
        return import_files(
            self.intake, self.journal, paths, actor="hr", now=NOW, dry_run=dry_run, atomic=atomic
        )

    def told(self, *types: str) -> list[tuple[str, str]]:
        """Key and data of the facts that were imported, in order."""
        records = self.journal.read(types=types)
        return [(record.key, record.data.decode()) for record in records if record.source != "test"]
