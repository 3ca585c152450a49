"""Commands about balances: who owes what, and what is held for whom."""

from typing import Annotated, Any

import typer

from api.cli.pay import KnownAt
from api.cli.terminal import Json, in_language, output, print_json, rows
from api.cli.tracing import traced_cursor

app = typer.Typer()


@app.command(epilog="Example: meritbook balances --left")
def balances(
    employee: Annotated[str | None, typer.Argument(help="Id of a person; everybody if absent.")] = None,
    left: Annotated[bool, typer.Option("--left", help="Only people who have left or will.")] = False,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Show draws that are owed, holdbacks that are to be paid, and totals below zero that were carried."""
    from api.reading import known_position
    from domain.money import major_text
    from projections import balances as standing

    with traced_cursor() as (cursor, trace):
        whose = None if employee is None else [employee]
        found = standing.balances(cursor, known_position(cursor, known_at), whose)
        told = [each for each in found if not left or each.left_on is not None]
        trace("balances", people=len({each.employee for each in told}))
    if json:
        print_json(told)
        return
    if not told:
        output().print("Nobody owes anything, and nothing is held back.")
        return
    shown: list[list[Any]] = []
    for each in told:
        amount = major_text(abs(each.balance_minor), each.currency)
        sides = (amount, None) if each.balance_minor > 0 else (None, amount)
        shown.append([each.employee, each.plan, in_language(each.title), each.since, each.left_on, *sides])
    texts = dict.fromkeys(("employee", "plan", "account", "since", "last day"), "left")
    rows({**texts, "owed": "right", "held": "right"}, shown)
