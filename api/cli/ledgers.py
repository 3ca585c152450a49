"""Commands about several ledgers: made, listed, archived, taken up again; boards and exports over them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import FAILED, Failed, Json, notes, output, print_json, progress, rows, settings
from api.cli.tracing import Trace, account

if TYPE_CHECKING:
    from api.ledgers import ListedLedger
    from api.ops import Ledger

app = typer.Typer(no_args_is_help=True)
group = typer.Typer(no_args_is_help=True)

Named = Annotated[str, typer.Argument(metavar="LEDGER", help="Its schema: a-z, 0-9 and _, a letter first.")]
Chosen = Annotated[
    list[str] | None, typer.Option("--ledger", help="One of the ledgers; repeatable. All in use if absent.")
]


@app.command(epilog="Example: meritbook ledger create shanghai --name 'Huikang Shanghai' --currency CNY")
def create(
    ledger: Named,
    name: Annotated[str, typer.Option(help="Whose ledger it is: the legal entity.")],
    zone: Annotated[
        str, typer.Option(help="IANA time zone in which business days are counted.")
    ] = "Asia/Shanghai",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "CNY",
    json: Json = False,
) -> None:
    """Make a ledger beside the others of the database, and open it."""
    from api.cli.service import require_zone
    from api.ledgers import create as make

    require_zone(zone)
    made = make(settings(), ledger, name=name, zone=zone, currency=currency, actor=account())
    if json:
        print_json(made)
        return
    output().print(f"The ledger {ledger} of {name} is open: {zone}, {currency}.")
    notes().print(f"Commands and the service work on it where MERITBOOK_LEDGER={ledger} is set.")


@app.command("list", epilog="Example: meritbook ledger list --json")
def list_(json: Json = False) -> None:
    """List the ledgers of the database: whose they are, how many facts they hold, which are archived."""
    from api.ledgers import ledgers

    found = ledgers(settings())
    if json:
        print_json(found)
        return
    columns = {"ledger": "left", "of": "left", "zone": "left", "facts": "right", "state": "left"}
    rows(columns, [[each.ledger, each.name, each.zone, f"{each.facts:,}", _state(each)] for each in found])
    if not found:
        notes().print("There is none yet; make one with: meritbook ledger create LEDGER --name NAME")


@app.command(epilog="Example: meritbook ledger archive shanghai --reason 'merged into huikang'")
def archive(
    ledger: Named,
    reason: Annotated[str, typer.Option(help="Why it takes no more facts.")],
    json: Json = False,
) -> None:
    """Let a ledger take no more facts; it is read, replayed, exported and verified as before."""
    from api.ledgers import put_away

    if not reason.strip():
        raise Failed("No reason is given.", "Say with --reason why the ledger takes no more facts.")
    done = put_away(settings(), ledger, actor=account(), reason=reason.strip())
    if json:
        print_json(done)
        return
    output().print(f"The ledger {ledger} is archived with {done.facts:,} facts.")
    notes().print(f"Take it into use again with: meritbook ledger restore {ledger}")


@app.command(epilog="Example: meritbook ledger restore shanghai")
def restore(ledger: Named, json: Json = False) -> None:
    """Take an archived ledger into use again."""
    from api.ledgers import take_up

    done = take_up(settings(), ledger, actor=account())
    if json:
        print_json(done)
    else:
        output().print(f"The ledger {ledger} is in use again.")


@group.command(epilog="Example: meritbook group board close_rate --ledger huikang --ledger shanghai")
def board(
    board: Annotated[str, typer.Argument(help="Id of a board that plans of the ledgers have.")],
    ledger: Chosen = None,
    period: Annotated[
        str | None, typer.Option(help="Week, month, quarter or year; this month if absent.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(min=1, help="So many places; the boards' own if absent.")
    ] = None,
    json: Json = False,
) -> None:
    """Rank the people of several ledgers together, by the board of this name that each of them has."""
    from api.groups import group_board
    from api.reading import any_period

    chosen = _chosen(ledger)

    def note(read: "Ledger", people: int | None) -> None:
        Trace(read)("group board", people=people, filter={"board": board, "period": period})

    found = group_board(settings(), chosen, board, any_period(period) if period else None, size, note)
    if found is None:
        raise Failed(f"None of {', '.join(chosen)} has a board {board!r}.", "Ask for a board of their plans.")
    for lacking in found.lacking:
        notes().print(f"[yellow]warning:[/] no plan in force in {lacking} has this board")
    if json:
        print_json(found)
        return
    columns = {"place": "right", "ledger": "left", "employee": "left", "branch": "left", "value": "right"}
    rows(
        columns,
        [[each.place, each.ledger, each.employee, each.branch, each.value] for each in found.places],
        f"{board}, {found.period}: {found.people:,} people in {len(found.ledgers)} ledgers",
    )


@group.command(epilog="Example: meritbook group export audit-2025 --ledger huikang --ledger shanghai")
def export(
    directory: Annotated[Path, typer.Argument(help="Each ledger has a directory of its own below it.")],
    ledger: Chosen = None,
    json: Json = False,
) -> None:
    """Write an export of each of several ledgers, to be verified one by one."""
    from api.exporting import ExportRefused
    from api.groups import group_export

    def note(read: "Ledger", _: int | None) -> None:
        Trace(read)("group export")

    with progress("writing", None, json) as reach:
        try:
            done = group_export(settings(), _chosen(ledger), directory, note, on_progress=reach)
        except ExportRefused as refused:
            raise Failed(refused.detail, refused.remedy) from None
    if json:
        print_json(done)
    for each in done.ledgers:
        if not json:
            output().print(f"{directory / each.directory}: {each.records} records of {each.ledger}.")
        for warning in each.warnings:
            notes().print(f"[yellow]warning:[/] {each.ledger}: {warning}")
    if any(each.warnings for each in done.ledgers):
        raise typer.Exit(FAILED)


def _chosen(ledger: list[str] | None) -> list[str]:
    """The ledgers that are asked about, each once: those named, or all that are open and in use."""
    from api.ledgers import ledgers

    if ledger:
        return list(dict.fromkeys(ledger))
    return [each.ledger for each in ledgers(settings()) if each.name and each.archived_at is None]


def _state(each: "ListedLedger") -> str:
    if each.archived_at is not None:
        return f"archived {each.archived_at:%Y-%m-%d} by {each.archived_by}: {each.reason}"
    return "in use" if each.name else "not opened"
