"""Commands about practices: what works at which stage, and what to do next with a client."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.pay import KnownAt
from api.cli.terminal import USAGE, Failed, Json, output, print_json
from api.cli.tracing import traced_cursor

if TYPE_CHECKING:
    from projections.practices import Practice, Result

app = typer.Typer()


@app.command(epilog="Example: meritbook practices --stage demo")
def practices(
    stage: Annotated[str | None, typer.Option(help="contact, needs, demo, objections or close.")] = None,
    step: Annotated[
        str | None, typer.Option(help="department_request, equipment_review or presidents_approval.")
    ] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """List the practices that fit, each with the result behind it, measured anew."""
    from api.reading import known_position
    from domain.people.sales_stages import STAGES, STEPS
    from projections.practices import practices as asked

    for given, known in ((stage, STAGES), (step, STEPS)):
        if given is not None and given not in known:
            raise Failed(f"{given!r} is none of them.", f"There are: {', '.join(known)}.", USAGE)
    with traced_cursor() as (cursor, trace):
        found = asked(cursor, known_position(cursor, known_at, "--known-at"), customer="")
        found = [each for each in found if stage in (None, each.stage) and step in (None, each.step)]
        trace("practices", people=len({each.employee for each in found}))
    if json:
        print_json(found)
        return
    for each in found:
        _show(each)
    if not found:
        output().print("No practice fits.")


@app.command("next", epilog="Example: meritbook next BJ-0255")
def next_(
    customer: Annotated[str, typer.Argument(help="Id of a client.")],
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Say what to do next with a client, by the last stage it has reached, and what helps there."""
    from api.practices import known_customer, next_action
    from api.reading import known_position

    with traced_cursor() as (cursor, trace):
        at = known_position(cursor, known_at, "--known-at")
        found = next_action(cursor, known_customer(cursor, customer, at), at)
        trace("next", people=1, filter={"customer": customer})
    if json:
        print_json(found)
        return
    told = found.customer
    reached = f"reached {told.stage} on {told.reached_at:%Y-%m-%d}" if told.stage else "is at its beginning"
    action = f"{found.action.en}  {found.action.zh}" if found.action else "the sale is closed"
    output().print(f"{told.customer} of {told.owner or 'nobody'} {reached}; next: {action}", markup=False)
    for each in (*found.practices, *(each for each in found.process if each not in found.practices)):
        _show(each)


def _show(each: "Practice") -> None:
    where = ", ".join(text for text in (each.stage, each.step) if text)
    output().print(f"{each.practice} ({where}), by {each.employee}: {each.title}", markup=False)
    for result in each.results:
        output().print(f"  {_said(result)}", markup=False)


def _said(result: "Result") -> str:
    from fractions import Fraction

    from domain.plan.exact import shown

    what = f"{result.title.en if result.title else result.measure} of {result.branch}"
    form = result.form or "number"
    values = [
        f"{shown(Fraction(side.value), form) if side.value else 'nothing'} in {side.period}"
        for side in (result.before, result.after)
        if side is not None
    ]
    return f"{what}: {' → '.join(values) or 'not measured'}"
