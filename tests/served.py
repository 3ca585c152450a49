"""A service under test: a real process on a database of its own, and what it answers."""

import datetime as dt
import os
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import warm
from given import LEDGER

from api.intake import Submission
from api.ops import open_book, open_ledger, submit_one
from api.roles import Role, ScopeName
from api.settings import Settings
from api.tokens import Tokens, token_file

START_SECONDS = 90
FOLD_SECONDS = 5
SERVE = "from api.cli import main; main()"


class Service:
    """A running service. http: an administrator's client."""

    def __init__(
        self,
        process: psutil.Popen | warm.Warm,
        url: str,
        settings: Settings,
        environment: Mapping[str, str],
    ) -> None:
        self.process, self.url, self.settings = process, url, settings
        self.environment = dict(environment)
        self.killed = False
        self._clients = ExitStack()
        self.http = self.client("administrator")

    def client(
        self,
        role: Role,
        employee: str | None = None,
        scope: ScopeName | None = None,
        branches: tuple[str, ...] = (),
    ) -> httpx.Client:
        """A client with a new token of `role`; it reaches everybody but in the role employee, if not told.

        What was recorded before is counted by then.
        """
        name = f"{role}.{uuid4().hex[:8]}"
        reaches = scope or ("self" if role == "employee" else "all")
        made = Tokens(token_file(self.settings.home))
        token = made.make(role, name, employee, scope=reaches, branches=branches)
        headers = {"Authorization": f"Bearer {token}"}
        client = self._clients.enter_context(httpx.Client(base_url=self.url, headers=headers, timeout=60))
        _await_fold(client)
        return client

    def kill(self) -> None:
        """Ends it without warning."""
        self.killed = True
        self.process.kill()
        self.process.wait(timeout=60)

    def restart(self) -> None:
        """Ends it gently and starts it at the same address, as an update does."""
        self.process.terminate()
        self.process.wait(timeout=60)
        port = self.url.rpartition(":")[2]
        log = self.settings.home / "service.log"
        with log.open("wb") as sink:
            environment = self.environment | {"MERITBOOK_PORT": port}
            self.process = warm.start("serve", environment=environment, stderr=sink)
        assert _address(self.process, log) == self.url
        _await_fold(self.http)

    def close(self) -> None:
        """Closes the clients."""
        self._clients.close()

    def record(self, type: str, data: dict[str, Any], **envelope: Any) -> httpx.Response:
        """Sends one fact, under a new key if none is given."""
        return self.http.post("/v1/facts", json=fact(type, data, **envelope))

    def adopt(self, adopted: dict[str, Any], **envelope: Any) -> int:
        """Adopts a plan as the command does, by two who are not asked for tokens; its position."""
        return self.by_two(fact("plan_adopted", adopted, **envelope))

    def by_two(self, *told: dict[str, Any]) -> int:
        """Records facts that take two as a command does, which names both; the position of the last."""
        position = 0
        with open_ledger(self.settings) as ledger:
            for each in told:
                at = dt.datetime.fromisoformat(each["occurred_at"])
                said = each | {"occurred_at": at, "data": {"approver": "boss", **each["data"]}}
                position = submit_one(ledger, Submission(**said), "test").position
        return position

    def head(self) -> int:
        """The last position of the journal."""
        return int(self.http.get("/health/ready").json()["head"])

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at `path`, with everything counted that was recorded before."""
        answer = self.http.get(path, params={"at_least": self.head(), **query})
        assert answer.status_code == 200, answer.text
        return answer.json()


def _await_fold(client: httpx.Client) -> None:
    """Waits until what is recorded is counted, if a service answers that is about to count it."""
    deadline = time.monotonic() + FOLD_SECONDS
    with suppress(httpx.HTTPError, ValueError):
        while time.monotonic() < deadline:
            said = client.get("/health/ready").json()
            if not said.get("lag_facts") or any(model["stopped"] for model in said["read_models"]):
                return
            time.sleep(0.02)


def fact(type: str, data: dict[str, Any], **envelope: Any) -> dict[str, Any]:
    """A fact as it is sent: of 4 March 2025, unless said otherwise."""
    said = {"source": "crm", "key": uuid4().hex, "occurred_at": "2025-03-04T09:30:00+08:00"}
    return {"type": type, **said, "data": data, **envelope}


def answered(client: httpx.Client, method: str, path: str) -> httpx.Response:
    """The answer; of the stream, which has no end, its first event."""
    with client.stream(method, path) as answer:
        if not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            answer.read()
            return answer
        first = next(answer.iter_bytes(), b"")
        return httpx.Response(answer.status_code, headers=answer.headers, content=first)


@contextmanager
def served(
    dsn: str | None,
    home: Path,
    *,
    program: Sequence[str] = (),
    arguments: Sequence[str] = (),
    **settings: Any,
) -> Generator[Service]:
    """A service over the ledger of `dsn`, or its own database; opened if need be, stopped gently at the end.

    program: what a new Python is to run in place of the command line; it is given the argument `serve`.
    arguments: further ones.
    """
    chosen = Settings(home=home, database_url=dsn, ledger=LEDGER, port=0, **settings)
    with open_ledger(chosen, prepare_it=True) as ledger:
        if ledger.intake.opened() is None:
            open_book(ledger, name="firm", zone="Asia/Shanghai", currency="CNY", actor="test")
    environment = {
        **os.environ,
        "MERITBOOK_HOME": str(home),
        "MERITBOOK_DATABASE_URL": dsn or "",
        "MERITBOOK_LEDGER": LEDGER,
        "MERITBOOK_PORT": "0",
        "MERITBOOK_LOG": "json",
        "NO_COLOR": "1",
    } | {f"MERITBOOK_{name.upper()}": str(value) for name, value in settings.items()}
    log = home / "service.log"
    with log.open("wb") as sink:
        if program:
            process = psutil.Popen([sys.executable, *program, "serve"], env=environment, stderr=sink)
        else:
            process = warm.start("serve", *arguments, environment=environment, stderr=sink)
    try:
        service = Service(process, _address(process, log), chosen, environment)
        try:
            yield service
        finally:
            service.close()
            process = service.process
    finally:
        if process.poll() is None:
            process.terminate()
        status = process.wait(timeout=60)
    assert service.killed or status in (0, -15), log.read_text()


def _address(process: psutil.Popen | warm.Warm, log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        said = log.read_text()
        if "serves on " in said and "\n" in said:
            return said.split("serves on ")[1].split()[0]
        time.sleep(0.05)
    raise AssertionError(f"the service did not start:\n{log.read_text()}")


def open_shanghai(service: Service) -> None:
    """A branch, and E1 who sells there since last June."""
    day = {"occurred_at": "2024-06-03T09:00:00+08:00"}
    branch = {"branch": "SH", "title": "Shanghai", "opened_on": "2024-06-03"}
    hired = {"employee": "E1", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    assert service.record("branch_opened", branch, **day).status_code == 201
    assert service.record("employee_hired", hired, **day).status_code == 201
    service.get("/v1/plans")
