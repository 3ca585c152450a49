"""Commands of whoever keeps copies: a backup, and bringing one back."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import FAILED, Json, notes, output, print_json, progress, settings

app = typer.Typer()

Kept = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", exists=True, help="A checkpoint that you kept elsewhere; may be repeated."),
]


@app.command(epilog="Example: meritbook backup /var/backups/meritbook --keep 14")
def backup(
    directory: Annotated[Path, typer.Argument(help="Where backups are; each gets a directory of its own.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="So many stay, this one among them; older ones are removed.")
    ] = None,
    json: Json = False,
) -> None:
    """Write a backup of the ledger, whole or not at all, while the service goes on."""
    from api.backup import back_up
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        ledger.opened()
        place, made = back_up(ledger, directory, keep=keep)
    if json:
        print_json({"directory": str(place), "position": made.position, "bytes": made.bytes})
        return
    output().print(
        f"{place}: {made.position} facts, {made.bytes:,} bytes. Bring it back with meritbook restore."
    )
    notes().print(
        f"Keep apart from it what else {settings().home} holds: without the master key nobody's name comes "
        "back, without seal/ an old backup is not known for one.",
        soft_wrap=True,
    )


@app.command(epilog="Example: meritbook restore /var/backups/meritbook/main-20251201T020000Z")
def restore(
    directory: Annotated[Path, typer.Argument(help="One backup.")],
    checkpoint: Kept = None,
    json: Json = False,
) -> None:
    """Bring a ledger back from a backup and hold every record against what was signed.

    Exit status 1, too, where facts are missing that were signed: the backup is older than the seal.
    """
    from api.backup import bring_back, read_backup
    from api.embedded import EmbeddedPostgres
    from api.ops import prepare

    chosen = settings()
    position = read_backup(directory).position
    with ExitStack() as stack:
        if chosen.database_url is None:
            owner_dsn = stack.enter_context(EmbeddedPostgres(chosen.home)).dsn
        else:
            owner_dsn = chosen.owner_url or chosen.database_url
        with progress("checking", position, json) as reach:
            done = bring_back(chosen, owner_dsn, directory, kept=checkpoint or [], on_progress=reach)
        prepare(owner_dsn, chosen.ledger)
    if json:
        print_json(done)
    else:
        output().print(
            f"The ledger {done.ledger} is back with {done.position} facts; "
            f"{done.checked} are those that were signed."
        )
    if done.missing:
        notes().print(
            f"[bold red]{done.missing} facts are missing[/] that were signed after this backup. Bring back a "
            "newer one, or follow docs/howto/seal.md before anything is written.",
            soft_wrap=True,
        )
        raise typer.Exit(FAILED)
