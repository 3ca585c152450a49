"""meritbook cold: partitions into files, out of the database, checked, moved and back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cold import ColdScene
from commanded import environment_of, ran
from conftest import new_database

from api.backup import back_up
from api.ops import open_ledger

Told = Callable[..., Any]


@pytest.fixture
def scene(postgres: str, tmp_path: Path) -> Any:
    with new_database(postgres) as dsn:
        made = ColdScene(dsn, tmp_path)
        yield made
        made.journal.close()


def test_a_ledger_goes_into_files_and_comes_back(scene: ColdScene, tmp_path: Path) -> None:
    environment = environment_of(scene.settings.home, scene.dsn)

    def told(*arguments: str, status: int = 0) -> Any:
        done = ran(environment, "cold", *arguments, "--json")
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout) if done.stdout else done.stderr

    before = list(scene.journal.read())
    stored = told("store")
    assert [(part["number"], part["first"], part["last"], part["state"]) for part in stored] == [
        (1, 1, 16, "stored"),
        (2, 17, 32, "stored"),
    ]
    assert Path(stored[0]["file"]).parent == scene.settings.home / "cold" / "ledger"
    assert told("store") == []
    assert [part["state"] for part in told("drop", "1", "2")] == ["dropped", "dropped"]
    assert "has no file, or is dropped already" in told("drop", "1", status=1)
    assert "There is no partition 99" in told("drop", "99", status=1)
    with open_ledger(scene.settings) as ledger:
        _, backup = back_up(ledger, tmp_path / "backups")
    assert [(each.file, each.sha256) for each in backup.cold] == [
        (part["file"], part["sha256"]) for part in stored
    ]
    elsewhere = tmp_path / "elsewhere"
    Path(stored[0]["file"]).parent.rename(elsewhere)
    missing = told("list", "--check", status=1)[0]["problem"]
    assert stored[0]["file"] in missing
    assert [Path(part["file"]).parent for part in told("moved", str(elsewhere))] == [elsewhere] * 2
    assert all("problem" not in part or part["problem"] is None for part in told("list", "--check"))
    assert [part["state"] for part in told("restore", "2")] == ["stored"]
    assert [part["state"] for part in told("list")][:3] == ["dropped", "stored", "in_use"]
    assert list(scene.journal.read()) == before
