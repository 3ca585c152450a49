"""Commands about currencies."""

from typing import Annotated

import typer

from api.cli.pay import Day, KnownAt, asked_day
from api.cli.terminal import Json, output, print_json, rows
from api.cli.tracing import traced_cursor

app = typer.Typer()


@app.command(epilog="Example: meritbook rates --day 2025-03-31 --currency USD")
def rates(
    day: Day = None,
    currency: Annotated[str | None, typer.Option(help="Rates of this currency only.")] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """List the exchange rates that hold on a day, as they were quoted, with the positions of their facts."""
    from api.reading import known_position
    from projections.exchange_rates import in_force

    with traced_cursor() as (cursor, trace):
        on = trace.ledger.today() if day is None else asked_day(day)
        found = in_force(cursor, on, known_position(cursor, known_at), currency)
    if json:
        print_json(found)
        return
    if not found:
        output().print(f"No exchange rate holds on {on}.")
        return
    columns = {"One": "left", "is": "right", "of": "left", "since": "left", "by": "left", "position": "right"}
    rows(
        columns,
        [
            [each.base, each.rate, each.quote, each.effective_on, each.quoted_by, each.position]
            for each in found
        ],
    )
