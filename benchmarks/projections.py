"""Read models: ours against eventsourcing's own projection runner and against bare SQL, in one run.

The journal is that of 2,000 people with 20,000 facts a day, one void in a thousand. The peer is the library's
ProjectionRunner on its classic recorder, one transaction an event, which adds the same credit and the same
standing. The limits are a bare scan of the journal and one `insert … select` of the credits' columns into a
table without keys, indexes and checks.
"""

import random
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict

from benchmarks.append import Workload, measure, report
from benchmarks.scratch import LEDGER, database, options
from domain.facts.registry import CREDITED
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from projections import credits
from projections.folding import folded
from projections.registry import PROJECTIONS
from projections.replay import rebuild, replay
from projections.runner import Runner, create

PEER_EVENTS = 3_000
PEER_BATCH = 500

JOURNAL = """
insert into journal (
    position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, data
)
select
    n + 1, type, 'crm', 'crm-' || n, sha256(n::text::bytea), array['employee:' || employee],
    timestamptz '2024-01-01' + n * interval '4.32 s', timestamptz '2026-01-01', 'integration:crm',
    (case type
        when 'deal_closed' then format(
            '{"amount_minor":%%s,"currency":"CNY","customer":"%%s","deal":"D%%s","employee":"%%s","quantity":%%s}',
            1000 + n %% 90000, customer, n, employee, 1 + n %% 7)
        when 'visit_recorded' then format(
            '{"customer":"%%s","department":"cardiology","employee":"%%s","kind":"demo","minutes":%%s}',
            customer, employee, n %% 90)
        when 'follow_up_recorded' then format(
            '{"channel":"phone","customer":"%%s","employee":"%%s","kind":"call","note":"asked for a trial"}',
            customer, employee)
        when 'activity_recorded' then format(
            '{"attributes":{"ward":"W%%s"},"employee":"%%s","kind":"infusion","quantity":%%s}',
            n %% 12, employee, 1 + n %% 5)
        else format('{"position":%%s,"reason":"typed twice"}', n - 400)
    end)::json
from generate_series(1, %(facts)s) n
cross join lateral (
    select
        'E' || (n::bigint * 7919) %% 2000 as employee,
        'C' || n %% 5000 as customer,
        case when n %% 1000 = 999 then 'fact_voided' else (array[
            'deal_closed', 'visit_recorded', 'follow_up_recorded', 'visit_recorded',
            'follow_up_recorded', 'activity_recorded', 'follow_up_recorded', 'activity_recorded'
        ])[1 + n %% 8] end as type
) as said"""

OPENING = """
insert into journal (
    position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, data
) values (
    1, 'ledger_opened', 'bench', '1', sha256('1'), '{}', '2023-01-01', '2023-01-01', 'bench',
    '{"name":"bench"}'
)"""

SCAN = "select count(*), sum(octet_length(data::text)) from journal"

PEER_TABLES = """
create table peer_credit (like {ledger}.credit including all);
create table peer_standing (like {ledger}.standing including all)"""

PEER_CREDIT = """
insert into peer_credit (position, employee, fact, day, at, customer, kind, minutes)
values (
    %(position)s, %(employee)s, 'visit_recorded', %(day)s::date, %(day)s::date,
    %(customer)s, %(kind)s, %(minutes)s
)"""

PEER_STANDING = """
insert into peer_standing (employee, day, fact, count, quantity, minutes, amount_minor)
values (%(employee)s, %(day)s, 'visit_recorded', 1, 0, %(minutes)s, 0)
on conflict (employee, day, fact) do update set
    count = peer_standing.count + 1, minutes = peer_standing.minutes + excluded.minutes"""


class Visits(Aggregate):
    """What the peer keeps the visits of some people in."""

    @event("Visited")
    def visit(self, employee: str, customer: str, kind: str, minutes: int, day: str) -> None:
        """A client was visited."""


class Selling(Application[Any]):
    """The peer's journal."""


class View(PostgresTrackingRecorder):
    """The peer's read model: a credit, its standing and the position, in one transaction."""

    def add(self, visited: Mapping[str, Any], tracking: Tracking) -> None:
        """Adds one visit."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(PEER_CREDIT, {**visited, "position": tracking.notification_id}, prepare=True)
            cursor.execute(PEER_STANDING, visited, prepare=True)


class Credits(Projection[View]):
    """The peer's projection."""

    name = "credits"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Adds a visit, and passes over the start of an aggregate."""
        said = vars(domain_event)
        if "customer" in said:
            self.view.add(said, tracking)


class Peer:
    """The library's application and its runner."""

    def __init__(self, dsn: str) -> None:
        given = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
        self._env = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": given["dbname"],
            "POSTGRES_HOST": given["host"],
            "POSTGRES_PORT": given.get("port", "5432"),
            "POSTGRES_USER": given["user"],
            "POSTGRES_PASSWORD": given.get("password", "none"),
        }
        with connect(dsn, LEDGER, service=False) as connection:
            connection.execute("set search_path to public")
            connection.execute(PEER_TABLES.format(ledger=LEDGER).encode())
        self._application = Selling(env=self._env)

    def prepare(self, number: int) -> None:
        """Records visits, outside of what is measured; in batches that do not make the recorder hang."""
        for _ in range(number // PEER_BATCH):
            visits = Visits()
            for _ in range(PEER_BATCH):
                visits.visit(
                    employee=f"E{random.randrange(2000)}",
                    customer=f"C{random.randrange(5000)}",
                    kind="demo",
                    minutes=45,
                    day="2025-03-03",
                )
            self._application.save(visits)

    def follow(self, number: int) -> None:
        """Folds what was recorded."""
        head = self._application.recorder.max_notification_id()
        with ProjectionRunner(
            application_class=Selling, projection_class=Credits, view_class=View, env=self._env
        ) as runner:
            runner.wait(head, timeout=600)

    def close(self) -> None:
        """Gives the connections back."""
        self._application.close()


class Ours:
    """A ledger and the ways to fold its journal."""

    def __init__(self, dsn: str, facts: int) -> None:
        self._dsn = dsn
        with connect(dsn, LEDGER, service=False) as connection:
            connection.execute(OPENING.encode())
            connection.execute(JOURNAL.encode(), {"facts": facts - 1})
            create(connection)
            connection.execute("create table floor as select * from credit")
        with connect(dsn, LEDGER, service=False, autocommit=True) as connection:
            connection.execute("vacuum analyze journal")

    def empty(self, _: int) -> None:
        """Takes the read models back to their beginning."""
        with connect(self._dsn, LEDGER, service=False) as connection:
            tables = ", ".join(table for model in PROJECTIONS for table in model.TABLES)
            connection.execute(f"truncate floor, {tables}".encode())
            connection.execute("update projection set position = 0")

    def scan(self, _: int) -> None:
        """Reads every fact, in the server."""
        with connect(self._dsn, LEDGER) as connection:
            connection.execute(SCAN)

    def insert_select(self, facts: int) -> None:
        """Takes the columns out of the facts into a bare table, all at once."""
        statement = credits.CREDIT_SPAN.replace("into credit", "into floor").encode()
        asked = {"after": 0, "upto": facts, "zone": "Asia/Shanghai", "credited": sorted(CREDITED)}
        with connect(self._dsn, LEDGER, service=False) as connection:
            connection.execute(statement, asked)

    def credits(self, _: int) -> None:
        """Folds credits alone, span by span, as the service does."""
        with connect(self._dsn, LEDGER, autocommit=True) as connection:
            connection.prepare_threshold = None
            for _ in folded(connection, [credits]):
                pass

    def catch_up(self, _: int) -> None:
        """Folds all read models."""
        Runner(self._dsn, LEDGER).catch_up()

    def rebuild(self, _: int) -> None:
        """Builds all read models beside the live ones, compares, and switches."""
        assert rebuild(self._dsn, LEDGER).difference is None

    def replay(self, facts: int) -> None:
        """Folds half of the journal into a scratch schema."""
        replay(self._dsn, LEDGER, facts)


COMPARED = (
    ("all read models, catch-up", "peer, one event each", 40.0),
    ("credits alone", "bare insert … select", 0.3),
    ("all read models, rebuild", "bare insert … select", 0.15),
)
"""Ours, what it is held against, and the least ratio that we want."""


def judged(rates: Mapping[str, float]) -> bool:
    """Prints all figures; whether every ratio is as wanted and a million facts are rebuilt in 30 s."""
    met = report(rates, COMPARED)
    seconds = 1_000_000 / rates["all read models, rebuild"]
    print(f"a million facts are rebuilt and compared in {seconds:.1f} s   wanted 30.0")
    return met and seconds <= 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs every workload; 1 when a ratio is missed."""
    parser = options(__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="measured runs of each, after one that is not")
    parser.add_argument("--facts", type=int, default=400_000, help="how many the journal holds")
    chosen = parser.parse_args(arguments)
    facts: int = chosen.facts
    with database(chosen.dsn) as dsn, ExitStack() as stack:
        migrate(dsn, LEDGER)
        ours = Ours(dsn, facts)
        peer = Peer(dsn)
        stack.callback(peer.close)
        workloads = {
            "peer, one event each": Workload(peer.follow, PEER_EVENTS, peer.prepare),
            "bare scan of the journal": Workload(ours.scan, facts),
            "bare insert … select": Workload(ours.insert_select, facts, ours.empty),
            "credits alone": Workload(ours.credits, facts, ours.empty),
            "all read models, catch-up": Workload(ours.catch_up, facts, ours.empty),
            "all read models, rebuild": Workload(ours.rebuild, facts),
            "all read models, half replay": Workload(ours.replay, facts // 2),
        }
        return 0 if judged(measure(workloads, chosen.repeats, scale=1)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
