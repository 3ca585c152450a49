"""Connectors and quarantine on the command line: checked, tried, used, listed, mended, removed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from book import Book
from commanded import environment_of, ran
from given import LEDGER

from api.ops import prepare
from domain.journal.append import Journal

Run = Callable[..., CompletedProcess[str]]
MAPPING = """
source: crm
format: json
key: $.id
facts:
  - type: customer_registered
    occurred_at: $.on
    data: {employee: $.who, customer: $.client}
"""
RECORDS = [
    {"id": "1", "on": "2025-03-04", "who": "E1", "client": "C1"},
    {"id": "2", "on": "soon", "who": "E1", "client": "C2"},
]


@pytest.fixture
def run(ledger_dsn: str, tmp_path: Path) -> Iterator[Run]:
    """Commands on a firm with one seller, a mapping and a file of records."""
    (tmp_path / "crm.yaml").write_text(MAPPING)
    (tmp_path / "bad.yaml").write_text(MAPPING.replace("$.who", "$..a..b"))
    (tmp_path / "records.json").write_text(json.dumps(RECORDS))
    (tmp_path / "mended.json").write_text(
        json.dumps({"on": "2025-03-05", "id": "2", "who": "E1", "client": "C2"})
    )
    with Journal(ledger_dsn, LEDGER) as journal:
        Book(journal, ledger_dsn, LEDGER).hire("E1")
    prepare(ledger_dsn, LEDGER)
    environment = environment_of(tmp_path / "home", ledger_dsn) | {"MERITBOOK_DROP": str(tmp_path / "drop")}
    yield lambda *arguments: ran(environment, *(each.replace("@", f"{tmp_path}/") for each in arguments))


def said(result: CompletedProcess[str], status: int = 0) -> Any:
    assert result.returncode == status, result.stdout + result.stderr
    return json.loads(result.stdout)


def test_a_mapping_is_tried_and_used_and_what_it_refuses_is_mended(run: Run, tmp_path: Path) -> None:
    [problem] = said(run("connector", "check", "@bad.yaml", "--json"), 1)["problems"]
    assert problem["path"] == "$..a..b" and problem["remedy"]
    tried = said(run("connector", "try", "@crm.yaml", "@records.json", "--json"), 1)
    assert (tried["stored"], tried["refused"], tried["dry_run"]) == (1, 1, True)
    assert tried["outcomes"][1]["problems"][0]["path"] == "$.on"
    assert said(run("connector", "add", "crm", "@crm.yaml", "--by", "it", "--json"))["hit"] is False
    (tmp_path / "drop" / "crm").mkdir(parents=True)
    (tmp_path / "records.json").rename(tmp_path / "drop" / "crm" / "records.json")
    [dropped] = said(run("drop", "--once", "--json"))
    assert (dropped["state"], dropped["report"]["stored"], dropped["quarantined"]) == ("done", 1, 1)
    [entry] = said(run("quarantine", "list", "--json"))
    shown = said(run("quarantine", "show", entry["entry"]))
    assert shown["record"] == RECORDS[1] and shown["problems"][0]["path"] == "$.on"
    why = ("--by", "it", "--reason", "a misspelt day")
    mended = said(run("quarantine", "release", entry["entry"], "--record", "@mended.json", *why, "--json"))
    assert mended["settled_as"] == "released" and len(mended["positions"]) == 1
    assert run("connector", "remove", "crm", "--by", "it").returncode == 0
    assert said(run("connector", "list", "--json")) == []
