"""Commands that change what an adopted plan comes to: an override below it, and its end."""

from typing import Annotated

import typer

from api.cli.pay import asked_day
from api.cli.plan_life import PlanId
from api.cli.terminal import USAGE, Failed, Json, notes, output, print_json, settings

app = typer.Typer()

By = Annotated[str, typer.Option(help="Who records it.")]
Why = Annotated[str, typer.Option(help="Why, in plain words.")]


@app.command(
    epilog="Example: meritbook plan override huikang-seller clients_target 30 --branch SH --from 2025-04-01 "
    "--reason 'agreed for the spring' --by wang.hr --approver li.ceo"
)
def override(
    name: PlanId,
    parameter: Annotated[str, typer.Argument(help="A parameter that the plan leaves open.")],
    value: Annotated[str, typer.Argument(help="Its new value, such as 30 or '12 %'.")],
    from_: Annotated[str, typer.Option("--from", help="First day on which it holds.", metavar="DAY")],
    by: By,
    reason: Why,
    approver: Annotated[
        str | None, typer.Option(help="The second person, who approves; it is only proposed if absent.")
    ] = None,
    branch: Annotated[str | None, typer.Option(help="The branch that sets it.")] = None,
    team: Annotated[str | None, typer.Option(help="Or the team.")] = None,
    person: Annotated[str | None, typer.Option(help="Or the one person whom it is for.")] = None,
    until: Annotated[
        str | None, typer.Option(help="Last day on which it holds; none if absent.", metavar="DAY")
    ] = None,
    json: Json = False,
) -> None:
    """Set a parameter that a plan leaves open, for one branch, team or person."""
    from api.ops import open_ledger
    from api.planning import set_override

    given = {"branch": branch, "team": team, "person": person}
    scopes = [(level, scope) for level, scope in given.items() if scope is not None]
    if len(scopes) != 1:
        raise Failed("It is not clear for whom.", "Give one of --branch, --team and --person.", USAGE)
    [(level, scope)] = scopes
    first, last = asked_day(from_), None if until is None else asked_day(until)
    fact: dict[str, object] = {"plan": name, "parameter": parameter, "level": level, "scope": scope}
    fact |= {"value": value, "effective_from": str(first), "reason": reason}
    if last is not None:
        fact["effective_until"] = str(last)
    with open_ledger(settings()) as ledger:
        stored = set_override(ledger, fact, actor=by, approver=approver)
    if json:
        print_json({"plan": name, "parameter": parameter, "position": stored.position})
        return
    if approver is None:
        output().print(f"It is proposed (position {stored.position}).")
        notes().print(f"Somebody else approves it: meritbook proposal approve {stored.position} --by NAME.")
        return
    till = f" to {last}" if last else ""
    output().print(
        f"{parameter} of plan {name} is {value} for {level} {scope} from {first}{till} "
        f"(position {stored.position}).",
        markup=False,
    )


@app.command(
    epilog="Example: meritbook plan end huikang-seller --on 2025-12-31 --reason replaced --by wang.hr"
)
def end(
    name: PlanId,
    on: Annotated[str, typer.Option(help="The last day on which it applies.", metavar="DAY")],
    reason: Why,
    by: By,
    json: Json = False,
) -> None:
    """Let a plan apply no longer after a day; months before it keep it."""
    from api.ops import open_ledger
    from api.planning import end_plan

    last = asked_day(on)
    with open_ledger(settings()) as ledger:
        stored = end_plan(ledger, name, last, reason=reason, actor=by)
    if json:
        print_json({"plan": name, "ended_on": str(last), "position": stored.position})
    else:
        output().print(f"Plan {name} ends after {last} (position {stored.position}).", markup=False)
