"""Commands about cold storage: partitions of the journal in files, out of the database, and back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import FAILED, Json, notes, print_json, progress, rows, settings

if TYPE_CHECKING:
    from api.cold_storage import Partition

app = typer.Typer(no_args_is_help=True)

Numbers = Annotated[list[int], typer.Argument(metavar="NUMBER...", help="Which; see meritbook cold list.")]


@app.command("list", epilog="Example: meritbook cold list --check")
def list_(
    check: Annotated[
        bool, typer.Option("--check", help="Hold each record of the files against seal and signature.")
    ] = False,
    json: Json = False,
) -> None:
    """List the partitions of the journal, which of them have a file, and which stand in it alone.

    Exit status 1 where a file that was checked is missing or altered.
    """
    from api.cold_storage import checked, partitions
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        if check:
            with progress("checking", ledger.journal.head(), json) as reach:
                found = checked(ledger, reach)
        else:
            found = partitions(ledger)
    _tell(found, json)
    problems = [each.problem for each in found if each.problem]
    if not json:
        for problem in problems:
            notes().print(problem, soft_wrap=True)
    if problems:
        raise typer.Exit(FAILED)


@app.command(epilog="Example: meritbook cold store --to /srv/cold")
def store(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="NUMBER...", help="Which; all that are ready if absent.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Directory of the files; cold/LEDGER in the home if absent.")
    ] = None,
    json: Json = False,
) -> None:
    """Write partitions that are full and sealed to Parquet files, and read them back against the seal.

    The facts stay in the database as well, until meritbook cold drop.
    """
    from api.cold_storage import default_place, partitions
    from api.cold_storage import store as write
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        size = sum(
            2 * (each.last - each.first + 1)
            for each in partitions(ledger)
            if (each.number in numbers if numbers else each.state == "ready")
        )
        with progress("writing and checking", size, json) as reach:
            found = write(ledger, to or default_place(ledger), numbers or (), reach)
    _tell(found, json)
    if not found:
        notes().print("No partition is full and sealed and without a file.")


@app.command(epilog="Example: meritbook cold drop 1 2")
def drop(numbers: Numbers, json: Json = False) -> None:
    """Take the bulk of stored partitions out of the database; from then on it is read from their files.

    Nothing is lost: facts are found, paid, explained, voided, proven, exported and replayed as before.
    """
    from api.cold_storage import drop as take_out
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        found = take_out(ledger, numbers)
    _tell(found, json)
    notes().print("Keep the files, and a copy of them: they are part of the ledger now.")


@app.command(epilog="Example: meritbook cold restore 2")
def restore(numbers: Numbers, json: Json = False) -> None:
    """Bring dropped partitions back into the database, each record checked; the files stay."""
    from api.cold_storage import bring_back
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger, progress("bringing back", None, json) as reach:
        found = bring_back(ledger, numbers, reach)
    _tell(found, json)


@app.command(epilog="Example: meritbook cold moved /mnt/new/cold")
def moved(
    directory: Annotated[Path, typer.Argument(help="Where the files are now.")], json: Json = False
) -> None:
    """Note that the files are in another directory now; each must be there as it was written."""
    from api.cold_storage import moved as note
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        found = note(ledger, directory)
    _tell(found, json)


def _tell(found: "list[Partition]", json: bool) -> None:
    if json:
        print_json(found)
        return
    columns = {"number": "right", "first": "right", "last": "right", "state": "left", "file": "left"}
    lines = [[f"{x.number}", f"{x.first:,}", f"{x.last:,}", x.state, x.file or ""] for x in found]
    rows(columns, lines)
