"""Commands about facts: bringing them in, and recomputing everything from them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import Failed, Json, Language, notes, output, print_json, progress, rows, settings

if TYPE_CHECKING:
    from api.importing import ImportReport, Progress
    from projections.compare import Difference
    from projections.replay import Replayed

app = typer.Typer()

SHOWN_FAULTS = 20


def show_import(report: "ImportReport", lang: Language) -> None:
    """Prints what an import did, file by file, and what it could not take, with the reasons in `lang`."""
    from rich.markup import escape

    from api.importing.showing import balances
    from api.pages import words
    from api.problem_words import told

    def spoken(key: str, **values: object) -> str:
        return words.told(lang, f"cli.import.{key}", values)

    numbers = ("rows", "stored", "known", "refused", "reconciled")
    headings = {spoken("file"): "left"} | {spoken(each): "right" for each in numbers}
    found = [
        [
            Path(file.file).name,
            file.rows_read,
            file.stored,
            file.hits,
            file.rows_refused,
            "" if file.reconciled is None else spoken("good" if file.reconciled else "bad"),
        ]
        for file in report.files
    ]
    rows(
        headings,
        found,
        title={"stored": None, "dry-run": spoken("tried")}.get(report.mode, spoken("withheld")),
    )
    if report.mode == "stored":
        output().print(balances(report))
    for file in report.files:
        shown = file.faults[:SHOWN_FAULTS]
        for fault in shown:
            place = ", ".join(
                part for part in (spoken("line", n=fault.line), fault.column, fault.field) if part
            )
            value = f" ({fault.value})" if fault.value else ""
            why = f"{told(fault.detail, lang)} {told(fault.remedy, lang)}"
            notes().print(escape(f"{Path(fault.file).name}, {place}{value}: {why}"), soft_wrap=True)
        more = len(file.faults) + file.faults_left_out - len(shown)
        if more:
            notes().print(f"{Path(file.file).name}: {spoken('more', n=more)}")
        if file.broke_off:
            notes().print(escape(f"{Path(file.file).name}: {told(file.broke_off, lang)}"), soft_wrap=True)


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
    lang: Language = "en",
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
        show_import(report, lang)
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
    """Recompute all read models from the facts, beside the live ones, as they are or as they once were."""
    from api.ops import open_ledger
    from api.reading import known_position
    from projections.replay import replay as recompute

    with open_ledger(settings()) as ledger:
        ledger.opened()
        if compare:
            ledger.runner().catch_up()
        with ledger.journal.cursor() as cursor:
            upto = known_position(cursor, known_at)
        with progress("replaying", upto or ledger.journal.head(), json) as reach:
            done = recompute(ledger.owner_dsn, ledger.schema, upto, and_compare=compare, on_progress=reach)
    difference = done.compared.difference if done.compared else None
    verdicts = _verdicts(done)
    if json:
        print_json(
            {
                "position": done.position,
                "rows": done.rows,
                "compared": compare,
                "tables": verdicts,
                "difference": _told(difference),
            }
        )
    else:
        found = [[table, count, verdicts.get(table)] for table, count in done.rows.items()]
        rows({"table": "left", "rows": "right", "live rows": "left"}, found)
        output().print(f"Recomputed from the facts up to position {done.position}.")
        if compare and difference is None:
            unchecked = done.compared.unchecked if done.compared else ()
            but = f", but for {', '.join(unchecked)}, which tell nothing about the past" if unchecked else ""
            output().print(f"Every row equals the live one as known at position {done.position}{but}.")
    if difference is not None:
        raise Failed(f"The live read models differ: {difference}", "Rebuild them: meritbook rebuild.")


@app.command(epilog="Example: meritbook rebuild standings")
def rebuild(
    name: Annotated[str | None, typer.Argument(help="A read model; all of them if absent.")] = None,
    json: Json = False,
) -> None:
    """Build read models anew from the first fact, beside the old ones, and switch."""
    from api.ops import open_ledger
    from projections.replay import rebuild as build_anew

    with open_ledger(settings()) as ledger, progress("rebuilding", ledger.journal.head(), json) as reach:
        ledger.opened()
        names = [name] if name else []
        done = build_anew(ledger.owner_dsn, ledger.schema, names, on_progress=reach)
    if json:
        print_json({"position": done.position, "names": done.names, "difference": _told(done.difference)})
        return
    output().print(f"Built anew up to position {done.position}: {', '.join(done.names)}.")
    if done.difference is not None:
        notes().print(f"The old rows differed: {done.difference}")


def _verdicts(done: "Replayed") -> dict[str, str]:
    """What came of comparing each table, in their order; nothing where nothing was compared."""
    if done.compared is None:
        return {}
    difference, unchecked = done.compared
    verdicts: dict[str, str] = {}
    for table in done.rows:
        if difference is not None and difference.table in verdicts:
            verdicts[table] = "not reached"
        elif table in unchecked:
            verdicts[table] = "tell nothing about the past"
        else:
            verdicts[table] = "differ" if difference and difference.table == table else "equal"
    return verdicts


def _told(difference: "Difference | None") -> dict[str, str | None] | None:
    return difference._asdict() if difference else None
