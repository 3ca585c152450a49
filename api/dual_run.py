"""A dual run: what another system pays for a month beside what this ledger pays, person by person."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from api.importing.csv_table import CsvTable
from api.importing.rows import BadRow, Unusable
from domain.money import minor_units
from projections.payroll import PayrollRun


class PayDifference(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whom the two pay differently; None where one of them does not know the person."""

    employee: str
    theirs_minor: int | None
    ours_minor: int | None


class DualRun(msgspec.Struct, frozen=True, kw_only=True):
    """Both results of a month. equal: how many people are paid the same by both."""

    period: str
    currency: str
    equal: int
    theirs_minor: int
    ours_minor: int
    differences: list[PayDifference]


def dual_run(run: PayrollRun, file: Path, employee: str, amount: str, currency: str) -> DualRun:
    """Compares `run` with a CSV of the other system.

    employee, amount: the columns of the id and of the pay in major units; rows of one person add up.
    Raises: Unusable naming the line.
    """
    theirs = _read(file, employee, amount, currency)
    ours = {total.employee: total.amount_minor for total in run.totals}
    everybody = sorted(theirs.keys() | ours.keys())
    differences = [
        PayDifference(employee=who, theirs_minor=theirs.get(who), ours_minor=ours.get(who))
        for who in everybody
        if theirs.get(who) != ours.get(who)
    ]
    return DualRun(
        period=run.period,
        currency=currency,
        equal=len(everybody) - len(differences),
        theirs_minor=sum(theirs.values()),
        ours_minor=sum(ours.values()),
        differences=differences,
    )


def _read(file: Path, employee: str, amount: str, currency: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    try:
        with file.open("rb") as opened:
            table = CsvTable(opened, file, encoding=None, delimiter=None, header_row=1)
            for name in (employee, amount):
                if name not in table.columns:
                    raise Unusable(
                        file, f"It has no column {name!r}.", f"It has: {', '.join(table.columns)}."
                    )
            for row in table.rows():
                if isinstance(row, BadRow):
                    raise Unusable(file, f"Line {row.line}: {row.detail}", row.remedy)
                who, paid = str(row.cells[employee]).strip(), str(row.cells[amount])
                try:
                    found[who] = found.get(who, 0) + minor_units(paid, currency)
                except ValueError as error:
                    raise Unusable(file, f"Line {row.line}: {error}.", "Write it as 1234.50.") from None
    except OSError as error:
        raise Unusable(file, f"It cannot be read: {error.strerror}.", "Check the name.") from None
    return found
