"""The tutorial works as it is written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from faults.embedded_user import new_home

TUTORIAL = Path(__file__).resolve().parents[1] / "docs" / "tutorial.md"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_tutorial_comes_to_the_amounts_that_it_promises() -> None:
    """Every file is saved and every command run, in order; none fails."""
    with new_home() as home:
        said = _followed(TUTORIAL.read_text("utf-8"), home)
    assert all(amount in said for amount in ("600.00", "400.00")), said


def _followed(page: str, home: Path) -> str:
    """What the commands of `page` print when they are typed beside `home`."""
    for name, body in re.findall(r"Save as `([^`]+)`:\n\n```\w+\n(.*?)```", page, re.DOTALL):
        home.parent.joinpath(name).write_text(body, "utf-8")
    typed = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    script = typed.replace(". .venv/bin/activate", "set -e").replace("$PWD/ledger", str(home))
    environment = {name: text for name, text in os.environ.items() if not name.startswith("MERITBOOK_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["sh"], input=script, cwd=home.parent, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
