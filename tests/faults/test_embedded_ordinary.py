"""The embedded server in the hands of an ordinary user."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.embedded_user import (
    ORDINARY_UID,
    User,
    as_foreigner,
    as_root,
    count,
    is_empty,
    keepers_of,
    mode,
    server_of,
    until,
)

NAMELESS_UID = 64_322


@pytest.fixture
def ordinary() -> Iterator[tuple[str, Path]]:
    """A Python that an ordinary user can run, and a home in a directory of that user's own."""
    if not as_root:
        pytest.skip("we are an ordinary user: every other test shows it")
    usable = (
        python
        for python in (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
        if Path(python).exists() and as_foreigner("/usr/bin/test", "-x", python).returncode == 0
    )
    python = next(usable, None)
    if python is None:
        pytest.skip("an ordinary user can run no Python of this version here")
    own = Path(tempfile.mkdtemp(prefix="merit-", dir="/tmp"))
    os.chown(own, ORDINARY_UID, ORDINARY_UID)
    yield python, own / "home"
    until(lambda: is_empty(own / "home"))
    shutil.rmtree(own)


def test_an_ordinary_user_runs_it_as_himself(ordinary: tuple[str, Path]) -> None:
    """Everything is his and closed to others; kill -9 and start again as for root."""
    python, home = ordinary
    with User(home, python=python, uid=ORDINARY_UID) as one:
        dsn = one.answer()
        assert dsn.startswith("postgresql://")
        assert one.order("write 5") == "written"
        assert server_of(home).uids().real == ORDINARY_UID
        server_of(home).kill()
        one.kill()
    with User(home, python=python, uid=ORDINARY_UID) as two:
        assert two.answer() == dsn
        assert count(dsn) == 5
        top = home / "postgres"
        assert {path.stat().st_uid for path in (home, top, *top.iterdir())} == {ORDINARY_UID}
        assert mode(home) == mode(top) == 0o700
        two.kill()
        until(lambda: is_empty(home) and not keepers_of(home))


def test_an_ordinary_user_cannot_use_a_home_of_somebody_else(ordinary: tuple[str, Path], home: Path) -> None:
    """A plain message with a remedy, not a bare PermissionError."""
    with User(home, python=ordinary[0], uid=ORDINARY_UID) as intruder:
        answer = intruder.answer()
    assert answer.startswith("failed: The embedded PostgreSQL cannot use")
    assert "MERITBOOK_HOME" in answer


def test_a_user_without_a_name_is_told_why(ordinary: tuple[str, Path]) -> None:
    """initdb refuses a user id without an entry in the user database, as some containers have."""
    python, home = ordinary
    os.chown(home.parent, NAMELESS_UID, NAMELESS_UID)
    with User(home, python=python, uid=NAMELESS_UID) as user:
        assert f"user id {NAMELESS_UID} has no name" in user.answer()


def test_an_ordinary_user_cannot_run_it_as_another(ordinary: tuple[str, Path]) -> None:
    """Only root can."""
    with User(ordinary[1], python=ordinary[0], uid=ORDINARY_UID, run_as="root") as user:
        assert "Only root can" in user.answer()
