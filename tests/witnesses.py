"""A witness under test: a real process, to start, kill and start again on the same state."""

import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from api.witness.files import make_key

RUN = "from api.cli import main; main()"
START_SECONDS = 90


class WitnessProcess:
    """A witness on a port of its own. key: its verifier key."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.key = str(make_key(place / "key", "w.example/1").key)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.state = place / "state.json"
        self._process: psutil.Popen | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self, *logs: str) -> None:
        """Starts it, trusting these keys of logs."""
        said = self._place / "log"
        options = ["--key", self._place / "key", "--state", self.state, "--port", self.port]
        trusted = [option for log in logs for option in ("--log", log)]
        with said.open("wb") as sink:
            self._process = psutil.Popen(
                [sys.executable, "-c", RUN, "witness", "serve", *map(str, options), *trusted], stderr=sink
            )
        deadline = time.monotonic() + START_SECONDS
        while "serves on" not in said.read_text():
            assert self._process.poll() is None and time.monotonic() < deadline, said.read_text()
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends it without warning."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None
