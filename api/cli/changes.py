"""Commands about changes that take two: what was proposed, and what a second person says to it."""

from typing import Annotated

import typer

from api.cli.pay import KnownAt
from api.cli.terminal import Json, output, print_json, rows, settings, word
from api.cli.tracing import traced_cursor

proposal = typer.Typer(no_args_is_help=True)

At = Annotated[int, typer.Argument(help="Position of the proposal; see proposal list.")]
By = Annotated[str, typer.Option(help="Who answers; not who proposed it.")]
Why = Annotated[str, typer.Option(help="Why, without personal data.")]


@proposal.command("list", epilog="Example: meritbook proposal list --state open")
def list_(
    state: Annotated[
        str | None, typer.Option(help="open, approved, refused, withdrawn or lapsed; all if absent.")
    ] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """List overrides, changed targets, write-offs and erasures that were proposed."""
    from zoneinfo import ZoneInfo

    from api.ops import now
    from api.reading import known_position
    from domain.journal.read import LAST
    from projections.changes import proposed
    from projections.opening import opening

    with traced_cursor() as (cursor, trace):
        today = now().astimezone(ZoneInfo(opening(cursor, LAST).fact.zone)).date()
        found = proposed(cursor, today, known_position(cursor, known_at))
        told = [each for each in found if state in (None, each.state)]
        trace("proposals", people=len({each.employee for each in told if each.employee}))
    if json:
        print_json(told)
        return
    if not told:
        output().print("Nothing was proposed.")
        return
    columns = {
        "position": "right",
        "change": "left",
        "about": "left",
        "state": "left",
        "proposed by": "left",
        "answered by": "left",
    }
    rows(
        columns,
        [
            [
                each.position,
                word(each.changes, "change"),
                each.employee or each.customer or each.branch,
                each.state,
                each.actor,
                each.answered_by,
            ]
            for each in told
        ],
    )


@proposal.command(epilog="Example: meritbook proposal approve 5130 --by li.ceo")
def approve(
    position: At,
    by: By,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    json: Json = False,
) -> None:
    """Make a change that somebody else has proposed; an erasure is for ever."""
    from api import changing
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        with ledger.journal.cursor() as cursor:
            asked = changing.proposal_at(cursor, position)
        if asked.changes == "subject_erased" and not yes and not json:
            whom = asked.employee or asked.customer
            typer.confirm(f"Nobody will ever read the personal data of {whom} again. Erase it?", abort=True)
        stored = changing.approve(ledger, position, actor=by)
    _said(stored.position, f"{by} approves what was proposed at position {position}", json)


@proposal.command(epilog="Example: meritbook proposal refuse 5130 --by li.ceo --reason 'too early'")
def refuse(position: At, by: By, reason: Why, json: Json = False) -> None:
    """Say no to a change that somebody else has proposed."""
    from api import changing
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        stored = changing.refuse(ledger, position, reason=reason, actor=by)
    _said(stored.position, f"{by} refuses what was proposed at position {position}", json)


@proposal.command(epilog="Example: meritbook proposal withdraw 5130 --by wang.hr --reason 'a mistake'")
def withdraw(
    position: At, by: Annotated[str, typer.Option(help="Who withdraws it.")], reason: Why, json: Json = False
) -> None:
    """Take back a change that waits for a second person."""
    from api import changing
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        stored = changing.withdraw(ledger, position, reason=reason, actor=by)
    _said(stored.position, f"{by} withdraws what was proposed at position {position}", json)


def _said(position: int, what: str, json: bool) -> None:
    if json:
        print_json({"position": position})
    else:
        output().print(f"{what} (recorded at position {position}).", markup=False)
