"""What the demo says: what each month brought, what came late, what to try next."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from psycopg import Cursor
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api import problem_words
from api.cli.terminal import language, say
from api.demo_data.firms import Firm
from api.importing import ImportReport
from api.settings import Settings
from domain.facts.governance import PeriodClosed
from domain.money import major_text

RETRO = """
select period, employee, about_period, sum(amount_minor)::bigint, currency
from statement_line
where about_period <> period
group by period, employee, about_period, currency
order by period, employee, about_period"""

SETTLED = """
select count(*), sum(statements)::bigint, sum(total_minor)::bigint, min(currency)
from closed_period"""


def tell_months(
    console: Console,
    title: str,
    chapters: Iterable[tuple[int, ImportReport, PeriodClosed | None]],
    paid_minor: Mapping[str, int],
) -> None:
    """A line a month, then every refused row with its reason. paid_minor: in each closed month."""
    told = list(chapters)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(say("demo.month"))
    for name in ("files", "rows", "stored", "known", "refused", "statements", "paid"):
        table.add_column(say(f"demo.{name}"), justify="right")
    for month, report, closed in told:
        files = report.files
        numbers = (
            len(files),
            sum(file.rows_read for file in files),
            sum(file.stored for file in files),
            sum(file.hits + file.repeated for file in files),
            sum(file.rows_refused for file in files),
        )
        paid = (
            (f"{closed.statements:,}", major_text(paid_minor[closed.period], closed.currency))
            if closed
            else (say("demo.open"), "")
        )
        table.add_row(f"2025-{month:02}", *(f"{number:,}" for number in numbers), *paid)
    console.print(table)
    verdicts = [file.reconciled for _, report, _ in told for file in report.files]
    console.print(say("demo.reconcile", good=verdicts.count(True), all=len(verdicts)) + "\n")
    console.print(f"[bold]{say('demo.refusals')}[/]{say('demo.refusals_rest')}")
    for _, report, _ in told:
        for file in report.files:
            for fault in file.faults:
                place = f"{fault.file}:{fault.line}" + (f" {fault.column}" if fault.column else "")
                shown = f" “{fault.value}”" if fault.value else ""
                console.print(
                    f"  {escape(place + shown)} {escape(problem_words.told(fault.detail, language()))}"
                )
    console.print()


def tell_late(console: Console, cursor: Cursor[Any]) -> None:
    """What became known after its month was closed, and when it was settled."""
    late = cursor.execute(RETRO).fetchall()
    months, statements, total_minor, currency = cursor.execute(SETTLED).fetchall()[0]
    table = Table(title=say("demo.late"), title_justify="left", box=None, pad_edge=False)
    for name in ("employee", "about", "paid_with"):
        table.add_column(say(f"demo.{name}"))
    table.add_column(say("demo.difference"), justify="right")
    for period, employee, about, amount_minor, unit in late:
        table.add_row(employee, about, period, f"{major_text(amount_minor, unit)} {unit}")
    console.print(table)
    total = major_text(total_minor, currency)
    told = {"months": months, "statements": f"{statements:,}", "total": f"{total} {currency}"}
    console.print(say("demo.total", **told) + "\n")


_TRY = {
    "huikang": (
        ("explain HK035 2025-03", "clients"),
        ("explain HK041 2025-07", "zero"),
        ("alerts --day 2025-10-12", "newcomer"),
        ("practices --stage contact", "practices"),
        ("payroll 2025-11 --format csv", "payroll"),
        ("import {folder}/crm_orders_2025-01.csv", "again"),
        ("replay --compare", "replay"),
    ),
    "hospital": (
        ("explain LJ0006 2025-10", "nurse"),
        ("explain LJ0010 2025-10", "unlicensed"),
        ("reminders --day 2025-11-09", "licences"),
        (
            "roster generate --branch ZB --department 骨科 --from 2025-11-10 --to 2025-11-23",
            "roster",
        ),
        ("payroll 2025-10 --format csv", "payroll"),
    ),
}
"""What to try with each firm, and why, as `cli.demo.why` says it; with and without the service."""


def tell_next(console: Console, settings: Settings, firm: Firm, folder: Path, program: str) -> None:
    """Things to try with a firm, and where its interface is."""
    address = f"http://{settings.host}:{settings.port}"
    ledger = "" if firm.ledger is None else f"MERITBOOK_LEDGER={firm.ledger} "
    console.print(
        f"[bold]{say('demo.try')}[/] "
        + say("demo.where", home=escape(str(settings.home)), folder=firm.folder)
    )
    things = [
        (f"{ledger}{program} {what.format(folder=folder)}", say(f"demo.why.{why}"))
        for what, why in _TRY[firm.folder]
    ]
    if firm.ledger is not None:
        things.append((f"{ledger}{program} serve --port 8001", say("demo.beside")))
    schema = say("demo.interface", program=program)
    for what, why in (*things, (f"{address}/interface", schema)):
        console.print(f"  {escape(what)}\n      [dim]{escape(why)}[/]")
