"""Commands about quarantine: what was refused, what it says, and its way out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import Failed, Json, output, print_json, rows, settings

if TYPE_CHECKING:
    from api.connectors.releasing import Releasing, Settlement
    from api.ops import Ledger

app = typer.Typer(help="Records of other systems that were refused and are kept.", no_args_is_help=True)

EntryId = Annotated[str, typer.Argument(help="Id of an entry.")]
By = Annotated[str, typer.Option(help="Who does it.")]
Reason = Annotated[str, typer.Option(help="Why, for the trail; without personal data.")]
MOST = 1_000


@app.command("list", epilog="Example: meritbook quarantine list --connector crm")
def list_(
    connector: Annotated[str | None, typer.Option(help="Of this connector.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Those that were settled, too.")] = False,
    json: Json = False,
) -> None:
    """List what waits, the oldest first, a thousand at most."""
    from api.connectors.quarantine import Quarantine
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        quarantine = Quarantine(ledger.vault, ledger.settings.quarantine_days)
        with ledger.pool.connection() as connection, connection.cursor() as cursor:
            state = None if all_ else "held"
            found = quarantine.page(cursor, MOST, connector=connector, state=state)
    if json:
        print_json(found)
    elif found:
        rows(
            {"Entry": "", "Connector": "", "Key": "", "Refused": "", "Field": "", "Times": "", "State": ""},
            [
                [each.entry, each.connector, each.key, each.kind, each.field, each.times, each.state]
                for each in found
            ],
        )
    else:
        output().print("Nothing is in quarantine.")


@app.command(epilog="Example: meritbook quarantine show 9f2c4e0f5c9d1c8b1a8f1c4b4f2b7a3c")
def show(entry: EntryId) -> None:
    """Print a record as JSON, with what is wrong with it and what to do; noted in the trail."""
    from api.cli.tracing import traced_cursor
    from api.connectors.quarantine import Quarantine
    from api.connectors.quarantine_http import people_in, said

    with traced_cursor() as (cursor, trace):
        ledger = trace.ledger
        found = Quarantine(ledger.vault, ledger.settings.quarantine_days).one(cursor, entry)
        people = people_in(cursor, found)
        trace("quarantine show", employee=people[0] if len(people) == 1 else None)
    print_json(said(found))


@app.command(
    epilog="Example: meritbook quarantine release 9f2c… --correct --by wang.it --reason 'as renegotiated'"
)
def release(
    entry: EntryId,
    by: By,
    reason: Reason,
    record: Annotated[
        Path | None, typer.Option(help="The record as it should have been, as JSON in a file.")
    ] = None,
    correct: Annotated[
        bool, typer.Option("--correct", help="Void what stands under its key, and write it in its place.")
    ] = False,
    json: Json = False,
) -> None:
    """Let a record pass the same intake again, after the mapping or the record was mended."""
    from api.ops import open_ledger

    try:
        text = None if record is None else record.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"{record} cannot be read: {error}", "Save it as UTF-8.") from None
    with open_ledger(settings()) as ledger:
        ledger.opened()
        ledger.runner().catch_up()
        done = _releasing(ledger, by).release(entry, reason, text=text, correct=correct)
    _tell(done, json)


@app.command(epilog="Example: meritbook quarantine discard 9f2c… --by wang.it --reason 'sent by a test'")
def discard(entry: EntryId, by: By, reason: Reason, json: Json = False) -> None:
    """Let a record go; nothing of it is recorded but that it was discarded, by whom and why."""
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        ledger.opened()
        done = _releasing(ledger, by).discard(entry, reason)
    _tell(done, json)


def _releasing(ledger: "Ledger", by: str) -> "Releasing":
    from api.connectors.quarantine import Quarantine
    from api.connectors.releasing import Releasing
    from api.ops import now

    return Releasing(
        quarantine=Quarantine(ledger.vault, ledger.settings.quarantine_days),
        intake=ledger.intake,
        pool=ledger.pool,
        now=now,
        actor=by,
    )


def _tell(done: "Settlement", json: bool) -> None:
    if json:
        print_json(done)
        return
    gave = f": facts at {', '.join(map(str, done.positions))}" if done.positions else ""
    output().print(f"{done.entry} is {done.settled_as}{gave} (position {done.position}).")
