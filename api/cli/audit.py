"""Commands for those who check the ledger."""

from typing import Annotated

import typer

from api.cli.pay import Employee, Month, asked_month, counted_cursor
from api.cli.terminal import Json, output, print_json

audit = typer.Typer(help="Ask what changed, and who did what.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(audit, name="audit")


@audit.command(
    epilog="Example: meritbook audit diff E1007 2025-03 --from 3712 --to 2025-04-30T18:00:00+08:00"
)
def diff(
    employee: Employee,
    period: Month,
    from_: Annotated[
        str,
        typer.Option(
            "--from", help="As known at this position, or instant with zone.", metavar="POSITION|TIME"
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(help="And at this later one; now if absent.", metavar="POSITION|TIME"),
    ] = None,
    json: Json = False,
) -> None:
    """Say what changed in a statement between two points of knowledge, and which facts brought it about."""
    from api.cli.diff_tree import difference
    from api.diffs import statement_diff
    from api.reading import known_position

    month = asked_month(period)
    with counted_cursor() as cursor:
        since, upto = known_position(cursor, from_, "from"), known_position(cursor, to, "to")
        found = statement_diff(cursor, employee, month, since, upto)
    if json:
        print_json(found)
    else:
        output().print(difference(found))
