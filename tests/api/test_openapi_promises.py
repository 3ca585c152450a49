"""schemathesis asks every address what its description promises, and what it does not.

No 5xx, no status, form or field that is not described, no wrong question answered, no token forgotten. What
is well formed and still refused by a rule, such as a person who was never hired, is 422 and may be so.
"""

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import new_database
from five import OWN, tell_all
from served import Service, served

SEED = 1
PARTS = 24
"""Every 24th address is asked everything; the soak asks all of them."""

ENDLESS = "/v1/stream"
OF_OTHERS = "^/xapi"
"""Described by a standard of its own, whose header of the version a request must bring."""

CONFIG = f"""
[parameters]
"path.employee" = "{OWN}"
"path.period" = "2025-03"
"path.plan" = "selling"
"path.board" = "best"
"path.draft" = "D1"

[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", 401, 403, 404, 406, 409, 422, 503]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 415, 422, 428, 429, 431]
"""
"""What is wrong in many places may be too long to be read at all: 431."""


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with new_database(postgres, template) as dsn, served(dsn, tmp_path_factory.mktemp("asked")) as made:
        tell_all(made)
        yield made


def ask(firm: Service, at: Path, phases: str, *said: str) -> None:
    """Lets schemathesis ask; whatever it finds is in the message."""
    config = at / "schemathesis.toml"
    config.write_text(CONFIG)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)]
    options = [
        "--phases",
        phases,
        "--exclude-path",
        ENDLESS,
        "--exclude-path-regex",
        OF_OTHERS,
        "--generation-database",
        "none",
    ]
    token = f"Authorization: {firm.http.headers['Authorization']}"
    quiet = ["--no-color", "--no-shrink", "--continue-on-failure", "--warnings", "off"]
    done = subprocess.run(
        [*command, "run", f"{firm.url}/schema/openapi.json", "-H", token, *options, *quiet, *said],
        capture_output=True,
        text=True,
        cwd=at,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr


def paths(firm: Service) -> list[str]:
    """The addresses, in an order that has nothing to do with their names."""
    document = firm.http.get("/schema/openapi.json").json()
    found = sorted(path for path in document["paths"] if path != ENDLESS and not re.match(OF_OTHERS, path))
    random.Random(SEED).shuffle(found)
    return found


def test_the_examples_of_every_address_are_answered_as_described(firm: Service, tmp_path: Path) -> None:
    ask(firm, tmp_path, "examples", "--seed", str(SEED))


def test_some_addresses_keep_every_promise(firm: Service, tmp_path: Path) -> None:
    """Bounds and what lies beyond them, for a part of the addresses."""
    part = paths(firm)[::PARTS]
    chosen = [word for path in part for word in ("--include-path", path)]
    ask(firm, tmp_path, "coverage,fuzzing", "--seed", str(SEED), "--max-examples", "3", *chosen)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_every_address_keeps_every_promise(firm: Service, tmp_path: Path) -> None:
    """Bounds, chance, and what the answer of one address says about others."""
    seed = random.randrange(2**32)
    ask(firm, tmp_path, "examples,coverage,fuzzing,stateful", "--seed", str(seed), "--max-examples", "50")
