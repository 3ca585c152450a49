"""A cluster of Dask as a firm runs one: a scheduler and its workers, each a process, over TCP."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from faults.embedded_user import until

STARTED_SECONDS = 60.0


class DaskCluster:
    """Processes by their names; `scheduler` and one for each worker."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        self._environment = {**os.environ, "MERITBOOK_HOME": str(folder), **environment}
        self._environment |= {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        """Where its scheduler answers."""
        return str(json.loads(self._file.read_text())["address"])

    def start(self, workers: int) -> None:
        """Begins the scheduler and so many workers, and waits for the scheduler."""
        self._begin("scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0")
        self.require(workers)
        until(self._file.exists, seconds=STARTED_SECONDS)

    def workers(self) -> list[str]:
        """Those that live, the oldest first."""
        return [name for name, each in self.processes.items() if name != "scheduler" and each.poll() is None]

    def require(self, workers: int) -> None:
        """Begins workers until there are so many. They die when they are killed: nobody begins them anew."""
        for number in range(len(self.processes), len(self.processes) + workers - len(self.workers())):
            options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
            self._begin(f"worker {number}", *options)

    def kill(self, name: str) -> None:
        """Ends one at once."""
        self.processes[name].kill()
        self.processes[name].wait()

    def logs(self) -> list[str]:
        """All that each of them said."""
        return [file.read_text() for file in self._folder.glob("*.log")]

    def stop(self) -> None:
        """Ends them all."""
        for name in self.processes:
            self.kill(name)

    def _begin(self, name: str, *options: str) -> None:
        command = [sys.executable, "-m", "dask", name.split()[0], "--host", "127.0.0.1"]
        with (self._folder / f"{name}.log").open("wb") as sink:
            self.processes[name] = subprocess.Popen(
                [*command, "--scheduler-file", str(self._file), *options],
                env=self._environment,
                cwd=self._folder,
                stdout=sink,
                stderr=subprocess.STDOUT,
            )


@contextmanager
def dask_cluster(environment: Mapping[str, str], workers: int) -> Generator[DaskCluster]:
    """A scheduler on a free port, and so many workers."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = DaskCluster(Path(folder), environment)
        try:
            cluster.start(workers)
            yield cluster
        finally:
            cluster.stop()
