"""What a server is set up with: the unit, the proxies, the file of settings, and the offline bundle."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faults.embedded_user import new_home

from api.settings import PREFIX, read_settings

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.joinpath("systemd").glob("*.service"))
HOME = Path("/srv/ledger")
EXPOSED_TENTHS = 20
"""What systemd calls OK ends at 4.0; ours are at 1.3."""

SETTING = re.compile(rf"^#({PREFIX}\w+)=(.*)$", re.MULTILINE)


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `command` to its end; what it said is in the result."""
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env={**os.environ, **environment}
    )


def test_the_settings_of_the_file_are_those_that_hold_without_it() -> None:
    told = dict(SETTING.findall(DEPLOY.joinpath("meritbook.env").read_text("utf-8")))
    assert read_settings(told, HOME) == read_settings({}, HOME)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_valid_and_takes_away_what_the_service_does_not_need(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    for each in DEPLOY.joinpath("systemd").iterdir():
        ours = each.read_text("utf-8").replace("/opt/meritbook/current/bin/meritbook", sys.executable)
        tmp_path.joinpath(each.name).write_text(ours)
    there = tmp_path / unit.name
    checked = run("systemd-analyze", "verify", *tmp_path.glob(f"{unit.stem}.*"))
    assert (checked.returncode, checked.stderr) == (0, "")
    safe = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED_TENTHS}", there)
    assert safe.returncode == 0, safe.stdout[-300:]


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda script: script.name)
def test_scripts_are_those_of_any_posix_shell(script: Path) -> None:
    shells = [shell for shell in ("dash", "bash", "sh") if shutil.which(shell)]
    assert shells
    for shell in shells:
        assert run(shell, "-n", script).stderr == ""


def test_the_installer_names_the_option_that_it_does_not_know() -> None:
    refused = run("sh", DEPLOY / "install.sh", "--perfix", "/tmp/x")
    assert refused.returncode == 1
    assert "--perfix" in refused.stderr
    assert "--prefix DIR" in refused.stderr
    assert "Example" in run("sh", DEPLOY / "install.sh", "--help").stdout


@pytest.mark.soak
def test_a_bundle_installs_twice_without_a_network_and_a_damaged_one_does_not(tmp_path: Path) -> None:
    """A second installation lies beside the first, which stays as it is."""
    made = run("sh", DEPLOY / "bundle.sh", sys.executable)
    assert made.returncode == 0, made.stderr
    bundle = next(ROOT.joinpath("dist").glob("meritbook-*-offline"))
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": ""}
    prefix = tmp_path / "opt"
    install = ("sh", bundle / "install.sh", "--prefix", prefix, "--no-system")
    for _ in range(2):
        done = run(*install, **nowhere)
        assert done.returncode == 0, done.stderr
    versions = sorted(each.name for each in prefix.joinpath("versions").iterdir())
    version = bundle.joinpath("VERSION").read_text().strip()
    assert versions == [version, f"{version}.2"]
    assert os.readlink(prefix / "current") == f"versions/{version}.2"
    with new_home() as home:
        said = run(prefix / "current/bin/meritbook", "init", "--name", "Firm", MERITBOOK_HOME=str(home))
    assert "is open" in said.stdout, said.stderr
    bundle.joinpath("constraints.txt").write_text("damaged")
    refused = run(*install, **nowhere)
    assert (refused.returncode, "copy it again" in refused.stderr) == (1, True)
