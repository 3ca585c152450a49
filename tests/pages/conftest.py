"""One served firm for all tests of pages."""

from collections.abc import Iterator

import pytest
from conftest import new_database
from paged_firm import founded
from served import Service, served


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A firm that every page has something to show of."""
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("pages")) as service,
    ):
        founded(service)
        yield service
