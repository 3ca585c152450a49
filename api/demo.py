"""The example firms: Huikang's year through the real import, and a large firm for measuring."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from api.cli.terminal import Failed, notes, output, progress
from api.demo_data import large, telling
from api.demo_data.exports import Delivery, deliveries
from api.importing import ImportReport, import_files
from api.ops import Ledger, close_period, last_closed, now, open_book, open_ledger
from api.planning import adopt_plan
from api.sealing import seal_up
from api.settings import Settings
from domain.facts.governance import PeriodClosed
from domain.period import Period
from projections.late import closed_periods

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
FIRM = "惠康骨科"
PLANS = ("huikang-seller.yaml", "huikang-newcomer.yaml")
ADOPTS, APPROVES = "HK005", "HK001"
ACTOR = "meritbook demo"
LAST_CLOSED = Period.parse("2025-11")
_LAST = ("huikang/oa-confirmations", "QR2512-049-X#teamwork")
"""Source and key of a fact of the last delivery: where it stands, the year is loaded."""


class Chapter(NamedTuple):
    """What a month brought: its import and, unless it is still open, its close."""

    month: int
    report: ImportReport
    closed: PeriodClosed | None


def run_demo(settings: Settings, *, serve: bool, people: int | None = None, days: int | None = None) -> None:
    """Loads an example firm, says what happened, and serves it; what is loaded already is kept."""
    if days is not None and people is None:
        raise Failed(
            "--days is of a large firm.", "Say how large: meritbook demo --people 10000 --days 90.", 2
        )
    if people is None:
        _huikang(settings)
    else:
        settings = _large(settings, people, days or 90)
    if serve:
        from api.serve import run

        run(settings, on_ready=lambda address: notes().print(f"Serving on {address}; Ctrl-C stops it."))


def load(
    ledger: Ledger, folder: Path, on_month: Callable[[int], None] = lambda month: None
) -> Iterator[Chapter]:
    """The year of Huikang, month after month: what had arrived goes in, then the month is closed.

    Interrupted anywhere, it may be started again: what went in is known, what is closed stays closed.
    """
    open_book(ledger, name=FIRM, zone="Asia/Shanghai", currency="CNY", actor=ACTOR)
    for plan in PLANS:
        adopt_plan(ledger, EXAMPLES / "plans" / plan, adopted_by=ADOPTS, approver=APPROVES)
    for mapping in EXAMPLES.joinpath("huikang").glob("*.mapping.yaml"):
        shutil.copyfile(mapping, folder / mapping.name)
    for delivery in deliveries():
        on_month(delivery.month)
        files = _written(delivery, folder)
        report = import_files(ledger.intake, ledger.journal, files, actor=ACTOR, now=now())
        yield Chapter(delivery.month, report, _close(ledger, Period.parse(f"2025-{delivery.month:02}")))
    ledger.runner().catch_up()


def is_loaded(ledger: Ledger) -> bool:
    """Whether the whole year stands in the ledger.

    Raises: Failed when the ledger is another firm's.
    """
    opened = ledger.intake.opened()
    if opened is not None and opened.name != FIRM:
        raise Failed(
            f"The ledger {ledger.schema} in {ledger.settings.home} is that of {opened.name}.",
            "Give the example a place of its own: MERITBOOK_HOME=./demo meritbook demo.",
        )
    return ledger.journal.find(*_LAST) is not None


def _huikang(settings: Settings) -> None:
    folder = settings.home / "demo" / "huikang"
    with open_ledger(settings, prepare_it=True, on_wait=_waiting) as ledger:
        if is_loaded(ledger):
            notes().print(f"{FIRM} is loaded already; nothing is changed.")
        else:
            folder.mkdir(parents=True, exist_ok=True)
            with progress(f"a year of {FIRM}", 12) as reach:
                chapters = list(load(ledger, folder, lambda month: reach(month - 1)))
            with ledger.journal.cursor() as cursor:
                paid = {str(closed.period): closed.total_minor for closed in closed_periods(cursor, None)}
            telling.tell_year(output(), [(c.month, c.report, c.closed) for c in chapters], paid)
        seal_up(ledger)
        with ledger.pool.connection() as connection, connection.cursor() as cursor:
            telling.tell_late(output(), cursor)
        telling.tell_next(output(), settings, folder, _program())


def _large(settings: Settings, people: int, days: int) -> Settings:
    """Loads a firm of `people` into a ledger of its own; the settings for it."""
    chosen = msgspec.structs.replace(settings, ledger=f"large_{people}_{days}")
    with open_ledger(chosen, prepare_it=True, on_wait=_waiting) as ledger:
        if ledger.journal.find(large.SOURCE, large.LAST_KEY) is None:
            open_book(ledger, name=f"{people} people", zone="Asia/Shanghai", currency="CNY", actor=ACTOR)
            adopt_plan(ledger, EXAMPLES / "plans" / PLANS[0], adopted_by=ADOPTS, approver=APPROVES)
            with progress(f"{people:,} people, {days} days", large.facts_expected(people, days)) as reach:
                for batch in large.drafts(people, days, ACTOR):
                    reach(ledger.journal.append(batch, now=now())[-1].position)
        head = ledger.journal.head()
        with progress("read models", head) as reach:
            ledger.runner().catch_up(on_progress=reach)
        with progress("seal", head) as reach:
            seal_up(ledger, reach)
    output().print(f"{people:,} people and {head:,} facts stand in the ledger {chosen.ledger}.")
    output().print(f"Work on it with MERITBOOK_LEDGER={chosen.ledger}: {_program()} close 2025-01")
    return chosen


def _written(delivery: Delivery, folder: Path) -> list[Path]:
    paths = [folder / name for name in delivery.files]
    for path, content in zip(paths, delivery.files.values(), strict=True):
        path.write_bytes(content)
    return paths


def _close(ledger: Ledger, period: Period) -> PeriodClosed | None:
    before = last_closed(ledger)
    if period > LAST_CLOSED or (before is not None and period <= before):
        return None
    fact, _ = close_period(ledger, period, actor=ACTOR)
    return fact


def _program() -> str:
    """How this program is called from where the user is."""
    return "meritbook" if shutil.which("meritbook") else sys.argv[0]


def _waiting(message: str) -> None:
    notes().print(f"waiting: {message}")
