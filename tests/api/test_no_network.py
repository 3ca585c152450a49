"""R24: the ledger runs with no outside network: nothing it does tries to reach another machine."""

import ipaddress
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commanded import COMMAND
from given import LEDGER
from served import SERVE, Service, answered, fact, open_shanghai

WATCH = """
import sys

def note(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        with open({file!r}, "a") as told:
            told.write(f"{{event}} {{arguments[0] if event.startswith('socket.get') else arguments[1]}}\\n")

sys.addaudithook(note)
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which every Python process that is started notes whom it tries to reach."""
    folder = tmp_path / "watching"
    folder.mkdir()
    file = folder / "reached.txt"
    file.touch()
    folder.joinpath("sitecustomize.py").write_text(WATCH.format(file=str(file)), "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return file


def elsewhere(told: Path) -> list[str]:
    """The attempts that were not about this machine."""
    return [line for line in told.read_text("utf-8").splitlines() if not _is_here(line.split(" ", 1)[1])]


def _is_here(place: str) -> bool:
    if place.startswith(("/", "'/", "b'/", "''", "None", "localhost")):
        return True
    host = place.strip("()").split(",")[0].strip("'\\" + '"')
    try:
        return ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


@pytest.mark.parametrize(
    ("line", "here"),
    [
        ("socket.connect /tmp/x", True),
        ("socket.connect ('127.0.0.1', 80)", True),
        ("socket.connect ('::1', 80, 0, 0)", True),
        ("socket.getaddrinfo localhost", True),
        ("socket.connect ('10.1.2.3', 80)", False),
        ("socket.getaddrinfo pypi.org", False),
    ],
)
def test_an_attempt_to_reach_elsewhere_is_recognised(line: str, here: bool) -> None:
    assert _is_here(line.split(" ", 1)[1]) is here


@pytest.mark.rule("R24")
def test_the_watch_notices_an_attempt(told: Path) -> None:
    reach = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 0.01)\nexcept OSError: pass"
    subprocess.run([sys.executable, "-c", reach], check=True)
    assert elsewhere(told)


@pytest.mark.rule("R24")
def test_a_service_that_does_all_it_can_reaches_nobody_else(
    told: Path, serve: Callable[..., Service]
) -> None:
    """From its start to its end: every kind of write, read, file, refusal and page of the trail."""
    service = serve(program=("-c", SERVE))
    open_shanghai(service)
    visit = {"employee": "E1", "customer": "H1", "note": "met the head"}
    assert service.record("visit_recorded", visit).status_code == 201
    assert service.http.post("/v1/facts:batch", json=[fact("visit_recorded", visit)] * 2).status_code == 201
    document = service.http.get("/schema/openapi.json").json()
    for path, item in document["paths"].items():
        place = path.replace("{employee}", "E1").replace("{period}", "2025-03").replace("{position}", "3")
        if "get" in item and "{" not in place:
            answer = answered(service.http, "GET", place)
            not_sealed_yet = answer.status_code == 503 and answer.json()["type"].endswith("not-sealed-yet")
            assert answer.status_code < 500 or not_sealed_yet, (place, answer.text)
    for form in ("csv", "ndjson"):
        assert service.http.get("/v1/audit/trail", params={"format": form}).status_code == 200
    assert service.client("hr").get("/v1/facts").status_code == 403
    remote = {c.raddr.ip for c in service.process.net_connections("inet") if c.raddr}
    assert remote <= {"127.0.0.1", "::1"}
    service.process.terminate()
    service.process.wait(timeout=60)
    assert elsewhere(told) == []


@pytest.mark.rule("R24")
def test_the_commands_reach_nobody_else(told: Path, ledger_dsn: str, tmp_path: Path) -> None:
    home = {"MERITBOOK_HOME": str(tmp_path), "MERITBOOK_DATABASE_URL": ledger_dsn, "MERITBOOK_LEDGER": LEDGER}
    environment = {**os.environ, "PYTHONPATH": str(told.parent), **home}
    for arguments in (
        ("init", "--name", "firm"),
        ("token", "--role", "hr"),
        ("payroll", "2025-03", "--output", str(tmp_path / "pay.csv")),
        ("replay", "--compare"),
        ("audit", "trail"),
    ):
        done = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    assert elsewhere(told) == []
