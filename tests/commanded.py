"""The command line under test, each command in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from given import LEDGER

COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]


def ran(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def environment_of(home: Path, dsn: str) -> dict[str, str]:
    """What a command needs to work on the ledger of a test."""
    return {
        **os.environ,
        "COLUMNS": "200",
        "NO_COLOR": "1",
        "MERITBOOK_HOME": str(home),
        "MERITBOOK_DATABASE_URL": dsn,
        "MERITBOOK_LEDGER": LEDGER,
    }
