"""What the command line and the service share: opening a ledger, closing months, awarding honours."""

import datetime as dt
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import msgspec
from psycopg import Cursor, OperationalError
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from api.embedded import EmbeddedPostgres
from api.erasures import settle_erasures
from api.intake import Intake, Refused, Stored, Submission
from api.master_keys import masters
from api.readers import readers
from api.settings import Settings
from api.unready import NotOpened, NotReady
from domain.decide.periods import require_closable, require_past
from domain.facts.governance import HonourAwarded, LedgerOpened, PeriodClosed
from domain.facts.registry import decode
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.migrate import migrate, outstanding
from domain.journal.query import Selector
from domain.journal.read import LAST, matching
from domain.journal.vault import Vault
from domain.period import Period
from domain.plan.exchange import require_none
from projections import runner as read_models
from projections.closing import Closing, compute, decided
from projections.crew import Shared
from projections.honours import winners
from projections.registry import PROJECTIONS
from projections.replay import rebuild
from projections.runner import RebuildNeeded, Runner
from projections.spans import Projection

SOURCE = "meritbook"
"""The source of the facts that our own commands write."""

WAIT_STEP_SECONDS = 0.5
PREPARED = "select to_regclass('journal'), to_regclass('projection'), to_regclass('subject_key')"

ENGINE = f"meritbook {version('meritbook')}"
"""What computed the statements of a month, as its close says."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """An open ledger. dsn: where the service works; owner_dsn: where its tables are made.

    server: the embedded database; None for one of the firm's own.
    """

    settings: Settings
    dsn: str
    owner_dsn: str
    pool: ConnectionPool[Any]
    journal: Journal
    intake: Intake
    vault: Vault
    server: EmbeddedPostgres | None = None

    @property
    def schema(self) -> str:
        """The schema that holds it."""
        return self.settings.ledger

    def runner(self, projections: Sequence[Projection] | None = None) -> Runner:
        """What folds its journal into the read models, all of them or these."""
        return Runner(self.dsn, self.schema, projections or PROJECTIONS)

    def opened(self) -> LedgerOpened:
        """Whose ledger it is, its zone and currency.

        Raises: NotOpened.
        """
        opened = self.intake.opened()
        if opened is None:
            raise NotOpened(
                f"The ledger {self.schema} has not been opened.",
                "Open it in a browser with meritbook serve, or with meritbook init --name NAME.",
            )
        return opened

    def today(self) -> dt.date:
        """The business day, now, in the ledger's zone."""
        return self.intake.business_day(now())


def now() -> dt.datetime:
    """The one clock of the composition."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def open_ledger(
    settings: Settings,
    *,
    prepare_it: bool = False,
    lasting: bool = False,
    on_wait: Callable[[str], None] | None = None,
) -> Generator[Ledger]:
    """The ledger that `settings` name, until the caller is done; the embedded database is started if need be.

    prepare_it: bring a database of your own to this program's form too; the embedded one always is.
    lasting: many questions will be asked.
    Raises: EmbeddedFailed, NotReady, MigrationFailed.
    """
    with ExitStack() as stack:
        server: EmbeddedPostgres | None = None
        if settings.database_url is None:
            server = stack.enter_context(EmbeddedPostgres(settings.home, on_wait=on_wait))
            dsn = owner_dsn = server.dsn
        else:
            dsn, owner_dsn = settings.database_url, settings.owner_url or settings.database_url
        if prepare_it or settings.database_url is None:
            prepare(owner_dsn, settings.ledger)
        else:
            _require_prepared(dsn, settings.ledger)
        pool = stack.enter_context(readers(settings, dsn, lasting=lasting))
        journal = stack.enter_context(Journal(dsn, settings.ledger, pooler=settings.pooler_url))
        vault = Vault(settings.ledger, masters(settings))
        intake = Intake(journal, vault)
        settle_erasures(journal, intake, settings.home)
        yield Ledger(
            settings=settings,
            dsn=dsn,
            owner_dsn=owner_dsn,
            pool=pool,
            journal=journal,
            intake=intake,
            vault=vault,
            server=server,
        )


@contextmanager
def counted(settings: Settings) -> Generator[tuple[Ledger, Cursor[TupleRow]]]:
    """The ledger that `settings` name and a cursor to read it with; its read models have caught up.

    Raises: as `open_ledger`; UnfoldableFact, RebuildNeeded.
    """
    with open_ledger(settings) as ledger:
        ledger.opened()
        ledger.runner().catch_up()
        with ledger.pool.connection() as connection, connection.cursor() as cursor:
            yield ledger, cursor


def prepare(owner_dsn: str, schema: str) -> list[str]:
    """Brings tables and read models to this program's form; what was applied, made or built anew now."""
    applied = migrate(owner_dsn, schema)
    with connect(owner_dsn, schema, service=False) as connection:
        made = read_models.create(connection)
        connection.commit()
        try:
            with connection.cursor() as cursor:
                read_models.position(cursor, PROJECTIONS)
        except RebuildNeeded as needed:
            made += needed.names
            connection.rollback()
            rebuild(owner_dsn, schema, needed.names, keep=True)
    return [*applied, *dict.fromkeys(made)]


def await_prepared(settings: Settings, seconds: float) -> None:
    """Returns when the ledger is in this program's form, for which it waits so long.

    Raises: NotReady.
    """
    if settings.database_url is None:
        return
    deadline = time.monotonic() + seconds
    while True:
        try:
            return _require_prepared(settings.database_url, settings.ledger)
        except (NotReady, OperationalError):
            if time.monotonic() >= deadline:
                raise
        time.sleep(WAIT_STEP_SECONDS)


def _require_prepared(dsn: str, schema: str) -> None:
    # Not in the service's role, which a database without any ledger lacks.
    with connect(dsn, schema, service=False) as connection:
        found = connection.execute(PREPARED).fetchone()
        lacking = () if found is None or None in found else outstanding(connection)
    if found is None or None in found or lacking:
        raise NotReady(
            f"The database has no ledger {schema} in this program's form.",
            "Run meritbook migrate, with MERITBOOK_OWNER_URL set if the service's user may not make tables.",
        )


def open_book(ledger: Ledger, *, name: str, zone: str, currency: str, actor: str) -> Stored:
    """Writes the ledger's first fact; the same again changes nothing.

    Raises: Refusal.
    """
    ledger.vault.require(ledger.journal)
    submission = Submission(
        type="ledger_opened",
        source=SOURCE,
        key="ledger-opened",
        occurred_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
        data={"name": name, "zone": zone, "currency": currency},
    )
    return submit_one(ledger, submission, actor)


def last_closed(ledger: Ledger) -> Period | None:
    """The last month that was closed."""
    with ledger.journal.cursor() as cursor:
        records = matching(cursor, (Selector(("period_closed",)),), 0, LAST)
    if not records:
        return None
    closed = decode(records[-1].type, records[-1].data)
    assert isinstance(closed, PeriodClosed), "records are of the type that was asked for"
    return Period.parse(closed.period)


def require_over(ledger: Ledger, period: Period) -> None:
    """Checks that `period` is the next month to close and is over.

    Raises: PeriodAlreadyClosed, PeriodOutOfOrder, PeriodNotOver.
    """
    require_closable(period, last_closed(ledger), ledger.today())


def made_of(
    ledger: Ledger,
    period: Period,
    on_progress: Callable[[int], None] | None = None,
    shared: Shared | None = None,
) -> Closing:
    """The statements of the next month to close, by all that is recorded now.

    on_progress: told the position that the read models have reached. shared: who makes them, if not this
    process.
    Raises: PeriodAlreadyClosed, PeriodOutOfOrder, PeriodNotOver, RateMissing.
    """
    require_over(ledger, period)
    known_at = ledger.runner().catch_up(on_progress=on_progress)
    with ledger.pool.connection() as connection, connection.cursor() as cursor:
        crew, reach = shared or (None, None)
        made = compute(cursor, period, known_at, crew, reach)
    require_none(missed for each in made.statements for line in each.lines for missed in line.missed)
    return made


def close_period(
    ledger: Ledger,
    period: Period,
    *,
    actor: str,
    proposed_at: int | None = None,
    on_progress: Callable[[int], None] | None = None,
    shared: Shared | None = None,
) -> tuple[PeriodClosed, Stored]:
    """Makes the statements of `period` final, by all that is recorded now. Of two at once, one wins.

    Whether one person may do so alone is asked where they ask for it (api.closing). proposed_at: position of
    what is confirmed by it. on_progress, shared: as for `made_of`.
    Raises: as `made_of`; CloseNotProposed, SecondPersonNeeded, Contended.
    """
    made = made_of(ledger, period, on_progress, shared)
    closed = msgspec.structs.replace(made.fact(ENGINE), proposed_at=proposed_at)
    submission = Submission(
        type=closed.TYPE,
        source=SOURCE,
        key=f"period-closed/{period}/{uuid4().hex}",
        occurred_at=now(),
        data={name: said for name, said in msgspec.to_builtins(closed).items() if said is not None},
    )
    stored = submit_one(ledger, submission, actor)
    with decided(made):
        ledger.runner().catch_up(on_progress=on_progress)
    return closed, stored


def award(
    ledger: Ledger, board: str, period: Period, *, actor: str
) -> list[tuple[HonourAwarded, Stored]] | None:
    """Honours whoever stands first on a board over a period that is over; None when no plan has the board.

    The same honour again changes nothing.
    Raises: PeriodNotOver and the Refusals of the intake.
    """
    require_past(period, ledger.today())
    known_at = ledger.runner().catch_up()
    with ledger.pool.connection() as connection, connection.cursor() as cursor:
        found = winners(cursor, board, period, known_at=known_at)
    if found is None:
        return None
    return [(honour, submit_one(ledger, _honour(honour, period), actor)) for honour in found]


def _honour(honour: HonourAwarded, period: Period) -> Submission:
    return Submission(
        type=honour.TYPE,
        source=SOURCE,
        key=f"honour-awarded/{honour.plan}/{honour.board}/{honour.period}/{honour.employee}",
        occurred_at=dt.datetime.combine(period.last_day, dt.time(), tzinfo=dt.UTC),
        data=msgspec.to_builtins(honour),
    )


def submit_one(ledger: Ledger, submission: Submission, actor: str) -> Stored:
    """Where the one fact stands.

    Raises: the Refusal, when it is refused.
    """
    [outcome] = ledger.intake.submit([submission], actor=actor, now=now(), atomic=True)
    if isinstance(outcome, Refused):
        raise outcome.refusal
    return outcome
