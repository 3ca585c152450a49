"""An import report for people: one table of files, one of balances, one of faults."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from api.importing.report import Balance, FileReport, ImportReport, Sum
from domain.money import CURRENCIES, major_text

MAX_SHOWN = 20
_MODES = {
    "stored": "",
    "dry-run": "Nothing was stored: this was a dry run.",
    "withheld": "Nothing was stored: a row was refused, and all were to go in or none.",
}


def shown(report: ImportReport, faults: int = MAX_SHOWN) -> RenderableType:
    """The report as tables. faults: how many are told of each file."""
    parts: list[RenderableType] = [_files(report)]
    if report.mode == "stored":
        parts.append(_balances(report))
    if any(file.faults for file in report.files):
        parts.append(_faults(report, faults))
    notes = [note for file in report.files for note in _notes(file, faults)]
    if _MODES[report.mode]:
        notes.append(_MODES[report.mode])
    return Group(*parts, *(Text(note) for note in notes))


def _files(report: ImportReport) -> Table:
    table = Table(title="Files", title_justify="left")
    table.add_column("file", overflow="fold")
    for name in ("rows", "passed over", "refused", "facts", "new", "known", "repeated"):
        table.add_column(name, justify="right")
    table.add_column("reconciled")
    for file in report.files:
        numbers = (
            file.rows_read,
            file.rows_passed_over,
            file.rows_refused,
            file.facts_made,
            file.stored,
            file.hits,
            file.repeated,
        )
        table.add_row(Path(file.file).name, *(f"{number:,}" for number in numbers), _verdict(file))
    return table


def _verdict(file: FileReport) -> str:
    if file.broke_off:
        return "broke off"
    return {True: "yes", False: "NO", None: "–"}[file.reconciled]


def _balances(report: ImportReport) -> Table:
    table = Table(title="Source = refused + repeated + ledger", title_justify="left")
    table.add_column("file", overflow="fold")
    table.add_column("fact")
    for name in ("source", "refused", "repeated", "ledger"):
        table.add_column(name, justify="right")
    for file in report.files:
        for balance in file.balances:
            sums = (balance.source, balance.refused, balance.repeated, balance.ledger)
            table.add_row(Path(file.file).name, balance.type, *(_sum(balance, amount) for amount in sums))
    return table


def _sum(balance: Balance, amount: Sum) -> str:
    if balance.currency not in CURRENCIES:
        return f"{amount.facts:,}"
    return f"{amount.facts:,} / {major_text(amount.amount_minor, balance.currency)} {balance.currency}"


def _faults(report: ImportReport, limit: int) -> Table:
    table = Table(title="Refused rows", title_justify="left")
    table.add_column("file:line", overflow="fold")
    for name in ("column", "value", "why", "remedy"):
        table.add_column(name, overflow="fold")
    for file in report.files:
        for fault in file.faults[:limit]:
            cells = (f"{fault.file}:{fault.line}", fault.column, fault.value, fault.detail, fault.remedy)
            table.add_row(*(Text(cell) for cell in cells))
    return table


def _notes(file: FileReport, limit: int) -> Iterator[str]:
    name = Path(file.file).name
    more = len(file.faults) - limit + file.faults_left_out
    if more > 0:
        yield f"{name}: {more:,} more refusals; the JSON report has the first {len(file.faults):,}."
    if file.broke_off:
        yield f"{name} broke off: {file.broke_off}"
    if file.contradictions:
        yield f"{name}: {file.contradictions:,} rows contradict what the ledger holds under their keys."
