"""The example firms, Huikang and a hospital, through the real import, and a large firm for measuring."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from api.banks import publish_bank
from api.cli.terminal import Failed, notes, output, progress, say
from api.connectors.documents import set_connector
from api.demo_data import large, telling
from api.demo_data.firms import FIRMS, HOSPITAL, HUIKANG, Firm
from api.demo_data.sheets import Delivery
from api.importing import ImportReport, import_files
from api.ops import Ledger, close_period, last_closed, now, open_book, open_ledger
from api.planning import adopt_plan
from api.sealing import seal_up
from api.settings import Settings
from domain.facts.governance import PeriodClosed
from domain.period import Period
from projections.late import closed_periods

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ACTOR = "meritbook demo"


class Chapter(NamedTuple):
    """What a month brought: its import and, unless it is still open, its close."""

    month: int
    report: ImportReport
    closed: PeriodClosed | None


def run_demo(
    settings: Settings,
    *,
    serve: bool,
    firm: str | None = None,
    people: int | None = None,
    days: int | None = None,
) -> None:
    """Loads the example firms, says what happened, and serves one; what is loaded already is kept.

    firm: that one only; absent, both, each into a ledger of its own, and Huikang is served.
    """
    if days is not None and people is None:
        raise Failed(
            "--days is of a large firm.", "Say how large: meritbook demo --people 10000 --days 90.", 2
        )
    if firm is not None and (people is not None or firm not in FIRMS):
        raise Failed(
            "--firm is for one of the example firms.", f"Say {' or '.join(FIRMS)}, without --people.", 2
        )
    if people is not None:
        settings = _large(settings, people, days or 90)
    else:
        firms = (HOSPITAL, HUIKANG) if firm is None else (FIRMS[firm],)
        *_, settings = [_example(settings, each) for each in firms]
    if serve:
        from api.serve import run

        run(settings, on_ready=lambda address: notes().print(say("demo.serving", address=address)))


def load(
    ledger: Ledger, firm: Firm, folder: Path, on_chapter: Callable[[int], None] = lambda number: None
) -> Iterator[Chapter]:
    """What a firm tells, month after month: what had arrived goes in, then the month is closed.

    Interrupted anywhere, it may be started again: what went in is known, what is closed stays closed.
    """
    open_book(ledger, name=firm.name, zone="Asia/Shanghai", currency="CNY", actor=ACTOR)
    for plan in firm.plans:
        adopt_plan(ledger, EXAMPLES / "plans" / plan, adopted_by=firm.adopts, approver=firm.approves)
    for mapping in EXAMPLES.joinpath(firm.folder).glob("*.mapping.yaml"):
        shutil.copyfile(mapping, folder / mapping.name)
    for number, delivery in enumerate(firm.deliveries()):
        on_chapter(number)
        files = _written(delivery, folder)
        report = import_files(ledger.intake, ledger.journal, files, actor=ACTOR, now=now())
        yield Chapter(delivery.month, report, _close(ledger, firm, Period.parse(f"2025-{delivery.month:02}")))
    for name, file in firm.connectors:
        set_connector(ledger, name, EXAMPLES / "connectors" / file, actor=firm.adopts, reason=None)
    for bank in firm.banks:
        publish_bank(ledger, EXAMPLES / "banks" / bank, actor=firm.adopts)
    ledger.runner().catch_up()


def is_loaded(ledger: Ledger, firm: Firm) -> bool:
    """Whether all that `firm` tells stands in the ledger.

    Raises: Failed when the ledger is another firm's.
    """
    opened = ledger.intake.opened()
    if opened is not None and opened.name != firm.name:
        raise Failed(
            f"The ledger {ledger.schema} in {ledger.settings.home} is that of {opened.name}.",
            "Give the example a place of its own: MERITBOOK_HOME=./demo meritbook demo.",
        )
    return ledger.journal.find(*firm.last) is not None


def _example(settings: Settings, firm: Firm) -> Settings:
    """Loads `firm` into its ledger; the settings for it."""
    chosen = settings if firm.ledger is None else msgspec.structs.replace(settings, ledger=firm.ledger)
    folder = settings.home / "demo" / firm.folder
    with open_ledger(chosen, prepare_it=True, on_wait=_waiting) as ledger:
        if is_loaded(ledger, firm):
            notes().print(say("demo.loaded", firm=firm.name))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            with progress(firm.name, firm.months) as reach:
                chapters = list(load(ledger, firm, folder, reach))
            with ledger.journal.cursor() as cursor:
                paid = {str(closed.period): closed.total_minor for closed in closed_periods(cursor, None)}
            told = [(c.month, c.report, c.closed) for c in chapters]
            telling.tell_months(output(), say(f"demo.{firm.folder}"), told, paid)
        seal_up(ledger)
        with ledger.pool.connection() as connection, connection.cursor() as cursor:
            telling.tell_late(output(), cursor)
        telling.tell_next(output(), chosen, firm, folder, _program())
    return chosen


def _large(settings: Settings, people: int, days: int) -> Settings:
    """Loads a firm of `people` into a ledger of its own; the settings for it."""
    chosen = msgspec.structs.replace(settings, ledger=f"large_{people}_{days}")
    with open_ledger(chosen, prepare_it=True, on_wait=_waiting) as ledger:
        if ledger.journal.find(large.SOURCE, large.LAST_KEY) is None:
            open_book(ledger, name=f"{people} people", zone="Asia/Shanghai", currency="CNY", actor=ACTOR)
            adopt_plan(
                ledger,
                EXAMPLES / "plans" / HUIKANG.plans[0],
                adopted_by=HUIKANG.adopts,
                approver=HUIKANG.approves,
            )
            with progress(f"{people:,} people, {days} days", large.facts_expected(people, days)) as reach:
                for batch in large.drafts(people, days, ACTOR):
                    reach(ledger.journal.append(batch, now=now())[-1].position)
        head = ledger.journal.head()
        with progress("read models", head) as reach:
            ledger.runner().catch_up(on_progress=reach)
        with progress("seal", head) as reach:
            seal_up(ledger, reach)
    output().print(f"{people:,} people and {head:,} facts stand in the ledger {chosen.ledger}.")
    alone = f"MERITBOOK_LEDGER={chosen.ledger} MERITBOOK_CLOSING_PERSONS=1"
    output().print(f"Work on it with {alone} {_program()} close 2025-01")
    return chosen


def _written(delivery: Delivery, folder: Path) -> list[Path]:
    paths = [folder / name for name in delivery.files]
    for path, content in zip(paths, delivery.files.values(), strict=True):
        path.write_bytes(content)
    return paths


def _close(ledger: Ledger, firm: Firm, period: Period) -> PeriodClosed | None:
    before = last_closed(ledger)
    if period > firm.last_closed or (before is not None and period <= before):
        return None
    fact, _ = close_period(ledger, period, actor=ACTOR)
    return fact


def _program() -> str:
    """How this program is called from where the user is."""
    return "meritbook" if shutil.which("meritbook") else sys.argv[0]


def _waiting(message: str) -> None:
    notes().print(f"waiting: {message}")
