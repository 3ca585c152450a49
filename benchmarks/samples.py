"""What each request of a scenario took: percentiles, ratios, and raw samples in files that anybody can read.

A file a series, `SCENARIO.SERIES.csv`: a line of names, then a line a request in the order of their ends,
`began_ms,took_ms`: milliseconds from the beginning of the series until the request was sent, and from then
until it was answered.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

PERCENTILES = ("p50", "p95", "p99", "p99.9")
HEAD = f"{'':<34}{'a second':>10}" + "".join(f"{name + ' ms':>10}" for name in PERCENTILES)


class Series:
    """The requests of one kind in one scenario. Threads may add at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.began = time.perf_counter()
        self.seconds = 0.0
        self._taken: list[tuple[float, float]] = []

    def __len__(self) -> int:
        return len(self._taken)

    def add(self, began: float) -> None:
        """Notes a request that began at `began` and was answered now."""
        self._taken.append((began - self.began, time.perf_counter() - began))

    def append(self, took: float, /) -> None:
        """Notes a request that was answered now and took so many seconds."""
        self._taken.append((time.perf_counter() - took - self.began, took))

    def over(self) -> "Series":
        """Notes that nothing more is asked."""
        self.seconds = time.perf_counter() - self.began
        return self

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self._taken) / self.seconds

    def percentiles(self) -> list[float]:
        """Milliseconds within which half were answered, 95, 99 and 99.9 in a hundred."""
        ordered = sorted(took * 1000 for _, took in self._taken)
        return [ordered[min(len(ordered) * part // 1000, len(ordered) - 1)] for part in (500, 950, 990, 999)]

    def line(self) -> str:
        """A row of the table under HEAD."""
        return f"{self.name:<34}{self.rate:>10,.0f}" + "".join(
            f"{each:>10.2f}" for each in self.percentiles()
        )

    def keep(self, folder: Path, scenario: str) -> None:
        """Writes the raw samples."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = [f"{began * 1000:.3f},{took * 1000:.3f}" for began, took in self._taken]
        name = self.name.replace(" ", "-").replace(",", "")
        (folder / f"{scenario}.{name}.csv").write_text("\n".join(["began_ms,took_ms", *rows, ""]), "utf-8")


class Found(NamedTuple):
    """What a scenario came to. compared: which of its series is held against which."""

    series: Sequence[Series]
    compared: Sequence[tuple[Series, Series]]


def told(scenario: str, found: Found, folder: Path | None) -> None:
    """Prints a scenario's table and ratios; keeps the samples."""
    print(HEAD)
    for each in found.series:
        print(each.line())
        if folder is not None:
            each.keep(folder, scenario)
    for ours, other in found.compared:
        shares = [mine / theirs for mine, theirs in zip(ours.percentiles(), other.percentiles(), strict=True)]
        said = ", ".join(f"{name} × {share:.2f}" for name, share in zip(PERCENTILES, shares, strict=True))
        print(f"{ours.name} / {other.name}: a second × {ours.rate / other.rate:.2f}, {said}")


def against_first(series: Sequence[Series]) -> Found:
    """The first of `series` against each of the others."""
    first, *others = series
    return Found(series, [(first, other) for other in others])
