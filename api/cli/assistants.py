"""Commands about assistants: competence, pairings and the best of them, leads and contracts."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.pay import Day, KnownAt, asked_day
from api.cli.terminal import Failed, Json, in_language, output, print_json, progress, rows
from api.cli.tracing import traced_cursor

if TYPE_CHECKING:
    from domain.plan.exact import Unit
    from projections.pairing import Pairing
    from projections.proposals import Proposal

app = typer.Typer()
pairing = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")


@app.command(epilog="Example: meritbook competence --plan sales-assistant --employee HK101 --day 2025-03-31")
def competence(
    plan: Annotated[str | None, typer.Option(help="By the model of this plan only.")] = None,
    employee: Annotated[
        list[str] | None, typer.Option(help="This person only; with --plan a candidate, too.")
    ] = None,
    day: Day = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Score people against the competence model of their plan, or candidates against that of another."""
    from api.reading import known_position
    from projections.competence import competence as standing

    with traced_cursor() as (cursor, trace):
        on = trace.ledger.today() if day is None else asked_day(day)
        at = known_position(cursor, known_at, "--known-at")
        found = standing(cursor, on, plan, employee, at, and_candidates=bool(plan and employee))
        trace("competence", people=len({each.employee for each in found}))
    if json:
        print_json(found)
    elif found:
        modules = [in_language(each.title) for each in found[0].modules]
        titles = ("Person", "Plan", "Score", *modules, "Measured", "Falls short at")
        rows(
            dict.fromkeys(titles, ""),
            [
                [
                    f"{each.employee} (candidate)" if each.candidate else each.employee,
                    each.plan,
                    _said(each.score, "percent"),
                    *(_said(module.score, "percent") for module in each.modules),
                    f"{each.measured} of {each.of}",
                    "; ".join(
                        f"{in_language(indicator.title)} {_said(indicator.value, indicator.form)}"
                        for module in each.modules
                        for indicator in module.indicators
                        if indicator.met is False
                    ),
                ]
                for each in found
            ],
        )
    else:
        output().print(f"Nobody is to be scored on {on}.")


@pairing.command("list", epilog="Example: meritbook pairing list --day 2025-03-31")
def list_(day: Day = None, known_at: KnownAt = None, json: Json = False) -> None:
    """List who serves whom, what that has changed, and which pairs work or are to be changed."""
    from api.reading import known_position
    from projections.pairing import pairings

    with traced_cursor() as (cursor, trace):
        on = trace.ledger.today() if day is None else asked_day(day)
        found = pairings(cursor, on, None, known_position(cursor, known_at, "--known-at"))
        trace("pairing list", people=len({who for each in found for who in (each.assistant, each.seller)}))
    if json:
        print_json(found)
    elif found:
        columns = ("Assistant", "Seller", "Since", "Before", "After", "Said", "Why")
        rows(dict.fromkeys(columns, ""), [_row(each) for each in found])
    else:
        output().print(f"No plan judges a pair on {on}.")


@pairing.command(epilog="Example: meritbook pairing propose --plan sales-assistant --day 2025-03-31")
def propose(
    plan: Annotated[str | None, typer.Option(help="Of this plan only.")] = None,
    day: Day = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Compute the best assignment of assistants to sellers, with the reason of each pair and the gain."""
    from api.assignment import cheapest
    from api.reading import known_position
    from projections.proposals import proposals

    with traced_cursor() as (cursor, trace):
        on = trace.ledger.today() if day is None else asked_day(day)
        at = known_position(cursor, known_at, "--known-at")
        with progress("pairing", None, json):
            found = proposals(cursor, on, cheapest, plan, at)
        trace("pairing propose", people=len({pair.seller for each in found for pair in each.pairs}))
    if json:
        print_json(found)
        return
    for each in found:
        _propose(each)
    if not found:
        output().print(f"Nobody is to be paired on {on}.")


@app.command(epilog="Example: meritbook leads HK101 --day 2025-03-31")
def leads(
    assistant: Annotated[str, typer.Argument(help="Id of an assistant.")],
    day: Day = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """List the leads that reach an assistant, with what is advised on each, and why."""
    from api.reading import known_position
    from projections.leads import leads_of

    with traced_cursor() as (cursor, trace):
        on = trace.ledger.today() if day is None else asked_day(day)
        found = leads_of(cursor, assistant, on, known_position(cursor, known_at, "--known-at"))
        trace("leads", employee=assistant)
    if json:
        print_json(found)
        return
    for each in found:
        until = f", until {each.due_at:%Y-%m-%d %H:%M %Z}" if each.due_at else ""
        output().print(
            f"{each.lead} of {each.customer} for {each.employee}, {each.day}: {each.state}{until}",
            markup=False,
        )
        for advice in each.advice:
            does = "; ".join(in_language(step) for step in advice.does)
            why = "; ".join(in_language(reason) for reason in advice.why)
            output().print(f"  {in_language(advice.title)}: {does} ({why})", markup=False)
    if not found:
        output().print(f"No lead reaches {assistant} on {on}.")


@app.command(epilog="Example: meritbook contract HT-2025-17")
def contract(
    name: Annotated[str, typer.Argument(help="Id of a contract.", metavar="CONTRACT")],
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Show how far a contract has come, what is due, and how long each step took."""
    from api.reading import known_position
    from projections.contracts import contract as on_its_way

    with traced_cursor() as (cursor, trace):
        found = on_its_way(cursor, name, known_position(cursor, known_at, "--known-at"))
        if found is not None:
            trace("contract", employee=found.employee)
    if found is None:
        raise Failed(f"There is no contract {name!r}.", "See /v1/assistants/{employee}/contracts.")
    if json:
        print_json(found)
        return
    due = f"; due: {' or '.join(found.due)}" if found.due else ""
    stands = f"{found.employee} {in_language(found.said)}: {found.done} of {found.of} stages{due}"
    output().print(f"{found.contract} of {stands}", markup=False)
    for each in found.steps:
        waited = "" if each.minutes is None else f", after {each.minutes} minutes"
        why = f": {each.reason}" if each.reason else ""
        output().print(f"  {each.at:%Y-%m-%d %H:%M %Z} {each.step}{waited}{why}", markup=False)


def _row(each: "Pairing") -> list[str]:
    then, now = (
        "; ".join(f"{in_language(one.title)} {_said(one.value, one.form)}" for one in effect.indicators)
        for effect in (each.before, each.after)
    )
    said = (each.verdict or "").replace("_", " ")
    why = "; ".join(in_language(title) for title in each.why)
    return [each.assistant, each.seller, str(each.since), then, now, said, why]


def _propose(found: "Proposal") -> None:
    where = f", {found.branch}" if found.branch else ""
    output().print(
        f"{found.plan}{where}, {found.day}: {_said(found.best, 'number')} in all, "
        f"{_said(found.today, 'number')} today, gain {_said(found.gain, 'number')}; "
        f"{found.assumed} of {len(found.pairs)} assumed.",
        markup=False,
    )
    columns = ("Seller", "Today", "Proposed", "Move", "Score", "Reason")
    rows(
        dict.fromkeys(columns, ""),
        [
            [
                pair.seller,
                pair.today or "–",
                pair.assistant,
                pair.move,
                _said(pair.score, "percent"),
                in_language(pair.reason),
            ]
            for pair in found.pairs
        ],
    )
    output().print(in_language(found.rule))


def _said(exact: str | None, form: "Unit") -> str:
    """An exact number for people to read."""
    from fractions import Fraction

    from domain.plan.exact import shown

    return "–" if exact is None else shown(Fraction(exact), form)
