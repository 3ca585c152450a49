"""The tutorial works as it is written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).resolve().parents[1] / "docs" / "tutorial.md"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_tutorial_comes_to_the_amounts_that_it_promises(tmp_path: Path) -> None:
    """Every file is saved and every command run, in order; none fails."""
    page = TUTORIAL.read_text("utf-8")
    for name, body in re.findall(r"Save as `([^`]+)`:\n\n```\w+\n(.*?)```", page, re.DOTALL):
        tmp_path.joinpath(name).write_text(body, "utf-8")
    script = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL)).replace(
        ". .venv/bin/activate", "set -e"
    )
    environment = {name: text for name, text in os.environ.items() if not name.startswith("MERITBOOK_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(["sh"], input=script, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    settled, found = ("600.00", "400.00"), done.stdout
    assert all(amount in found for amount in settled), found
