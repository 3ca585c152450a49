"""Commands of whoever keeps copies: a backup of a ledger or of its server, and bringing one back."""

import datetime as dt
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import FAILED, USAGE, Failed, Json, notes, output, print_json, progress, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.backup import Restored

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
    _say_back([done], json)


@app.command(epilog="Example: meritbook archive-wal /var/backups/wal")
def archive_wal(
    directory: Annotated[
        Path, typer.Argument(help="On another disk; of a server of your own, on its machine.")
    ],
    json: Json = False,
) -> None:
    """Let the server keep every file of its write-ahead log, so that any instant can be brought back."""
    from api import base_backup
    from api.ledgers import database

    chosen = settings()
    with database(chosen) as owner_dsn:
        embedded = chosen.home if chosen.database_url is None else None
        is_on = base_backup.archive_wal(owner_dsn, directory, embedded)
    if json:
        print_json({"directory": str(directory), "archives_now": is_on})
        return
    output().print(f"WAL is archived in {directory}." if is_on else f"WAL will be archived in {directory}.")
    if not is_on:
        what = "the service" if embedded else "PostgreSQL"
        notes().print(f"It begins when the server is started anew: restart {what}.", soft_wrap=True)


@app.command(epilog="Example: meritbook base-backup /var/backups/base --keep 7 --archive /var/backups/wal")
def base_backup(
    directory: Annotated[Path, typer.Argument(help="Where base backups are; each gets a directory.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="So many stay, this one among them; older ones are removed.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(exists=True, help="With --keep: where WAL is, to remove what is needless.")
    ] = None,
    json: Json = False,
) -> None:
    """Write a base backup of the whole server, all its ledgers, while the service goes on."""
    from api.base_backup import take_base
    from api.ledgers import database

    chosen = settings()
    with database(chosen) as owner_dsn:
        place, made = take_base(chosen, owner_dsn, directory, keep=keep, archive=archive)
    if json:
        print_json({"directory": str(place), "ledgers": made.ledgers})
        return
    facts = sum(each.position for each in made.ledgers)
    output().print(f"{place}: {len(made.ledgers)} ledgers, {facts} facts. Bring it back with restore-base.")


@app.command(
    epilog="Example: MERITBOOK_HOME=/srv/back meritbook restore-base /var/backups/base/base-20251201T020000Z "
    "--archive /var/backups/wal --until 2025-12-01T09:30:00+08:00"
)
def restore_base(
    directory: Annotated[Path, typer.Argument(help="One base backup.")],
    archive: Annotated[
        Path | None, typer.Option(exists=True, help="Where its WAL is; without it, as of the backup.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="An instant with its zone; else all there is.")] = None,
    checkpoint: Kept = None,
    json: Json = False,
) -> None:
    """Bring the server of a base backup back into a new home, and hold every record against what was signed.

    Copy master.key and seal/ into the new home first. Exit status 1, too, where facts are missing that were
    signed.
    """
    from api.base_backup import held_against_seal, restored_base
    from api.ops import prepare

    chosen, instant = settings(), _instant(until)
    with restored_base(chosen, directory, archive=archive, until=instant) as dsn:
        with progress("checking", None, json) as reach:
            done = held_against_seal(chosen, dsn, directory, kept=checkpoint or [], on_progress=reach)
        for each in done:
            prepare(dsn, each.ledger)
    if json:
        print_json({"ledgers": done})
    _say_back(done, json)


def _instant(text: str | None) -> dt.datetime | None:
    try:
        found = None if text is None else dt.datetime.fromisoformat(text)
    except ValueError:
        found = None
    if text is not None and (found is None or found.tzinfo is None):
        raise Failed(
            f"--until: {text!r} is no instant.", "Write 2025-12-01T09:30:00+08:00, with the zone.", USAGE
        )
    return found


def _say_back(done: "Sequence[Restored]", quiet: bool) -> None:
    """Says what is back, and ends with 1 where facts are missing."""
    for each in () if quiet else done:
        output().print(
            f"The ledger {each.ledger} is back with {each.position} facts; "
            f"{each.checked} are those that were signed."
        )
    for each in done:
        if each.missing:
            notes().print(
                f"[bold red]{each.missing} facts are missing[/] of {each.ledger} that were signed after this "
                "backup. Bring back a newer one, or follow docs/howto/seal.md before anything is written.",
                soft_wrap=True,
            )
    if any(each.missing for each in done):
        raise typer.Exit(FAILED)
