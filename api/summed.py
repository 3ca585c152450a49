"""The figures of several workers, summed: each counts in files of its own, and whoever is asked adds them up.

The files outlive a worker that is killed, and whoever is begun in its place goes on counting in them: so no
counter ever falls while one of the workers lives.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def counted_together() -> Generator[None]:
    """Has this process and those that it forks count in one place, until this one ends."""
    folder, owner = tempfile.mkdtemp(prefix="meritbook-figures-"), os.getpid()
    os.environ[FOLDER] = folder
    try:
        yield
    finally:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)


def count_as(worker: str) -> None:
    """Has this process count as `worker`, where that counted before it; before any counter is made."""
    values.ValueClass = values.MultiProcessValue(lambda: worker.replace(" ", "-"))  # type: ignore[assignment]


def is_summed() -> bool:
    """Whether this process counts together with others."""
    return bool(values.ValueClass._multiprocess)  # type: ignore[attr-defined]


def sums() -> CollectorRegistry:
    """What all have counted, now."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, os.environ[FOLDER])
    return registry
