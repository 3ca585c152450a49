"""What the demo says: what each month brought, what came late, what to try next."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from psycopg import Cursor
from rich.console import Console
from rich.markup import escape
from rich.table import Table

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
    table.add_column("month")
    for name in ("files", "rows", "new facts", "known", "refused rows", "statements", "paid"):
        table.add_column(name, justify="right")
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
            else ("open", "")
        )
        table.add_row(f"2025-{month:02}", *(f"{number:,}" for number in numbers), *paid)
    console.print(table)
    verdicts = [file.reconciled for _, report, _ in told for file in report.files]
    console.print(f"{verdicts.count(True)} of {len(verdicts)} files reconcile with the ledger.\n")
    console.print("[bold]Rows that were refused[/], each with its reason; all others went in:")
    for _, report, _ in told:
        for file in report.files:
            for fault in file.faults:
                place = f"{fault.file}:{fault.line}" + (f" {fault.column}" if fault.column else "")
                shown = f" “{fault.value}”" if fault.value else ""
                console.print(f"  {escape(place + shown)} {escape(fault.detail)}")
    console.print()


def tell_late(console: Console, cursor: Cursor[Any]) -> None:
    """What became known after its month was closed, and when it was settled."""
    late = cursor.execute(RETRO).fetchall()
    months, statements, total_minor, currency = cursor.execute(SETTLED).fetchall()[0]
    table = Table(title="Settled later", title_justify="left", box=None, pad_edge=False)
    for name in ("employee", "about", "paid with"):
        table.add_column(name)
    table.add_column("difference", justify="right")
    for period, employee, about, amount_minor, unit in late:
        table.add_row(employee, about, period, f"{major_text(amount_minor, unit)} {unit}")
    console.print(table)
    total = major_text(total_minor, currency)
    console.print(f"{months} months closed, {statements:,} statements, {total} {currency} in all.\n")


_TRY = {
    "huikang": (
        ("explain HK035 2025-03", "600.00 of it: 10 new clients and two points, to the facts behind them"),
        ("explain HK041 2025-07", "what a zero too many in May cost in July"),
        ("alerts --day 2025-10-12", "a newcomer under stress who lags in training, with the numbers"),
        ("practices --stage contact", "what others do at that stage, with what was measured since"),
        ("payroll 2025-11 --format csv", "what payroll pays"),
        ("import {folder}/crm_orders_2025-01.csv", "the same file again: nothing changes"),
        ("replay --compare", "everything computed again from the first fact, and compared"),
    ),
    "hospital": (
        ("explain LJ0006 2025-10", "a ward nurse's month: infusions, hours, nights, ratings"),
        ("explain LJ0010 2025-10", "work on days without a valid licence is named, and not paid"),
        ("reminders --day 2025-11-09", "licences that expire"),
        (
            "roster generate --branch ZB --department 骨科 --from 2025-11-10 --to 2025-11-23",
            "a ward's next roster, searched for from needs, wishes and rules",
        ),
        ("payroll 2025-10 --format csv", "what payroll pays"),
    ),
}
"""What to try with each firm; all of it works while the service runs, and without it."""


def tell_next(console: Console, settings: Settings, firm: Firm, folder: Path, program: str) -> None:
    """Things to try with a firm, and where its interface is."""
    address = f"http://{settings.host}:{settings.port}"
    ledger = "" if firm.ledger is None else f"MERITBOOK_LEDGER={firm.ledger} "
    console.print(
        f"[bold]Try[/] (MERITBOOK_HOME={escape(str(settings.home))}, the files are in demo/{firm.folder}):"
    )
    things = [(f"{ledger}{program} {what.format(folder=folder)}", why) for what, why in _TRY[firm.folder]]
    if firm.ledger is not None:
        things.append((f"{ledger}{program} serve --port 8001", "this ledger, beside the other"))
    schema = f"the HTTP interface; {program} token --role auditor gives a token"
    for what, why in (*things, (f"{address}/interface", schema)):
        console.print(f"  {escape(what)}\n      [dim]{escape(why)}[/]")
