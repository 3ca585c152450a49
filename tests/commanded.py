"""The command line under test, each command in a process of its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import warm
from given import LEDGER

COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]


def ran(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    surrounded = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **environment}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = warm.start(*arguments, environment=surrounded, stdout=out, stderr=err)
        try:
            status = process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        said, complained = (stream.seek(0) or stream.read().decode() for stream in (out, err))
    return subprocess.CompletedProcess([*COMMAND, *arguments], status, said, complained)


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
