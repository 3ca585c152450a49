"""Commands of whoever proves or checks: exports, their verification, receipts."""

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import FAILED, USAGE, Failed, Json, notes, output, print_json, progress, settings
from api.cli.tracing import Trace

app = typer.Typer()

Checkpoints = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", help="A checkpoint that you kept, or a directory of them; may be repeated."),
]
Keys = Annotated[
    list[str] | None,
    typer.Option("--key", help="Verifier key of the log, or of a witness, that you were given; repeatable."),
]


@app.command(epilog="Example: meritbook export audit-2025")
def export(
    directory: Annotated[Path, typer.Argument(help="New, or an older export, which is replaced.")],
    upto: Annotated[
        int | None, typer.Option(min=1, help="End with the last checkpoint at or before this position.")
    ] = None,
    json: Json = False,
) -> None:
    """Write all that is needed to verify the ledger without us: records, tiles, checkpoints, plans."""
    from api.exporting import ExportRefused
    from api.exporting import export as write
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        ledger.opened()
        with progress("writing", upto or ledger.journal.head(), json) as reach:
            try:
                done = write(ledger, directory, upto=upto, on_progress=reach)
            except ExportRefused as refused:
                raise Failed(refused.detail, refused.remedy) from None
        # Afterwards: one more fact would hide that the journal has lost its last ones.
        Trace(ledger)("export")
    if json:
        print_json(done)
    else:
        output().print(
            f"{done.directory}: {done.records} records, {done.checkpoints} checkpoints, {done.plans} plans, "
            f"{done.statements} statements of {done.origin}."
        )
        output().print(f"Check it with: meritbook verify {done.directory}")
    for warning in done.warnings:
        notes().print(f"[yellow]warning:[/] {warning}")
    if done.warnings:
        raise typer.Exit(FAILED)


@app.command(epilog="Example: meritbook verify audit-2025 --checkpoint kept/ --key NAME+ID+KEY")
def verify(
    path: Annotated[Path, typer.Argument(help="An export, or a receipt.")],
    checkpoint: Checkpoints = None,
    key: Keys = None,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Also that no source and key occurs twice; takes memory.")
    ] = False,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Also compute every closed statement from the records.")
    ] = False,
    json: Json = False,
) -> None:
    """Verify an export or a receipt, with no ledger; names the first bad position and exits with 1."""
    from api.verify import Unreadable, told
    from api.verify import verify as judge

    with ExitStack() as stack:
        try:
            reach = stack.enter_context(progress("verifying", _records(path), json))
            verdict = judge(path, checkpoint or (), key or (), thorough=thorough, on_records=reach)
            if recompute and path.is_dir():
                from api.refolding import refold

                stack.enter_context(progress("recomputing", None, json))
                refold(path, verdict)
        except Unreadable as unreadable:
            raise Failed(str(unreadable), "Name an export or a receipt.", USAGE) from None
    if json:
        print_json(asdict(verdict))
    else:
        for line in told(verdict):
            output().print(line, markup=False)
    if not verdict.valid:
        raise typer.Exit(FAILED)


@app.command(epilog="Example: meritbook receipt E1007 2025-03 --output E1007-2025-03.json")
def receipt(
    employee: Annotated[str, typer.Argument(help="Id of a person.")],
    period: Annotated[str, typer.Argument(help="A closed month, such as 2025-03.", metavar="PERIOD")],
    output_: Annotated[
        Path | None, typer.Option("--output", help="A file; standard output if absent.")
    ] = None,
) -> None:
    """Write one file that proves a closed statement and every fact behind it, and shows nobody else's."""
    import sys

    from api import receipts
    from api.ops import open_ledger
    from api.reading import month
    from domain.refusals import BadField

    try:
        asked = month(period)
    except BadField as bad:
        raise Failed(bad.detail, bad.remedy, USAGE) from None
    with open_ledger(settings()) as ledger:
        ledger.opened()
        ledger.runner().catch_up()
        with ledger.pool.connection() as connection, connection.cursor() as cursor:
            content = receipts.receipt_file(receipts.receipt(cursor, employee, asked))
        Trace(ledger)("receipt", employee=employee)
    if output_ is None:
        sys.stdout.buffer.write(content)
        return
    output_.write_bytes(content)
    notes().print(f"Written to {output_}. Check it with: meritbook verify {output_}")


def _records(path: Path) -> int | None:
    """How many records there should be, for the bar; None when that is not to be had."""
    import msgspec

    try:
        found = msgspec.json.decode((path / "manifest.json").read_bytes())
        return int(found["last_position"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
