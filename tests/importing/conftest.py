"""A firm into which tests import files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from firm import DEALS, Firm

from api.importing import ImportReport
from domain.journal.append import Journal


@pytest.fixture
def firm(journal: Journal, tmp_path: Path) -> Firm:
    """A firm with an empty folder."""
    return Firm(journal, tmp_path)


@pytest.fixture
def deals(firm: Firm) -> Callable[..., ImportReport]:
    """Imports rows of deals: id, day, seller, client, amount."""
    firm.map(DEALS)

    def take(*rows: str, dry_run: bool = False, atomic: bool = False) -> ImportReport:
        path = firm.write("deals.csv", "\n".join(("id,day,seller,client,amount", *rows, "")))
        return firm.take(path, dry_run=dry_run, atomic=atomic)

    return take
