"""One service for the tests that do not mind each other's facts, and new ones for those that do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import new_database
from served import Service, open_shanghai, served


@pytest.fixture(scope="module")
def service(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose firm has a branch in Shanghai and the seller E1."""
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("home"), fact_bytes=20_000, batch_bytes=1_000_000) as made,
    ):
        open_shanghai(made)
        yield made


@pytest.fixture
def serve(ledger_dsn: str, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts a service over an empty ledger of one's own."""
    with ExitStack() as services:

        def start(**settings: Any) -> Service:
            return services.enter_context(served(ledger_dsn, tmp_path, **settings))

        yield start
