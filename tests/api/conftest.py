"""One service for the tests that do not mind each other's facts, and new ones for those that do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import new_database
from served import Service, served


@pytest.fixture(scope="session")
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


def open_shanghai(service: Service) -> None:
    """A branch, and E1 who sells there since last June."""
    day = {"occurred_at": "2024-06-03T09:00:00+08:00"}
    branch = {"branch": "SH", "title": "Shanghai", "opened_on": "2024-06-03"}
    hired = {"employee": "E1", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    assert service.record("branch_opened", branch, **day).status_code == 201
    assert service.record("employee_hired", hired, **day).status_code == 201
