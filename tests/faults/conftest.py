"""A home of the embedded server that the tests of a module share, and the voice of a campaign."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from faults.campaign import Tell, line
from faults.embedded_user import TABLE, is_empty, keepers_of, new_home, until

from api.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """A home for the tests of this module: making one costs more than most of them."""
    with new_home() as path:
        with EmbeddedPostgres(path):
            pass
        yield path


@pytest.fixture
def home(shared: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home whose server ran before, with a table for this test; nothing lives on in it afterwards."""
    monkeypatch.setenv(TABLE, request.node.name[-60:])
    yield shared
    until(lambda: is_empty(shared) and not keepers_of(shared))


@pytest.fixture
def tell(say: Callable[[str], None]) -> Tell:
    """Shows what a campaign came to: rounds, faults, losses and other figures."""
    return lambda campaign, **figures: say(line(campaign, **figures))
