"""Source and ledger side by side, for people."""

from rich.table import Table

from api.importing.report import Balance, ImportReport, Sum
from domain.money import CURRENCIES, major_text


def balances(report: ImportReport) -> Table:
    """What the source has, and where it went: facts of each type and, where they bear money, its sum."""
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    table.title = "source = refused + repeated + ledger"
    table.add_column("fact", no_wrap=True)
    for name in ("in", "source", "refused", "repeated", "ledger"):
        table.add_column(name, justify="right")
    for whole in _over_all_files(report):
        sums = (whole.source, whole.refused, whole.repeated, whole.ledger)
        table.add_row(whole.type, "facts", *(f"{part.facts:,}" for part in sums))
        if whole.currency in CURRENCIES:
            amounts = (major_text(part.amount_minor, whole.currency) for part in sums)
            table.add_row("", whole.currency, *amounts)
    return table


def _over_all_files(report: ImportReport) -> list[Balance]:
    wholes: dict[tuple[str, str], Balance] = {}
    for file in report.files:
        for part in file.balances:
            key = part.type, part.currency
            whole = wholes.setdefault(key, Balance(type=part.type, currency=part.currency))
            whole.source = _plus(whole.source, part.source)
            whole.refused = _plus(whole.refused, part.refused)
            whole.repeated = _plus(whole.repeated, part.repeated)
            whole.ledger = _plus(whole.ledger, part.ledger)
    return [wholes[key] for key in sorted(wholes)]


def _plus(one: Sum, other: Sum) -> Sum:
    return Sum(facts=one.facts + other.facts, amount_minor=one.amount_minor + other.amount_minor)
