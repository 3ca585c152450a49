"""Services over ledgers of one's own, and witnesses, all real processes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from served import Service, served
from witnesses import WitnessProcess


@pytest.fixture
def serve(ledger_dsn: str, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts a service over an empty ledger of one's own."""
    with ExitStack() as services:

        def start(**settings: Any) -> Service:
            (tmp_path / "home").mkdir(exist_ok=True)
            return services.enter_context(served(ledger_dsn, tmp_path / "home", **settings))

        yield start


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[WitnessProcess]:
    """A witness that has a key and is not started."""
    with WitnessProcess(tmp_path / "witness") as process:
        yield process
