"""The engine guard: every closed month by this program, against the results of a release before it."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from api.cluster.crew import crew_of
from api.embedded import EmbeddedPostgres
from api.ops import ENGINE, NotReady
from api.results_file import read_results
from api.settings import Settings
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.refusals import BadField, Malformed
from projections.recompute import MonthRecomputed, Released, UnknownMonth, recompute
from projections.scratch import scratch_name

HEAD = "select coalesce(max(position), 0) from journal"


class Recomputed(msgspec.Struct, frozen=True, kw_only=True):
    """What a new program would pay for closed months. engine: that computed it. months: in their order."""

    engine: str
    statements: int
    changed: int
    difference_minor: int
    months: tuple[MonthRecomputed, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether no closed statement comes out otherwise."""
        return all(month.is_unchanged for month in self.months)


def recomputed(
    settings: Settings,
    results: Path,
    on_progress: Callable[[int, int], None] | None = None,
    scheduler: str | None = None,
) -> Recomputed:
    """All closed months of the ledger beside the file `results`, as `meritbook export` wrote it.

    on_progress: told the position reached and the last one. It needs no read model, so it works where this
    program cannot fold what an earlier one closed. scheduler: of those who compute, if not this process.
    Raises: Malformed, BadField; NotReady, ScratchInUse, UnfoldableFact, ClusterFailed.
    """
    schemas = scratch_name(settings.ledger, "replay"), settings.ledger
    with (
        _opened(results) as source,
        _journal(settings) as (dsn, head),
        crew_of(scheduler, settings, settings.database_url or dsn, *schemas) as crew,
    ):
        reach = (lambda at: on_progress(at, head)) if on_progress is not None else None
        try:
            months = tuple(recompute(dsn, settings.ledger, _released(source, results), reach, crew))
        except UnknownMonth as unknown:
            raise BadField(
                field="--against", detail=str(unknown), remedy="Take the results of the same ledger."
            ) from None
    changed = [each for month in months for each in month.changed]
    return Recomputed(
        engine=ENGINE,
        statements=sum(month.statements for month in months),
        changed=len(changed),
        difference_minor=sum(each.difference_minor for each in changed),
        months=months,
    )


def _released(source: BinaryIO, results: Path) -> Iterator[Released]:
    for number, result in enumerate(read_results(source, results.name), start=1):
        try:
            yield Released(result.period, result.employee, result.closed_position, result.read())
        except msgspec.ValidationError as error:
            raise Malformed(
                field=f"{results.name}, line {number}",
                detail=f"This program cannot read the statement: {error}.",
                remedy="Compare with a program that knows its form.",
            ) from None


@contextmanager
def _opened(results: Path) -> Generator[BinaryIO]:
    try:
        source = results.open("rb")
    except OSError as error:
        raise Malformed(
            field=str(results), detail=f"It cannot be read: {error.strerror}.", remedy="Check the name."
        ) from None
    with source:
        yield source


@contextmanager
def _journal(settings: Settings) -> Generator[tuple[str, int]]:
    """The owner's address of the ledger and its last position; its read models are left as they are."""
    if settings.database_url is None:
        with EmbeddedPostgres(settings.home) as server:
            migrate(server.dsn, settings.ledger)
            yield server.dsn, _head(server.dsn, settings.ledger)
    else:
        dsn = settings.owner_url or settings.database_url
        yield dsn, _head(dsn, settings.ledger)


def _head(dsn: str, schema: str) -> int:
    with connect(dsn, schema, service=False) as connection:
        if connection.execute("select to_regclass('journal')").fetchone() == (None,):
            raise NotReady(f"The database has no ledger {schema}.", "Run meritbook migrate.")
        found = connection.execute(HEAD).fetchone()
        return found[0] if found else 0
