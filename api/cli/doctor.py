"""The command that says how a ledger and its machine fare."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.terminal import FAILED, Json, filled, output, print_json, settings, word

app = typer.Typer()

COLOURS = {"ok": "green", "warn": "yellow", "fail": "bold red"}
BACKUPS = Path("/var/backups/meritbook")
"""Where the timer of an installation writes them."""


@app.command(epilog="Example: meritbook doctor --backups /var/backups/meritbook --keys-copy /mnt/safe/keys")
def doctor(
    backups: Annotated[
        Path | None, typer.Option(help=f"Where meritbook backup writes; {BACKUPS} if that is there.")
    ] = None,
    keys_copy: Annotated[
        Path | None, typer.Option(help="Where a copy of master.key and seal/ of the home is.")
    ] = None,
    language: Annotated[Literal["en", "zh", "both"], typer.Option(help="In which it speaks.")] = "both",
    json: Json = False,
) -> None:
    """Look at the home, the database, the ledger, its seal and its copies; change nothing.

    Each line is ok, warn or fail, says what it means and what to do. Exit status 1 when something fails.
    """
    from rich.markup import escape

    from api.doctor import examined, told
    from api.ops import now

    place = backups or (BACKUPS if BACKUPS.is_dir() else None)
    lines = [told(each) for each in examined(settings(), now(), backups=place, keys_copy=keys_copy)]
    worst = next((state for state in ("fail", "warn") if any(line.state == state for line in lines)), "ok")
    if json:
        print_json({"state": worst, "findings": lines})
    else:
        for line in lines:
            texts = [
                f"{line.detail[each]} {line.remedy[each]}".strip()
                for each in line.detail
                if language in (each, "both")
            ]
            colour = COLOURS[line.state]
            head = f"[{colour}]{filled(word(line.state), 4)}[/]  {filled(word(line.check, 'check'), 12)}"
            output().print(f"{head}  {escape(texts[0])}")
            for text in texts[1:]:
                output().print(f"{'':20}{escape(text)}")
    if worst == "fail":
        raise typer.Exit(FAILED)
