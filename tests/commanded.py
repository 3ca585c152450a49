"""The command line under test, each command in a process of its own."""

import os
import subprocess
import sys

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
