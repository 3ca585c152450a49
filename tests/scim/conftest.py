"""A firm that a directory provisions: one service for all tests here, who keep to names of their own."""

from collections.abc import Iterator

import pytest
from conftest import new_database
from served import Service, open_shanghai, served


@pytest.fixture(scope="module")
def directory(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A branch SH and a seller E1, hired without the directory."""
    with new_database(postgres, template) as dsn, served(dsn, tmp_path_factory.mktemp("home")) as made:
        open_shanghai(made)
        made.get("/v1/plans")
        yield made
