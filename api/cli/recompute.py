"""The engine guard on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import FAILED, Json, Scheduler, output, print_json, progress, settings

if TYPE_CHECKING:
    from projections.recompute import ChangedStatement, MonthRecomputed

app = typer.Typer()


@app.command(epilog="Example: meritbook recompute --against before-upgrade/statements.ndjson")
def recompute(
    against: Annotated[
        Path, typer.Option(help="The statements.ndjson of an export that the release before made.")
    ],
    scheduler: Scheduler = None,
    json: Json = False,
) -> None:
    """Compute every closed month with this program and list each cent that changed; 1 if one did."""
    from api.recomputing import recomputed

    with progress("recomputing", 1.0, json) as reach:
        found = recomputed(settings(), against, lambda at, head: reach(at / head if head else 1.0), scheduler)
    if json:
        print_json(found)
    else:
        for month in found.months:
            _show(month)
        closed = f"{len(found.months)} closed months, {found.statements} statements"
        if found.is_unchanged:
            output().print(f"{closed}: {found.engine} comes to the same, byte for byte.")
        else:
            output().print(f"{closed}: {found.changed} statements come out otherwise with {found.engine}.")
    if not found.is_unchanged:
        raise typer.Exit(FAILED)


def _show(month: "MonthRecomputed") -> None:
    closed = f"{month.period}, closed at position {month.closed_position} by {month.engine}"
    if not month.is_released and month.is_same:
        output().print(f"{closed}: not in the results; it comes to what its close says.")
    elif not month.is_released:
        output().print(f"{closed}: not in the results; it does not come to what its close says.")
    elif not month.is_genuine:
        output().print(f"{closed}: the results are not what its close says; they were altered.")
    elif not month.is_same:
        output().print(f"{closed}: this program does not come to what its close says.")
    for statement in month.changed:
        _show_statement(month, statement)


def _show_statement(month: "MonthRecomputed", statement: "ChangedStatement") -> None:
    from domain.money import major_text
    from domain.plan.change_words import say_change

    if not statement.lines:
        output().print(f"  {statement.employee} {month.period}: the same lines in another form")
    for line in statement.lines:
        before, after = (major_text(minor, line.currency) for minor in (line.before_minor, line.after_minor))
        about = f" about {line.about}" if line.about != month.period else ""
        causes = (
            "; ".join(say_change(change, None).en for change in line.changes) or f"the line was {line.kind}"
        )
        output().print(
            f"  {statement.employee} {month.period} {line.plan}.{line.component}{about}: "
            f"{before} before, {after} {line.currency} after ({causes})"
        )
