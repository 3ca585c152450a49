"""Commands about inquiries: what people ask and dispute about their pay, and how it is settled."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.pay import KnownAt, asked_month
from api.cli.terminal import Json, output, print_json, settings
from api.cli.tracing import traced_cursor

if TYPE_CHECKING:
    from projections.inquiries import Inquiry

app = typer.Typer(no_args_is_help=True, rich_markup_mode="markdown")

InquiryId = Annotated[str, typer.Argument(help="Id of an inquiry.")]
By = Annotated[str, typer.Option(help="Who records it.")]


@app.command(
    "open",
    epilog="Example: meritbook inquiry open Q-7 --employee E1007 --period 2025-03 --kind missing_credit "
    "--note 'SO2503-0021 is missing' --by E1007",
)
def open_(
    inquiry: InquiryId,
    employee: Annotated[str, typer.Option(help="Whose pay it is about.")],
    period: Annotated[str, typer.Option(help="A month, such as 2025-03.", metavar="PERIOD")],
    kind: Annotated[str, typer.Option(help="question, missing_credit, wrong_amount …")],
    note: Annotated[str, typer.Option(help="What they ask; encrypted with their key.")],
    by: By,
    plan: Annotated[str | None, typer.Option(help="Of the line that is meant; with --component.")] = None,
    component: Annotated[str | None, typer.Option(help="Of the line that is meant; with --plan.")] = None,
    expected_minor: Annotated[
        int | None, typer.Option(help="What it should come to, in minor units.")
    ] = None,
    expected_count: Annotated[str | None, typer.Option(help="How much should count, such as 12.")] = None,
    json: Json = False,
) -> None:
    """Record that somebody asks about their pay for a month, or disputes it."""
    from api import paying
    from api.ops import counted
    from domain.facts.registry import from_builtins

    said = {
        "inquiry": inquiry,
        "employee": employee,
        "period": str(asked_month(period)),
        "kind": kind,
        "note": note,
        "plan": plan,
        "component": component,
        "expected_minor": expected_minor,
        "expected_count": expected_count,
    }
    fact = from_builtins("inquiry_opened", {name: value for name, value in said.items() if value is not None})
    with counted(settings()) as (ledger, _):
        stored = paying.record(ledger, fact, by)
    _say(inquiry, "open", stored.position, json)


@app.command(epilog="Example: meritbook inquiry answer Q-7 --note 'It comes tomorrow' --by wang.hr")
def answer(
    inquiry: InquiryId,
    note: Annotated[str, typer.Option(help="What was found; encrypted with the key of who asked.")],
    by: By,
    json: Json = False,
) -> None:
    """Answer an inquiry; it stays unsettled."""
    from api import paying
    from api.ops import counted

    with counted(settings()) as (ledger, cursor):
        stored = paying.answer(ledger, cursor, inquiry, note, by)
    _say(inquiry, "answered", stored.position, json)


@app.command(epilog="Example: meritbook inquiry resolve Q-7 upheld --correction 3382 --by wang.hr")
def resolve(
    inquiry: InquiryId,
    outcome: Annotated[
        Literal["upheld", "rejected", "withdrawn"], typer.Argument(help="How it ends.", show_default=False)
    ],
    by: By,
    correction: Annotated[list[int] | None, typer.Option(help="Position of a fact that mends it.")] = None,
    note: Annotated[str | None, typer.Option(help="What is to be said about it.")] = None,
    signature: Annotated[
        str | None, typer.Option(help="Where the paper is filed, if another withdraws it for them.")
    ] = None,
    json: Json = False,
) -> None:
    """Settle an inquiry for good."""
    from api import paying
    from api.ops import counted

    with counted(settings()) as (ledger, cursor):
        stored = paying.resolve(
            ledger, cursor, inquiry, outcome, by, corrections=correction or [], note=note, signature=signature
        )
    _say(inquiry, outcome, stored.position, json)


@app.command("list", epilog="Example: meritbook inquiry list --state open")
def list_(
    state: Annotated[
        Literal["open", "answered", "resolved"] | None, typer.Option(help="Only those that stand so.")
    ] = None,
    period: Annotated[str | None, typer.Option(help="About this month.", metavar="PERIOD")] = None,
    employee: Annotated[str | None, typer.Option(help="Of this person.")] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """List inquiries with their answers and how they were settled."""
    from api.inquiries import in_clear
    from api.reading import known_position
    from projections.inquiries import inquiries

    about = None if period is None else str(asked_month(period))
    with traced_cursor() as (cursor, trace):
        at = known_position(cursor, known_at)
        found = inquiries(
            cursor, at, employees=None if employee is None else [employee], period=about, state=state
        )
        found = in_clear(cursor, trace.ledger.vault, found)
        people = {each.employee for each in found}
        trace("inquiry list", people=len(people), filter={"period": about, "state": state})
    if json:
        print_json(found)
        return
    for each in found:
        _show(each)
    if not found:
        output().print("There are no such inquiries.")


def _show(inquiry: "Inquiry") -> None:
    line = "" if inquiry.component is None else f", {inquiry.plan}.{inquiry.component}"
    erased = "(erased)"
    output().print(
        f"{inquiry.inquiry} {inquiry.state}: {inquiry.employee}, {inquiry.period}{line}, {inquiry.kind}: "
        f"{inquiry.note or erased}",
        markup=False,
    )
    for each in inquiry.answers:
        output().print(f"  {each.actor}: {each.note or erased}", markup=False)
    if inquiry.resolution is not None:
        mended = ", ".join(map(str, inquiry.resolution.corrections))
        by = f" by the facts at {mended}" if mended else ""
        output().print(f"  {inquiry.resolution.outcome}{by}, {inquiry.resolution.actor}", markup=False)


def _say(inquiry: str, state: str, position: int, json: bool) -> None:
    if json:
        print_json({"inquiry": inquiry, "position": position})
    else:
        output().print(f"Inquiry {inquiry} is {state} (position {position}).")
