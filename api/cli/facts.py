"""Commands about facts: bringing them in, and recomputing everything from them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import Json, notes, print_json, progress, rows, settings

if TYPE_CHECKING:
    from api.importing import ImportReport, Progress

app = typer.Typer()

SHOWN_FAULTS = 20


def show_import(report: "ImportReport") -> None:
    """Prints what an import did, file by file, and what it could not take."""
    from rich.markup import escape

    headings = {"file": "left"} | dict.fromkeys(("rows", "stored", "known", "refused", "reconciled"), "right")
    found = [
        [
            Path(file.file).name,
            file.rows_read,
            file.stored,
            file.hits,
            file.rows_refused,
            _reconciled(file.reconciled),
        ]
        for file in report.files
    ]
    rows(
        headings,
        found,
        title={"stored": None, "dry-run": "Tried only; nothing is stored."}.get(
            report.mode, "Withheld: one row was refused, so nothing is stored."
        ),
    )
    for file in report.files:
        shown = file.faults[:SHOWN_FAULTS]
        for fault in shown:
            place = ", ".join(part for part in (f"line {fault.line}", fault.column, fault.field) if part)
            value = f" ({fault.value})" if fault.value else ""
            notes().print(
                escape(f"{Path(fault.file).name}, {place}{value}: {fault.detail} {fault.remedy}"),
                soft_wrap=True,
            )
        more = len(file.faults) + file.faults_left_out - len(shown)
        if more:
            notes().print(f"{Path(file.file).name}: {more} more; --json lists them.")
        if file.broke_off:
            notes().print(escape(f"{Path(file.file).name}: {file.broke_off}"), soft_wrap=True)


def _reconciled(reconciled: bool | None) -> str:
    return "" if reconciled is None else "yes" if reconciled else "NO"


def _teller(reach: Callable[[float], None]) -> "Callable[[Progress], None]":
    """What tells the bar how many files are in: whole ones and the share of the one under way."""
    whole: set[Path] = set()

    def tell(progress: "Progress") -> None:
        reach(len(whole - {progress.file}) + progress.share)
        if progress.share >= 1:
            whole.add(progress.file)

    return tell


@app.command("import", epilog="Example: meritbook import hr.csv crm-orders.csv visits.xlsx --dry-run")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX or NDJSON, in any order.")],
    mapping: Annotated[
        Path | None, typer.Option(help="Mapping for all files; else the one beside each that fits its name.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything and store nothing.")] = False,
    atomic: Annotated[bool, typer.Option("--atomic", help="One bad row withholds all files.")] = False,
    json: Json = False,
) -> None:
    """Write the rows of a firm's files as facts; a second import of the same file changes nothing."""
    from api.importing import import_files
    from api.ops import now, open_ledger

    with open_ledger(settings()) as ledger, progress("importing", len(files), quiet=json) as reach:
        ledger.opened()
        report = import_files(
            ledger.intake,
            ledger.journal,
            files,
            actor="meritbook import",
            now=now(),
            mapping=mapping,
            dry_run=dry_run,
            atomic=atomic,
            on_progress=_teller(reach),
        )
    if json:
        print_json(report)
    else:
        show_import(report)
    raise typer.Exit(report.exit_status)


@app.command(epilog="Example: meritbook replay --compare")
def replay(
    known_at: Annotated[
        str | None, typer.Option(help="Position, or instant with zone, up to which the journal is folded.")
    ] = None,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="Compare every row with the live read models; exit status 1 if any differs."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Recompute all read models from the facts, in a schema beside the live ones."""


@app.command(epilog="Example: meritbook rebuild standings")
def rebuild(
    name: Annotated[str | None, typer.Argument(help="A read model; all of them if absent.")] = None,
    json: Json = False,
) -> None:
    """Build read models anew from the first fact, beside the old ones, and switch."""
