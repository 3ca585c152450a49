"""Commands about paying a closed month: approve and release its run, hold pay, and see what was paid."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.pay import KnownAt, Month, asked_month
from api.cli.terminal import Json, output, print_json, settings
from api.cli.tracing import traced_cursor

if TYPE_CHECKING:
    from projections.paying import Hold
    from projections.reconciling import PersonPaid

app = typer.Typer()

By = Annotated[str, typer.Option(help="Who records it.")]
Why = Annotated[str, typer.Option(help="Why, in plain words, without personal data.")]
RESULTS = {
    "unpaid": "not paid",
    "short": "paid too little",
    "over": "paid too much",
    "not_in_run": "not in the run",
}


@app.command(epilog="Example: meritbook approve 2025-03 --approver li.cfo")
def approve(
    period: Month,
    approver: Annotated[str, typer.Option(help="Who has looked at it; not who closed the month.")],
    by: Annotated[str | None, typer.Option(help="Who records it; the approver if absent.")] = None,
    json: Json = False,
) -> None:
    """Say that a second person has looked at a closed month and lets it be paid."""
    from api import paying
    from api.ops import counted

    month = asked_month(period)
    with counted(settings()) as (ledger, cursor):
        stored = paying.approve(ledger, cursor, month, approver, by or approver)
    if json:
        print_json({"period": str(month), "approver": approver, "position": stored.position})
    else:
        output().print(f"The run of {month} is approved by {approver} (position {stored.position}).")


@app.command(epilog="Example: meritbook release 2025-03 --by wang.payroll")
def release(period: Month, by: By, json: Json = False) -> None:
    """Let an approved run go out to be paid; whatever is held then stays out of it."""
    from api import paying
    from api.ops import counted

    month = asked_month(period)
    with counted(settings()) as (ledger, cursor):
        stored = paying.release(ledger, cursor, month, by)
    if json:
        print_json({"period": str(month), "position": stored.position})
    else:
        output().print(f"The run of {month} is released (position {stored.position}).")


@app.command(epilog="Example: meritbook hold E1007 --id H-12 --deal SO2503-0021 --reason unpaid --by wang")
def hold(
    employee: Annotated[str, typer.Argument(help="Id of a person.")],
    id_: Annotated[str, typer.Option("--id", help="What the hold is to be called.")],
    reason: Why,
    by: By,
    period: Annotated[
        str | None,
        typer.Option(help="The month; every run that is not released yet if absent.", metavar="PERIOD"),
    ] = None,
    deal: Annotated[str | None, typer.Option(help="Hold the lines that rest on this deal.")] = None,
    plan: Annotated[str | None, typer.Option(help="Hold a line of this plan; with --component.")] = None,
    component: Annotated[str | None, typer.Option(help="Hold the line of it; with --plan.")] = None,
    json: Json = False,
) -> None:
    """Keep pay of a person back: all of it, what rests on a deal, or a line. The statement stays as it is."""
    from api import paying
    from api.ops import counted
    from domain.facts.registry import from_builtins

    scope = "deal" if deal else "line" if plan or component else "person"
    said = {
        "hold": id_,
        "employee": employee,
        "scope": scope,
        "reason": reason,
        "period": None if period is None else str(asked_month(period)),
        "deal": deal,
        "plan": plan,
        "component": component,
    }
    fact = from_builtins("pay_held", {name: value for name, value in said.items() if value is not None})
    with counted(settings()) as (ledger, _):
        stored = paying.record(ledger, fact, by)
    if json:
        print_json({"hold": id_, "position": stored.position})
    else:
        output().print(f"Pay of {employee} is held as {id_} (position {stored.position}).")


@app.command("let-go", epilog="Example: meritbook let-go H-12 --reason 'the client has paid' --by wang")
def let_go(
    hold: Annotated[str, typer.Argument(help="Id of a hold.")], reason: Why, by: By, json: Json = False
) -> None:
    """End a hold; what it kept back of a released run is outstanding from now on."""
    from api import paying
    from api.ops import counted

    with counted(settings()) as (ledger, cursor):
        stored = paying.let_go(ledger, cursor, hold, reason, by)
    if json:
        print_json({"hold": hold, "position": stored.position})
    else:
        output().print(f"Hold {hold} is over (position {stored.position}).")


@app.command(epilog="Example: meritbook holds --open")
def holds(
    employee: Annotated[str | None, typer.Option(help="On the pay of this person.")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Only those that are not over.")] = False,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """List the holds on pay."""
    from api.reading import known_position
    from projections import paying

    with traced_cursor() as (cursor, trace):
        found = paying.holds(
            cursor, known_position(cursor, known_at), None if employee is None else [employee]
        )
        found = [each for each in found if not open_ or each.released_at is None]
        trace("holds", people=len({each.employee for each in found}), filter={"employee": employee})
    if json:
        print_json(found)
        return
    for each in found:
        output().print(_hold_line(each), markup=False)
    if not found:
        output().print("Nothing is held.")


@app.command(epilog="Example: meritbook reconcile 2025-03 --all")
def reconcile(
    period: Month,
    all_: Annotated[bool, typer.Option("--all", help="List everybody, not only who differs.")] = False,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Compare what was confirmed as paid with what a month settled; 1 while anybody differs."""
    from api.ops import ENGINE
    from api.payroll import not_closed
    from api.reading import known_position
    from domain.money import major_text
    from projections import reconciling

    month = asked_month(period)
    with traced_cursor() as (cursor, trace):
        at = known_position(cursor, known_at)
        found = reconciling.reconcile(cursor, month, at, engine=ENGINE, differing=not all_)
        if found is None:
            raise not_closed(month)
        trace("reconcile", people=len(found.people), filter={"period": month})
    if json:
        print_json(found)
    else:
        for each in found.people:
            output().print(_paid_line(each))
        output().print(f"{found.period} is {found.run.state}.")
        for x in found.sums:
            settled, held, payable, paid, left = (
                major_text(minor, x.currency)
                for minor in (
                    x.settled_minor,
                    x.held_minor,
                    x.payable_minor,
                    x.paid_minor,
                    x.difference_minor,
                )
            )
            output().print(
                f"{x.currency}: settled {settled}, held {held}, payable {payable}, paid {paid}, "
                f"difference {left}; {x.differing} of {x.people} people differ."
            )
    if any(x.differing for x in found.sums):
        raise typer.Exit(1)


@app.command(epilog="Example: meritbook outstanding --json")
def outstanding(known_at: KnownAt = None, json: Json = False) -> None:
    """List what released runs have still to pay, or paid too much: what to pay next."""
    from api.ops import ENGINE
    from api.reading import known_position
    from domain.money import major_text
    from projections import reconciling

    with traced_cursor() as (cursor, trace):
        found = reconciling.outstanding(cursor, known_position(cursor, known_at), engine=ENGINE)
        trace("outstanding", people=len({each.employee for each in found}))
    if json:
        print_json(found)
        return
    for each in found:
        left = major_text(each.outstanding_minor, each.currency)
        output().print(f"{each.period} {each.employee}: {left} {each.currency}")
    if not found:
        output().print("Nothing is outstanding.")


def _hold_line(hold: "Hold") -> str:
    what = {"person": "all pay", "deal": f"deal {hold.deal}", "line": f"{hold.plan}.{hold.component}"}
    over = "" if hold.released_at is None else f"; over since position {hold.released_at}"
    about = f"{what[hold.scope]} of {hold.employee}, {hold.period or 'any month'}"
    return f"{hold.hold}: {about}: {hold.reason}{over}"


def _paid_line(each: "PersonPaid") -> str:
    from domain.money import major_text

    payable, paid, left = (
        major_text(minor, each.currency)
        for minor in (each.payable_minor, each.paid_minor, each.difference_minor)
    )
    said = RESULTS.get(each.result, "paid")
    return f"{each.employee}: payable {payable}, paid {paid} {each.currency}, difference {left}: {said}"
