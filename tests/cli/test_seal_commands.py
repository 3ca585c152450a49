"""The seal on the command line: how it stands, a new key, catching up."""

import json
from pathlib import Path
from typing import Any

import pytest
from commanded import environment_of, ran
from given import LEDGER
from sealing import checkpoints

from api.ops import open_book, open_ledger
from api.settings import Settings
from domain.journal.append import Journal
from domain.journal.signing import parse_secret


@pytest.fixture
def meritbook(ledger_dsn: str, tmp_path: Path) -> Any:
    """Runs a command on an open ledger of one's own."""

    def run(*arguments: str, status: int = 0, **more: str) -> Any:
        done = ran({**environment_of(tmp_path, ledger_dsn), **more}, *arguments)
        assert done.returncode == status, done.stderr
        return done

    with open_ledger(
        Settings(home=tmp_path, database_url=ledger_dsn, ledger=LEDGER), prepare_it=True
    ) as ledger:
        open_book(ledger, name="firm", zone="Asia/Shanghai", currency="CNY", actor="test")
    return run


def test_a_ledger_is_sealed_rotated_and_told_of(meritbook: Any, journal: Journal) -> None:
    assert "sealed up to position 0 of 1" in meritbook("seal", "status").stdout
    assert json.loads(meritbook("seal", "catch-up", "--json").stdout) == {"position": 1}
    before = json.loads(meritbook("seal", "status", "--json").stdout)
    assert (before["position"], before["head"], before["delay_seconds"]) == (1, 1, 0.0)
    made = json.loads(meritbook("seal", "rotate-key", "--json").stdout)
    after = json.loads(meritbook("seal", "status", "--json").stdout)
    assert after["keys"] == [*before["keys"], made["key"]]
    assert checkpoints(journal)[-1].hands_over


def test_a_lost_key_stops_the_seal_and_the_message_says_what_to_do(meritbook: Any, tmp_path: Path) -> None:
    meritbook("seal", "catch-up")
    (tmp_path / "seal" / f"{LEDGER}.key").unlink()
    refused = meritbook("seal", "rotate-key", status=1)
    assert "rotate-key --lost" in refused.stderr
    assert "tell auditors" in meritbook("seal", "rotate-key", "--lost").stderr


def test_a_key_in_the_environment_names_the_log(meritbook: Any) -> None:
    made = json.loads(meritbook("seal", "new-key", "--name", "meritbook/huikang", "--json").stdout)
    assert str(parse_secret(made["private"]).key) == made["key"]
    meritbook("seal", "catch-up", MERITBOOK_SEAL_KEY=made["private"])
    assert json.loads(meritbook("seal", "status", "--json").stdout)["keys"] == [made["key"]]
    wrong = meritbook("seal", "status", status=2, MERITBOOK_SEAL_KEY="PRIVATE+KEY+hunter2")
    assert "MERITBOOK_SEAL_KEY" in wrong.stderr
    assert "hunter2" not in wrong.stderr


def test_a_witness_has_a_key_that_is_not_written_over(meritbook: Any, tmp_path: Path) -> None:
    arguments = ("witness", "key", "--name", "w.example/1", "--file", str(tmp_path / "w.key"))
    key = meritbook(*arguments).stdout.strip()
    assert key.startswith("w.example/1+")
    assert "is there already" in meritbook(*arguments, status=1).stderr
    bad = meritbook("witness", "serve", "--key", str(tmp_path / "w.key"), "--state", str(tmp_path / "s"),
                    "--log", "no key", status=2)  # fmt: skip
    assert "is not" in bad.stderr
