"""Commands about the life of a plan: draft, comment, acknowledge, and how it stands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.pay import asked_day
from api.cli.terminal import Json, output, print_json, settings
from api.cli.tracing import traced_cursor

if TYPE_CHECKING:
    from projections.plan_life import Comment, Draft
    from projections.plan_readers import Readers

app = typer.Typer()

File = Annotated[Path, typer.Argument(help="The plan document, YAML.")]
PlanId = Annotated[str, typer.Argument(help="Id of a plan.")]
DraftId = Annotated[str, typer.Argument(help="Id of a draft.")]
SHOWN_NAMES = 20


@app.command(epilog="Example: meritbook plan draft seller.yaml --id seller-2025.2 --by wang.hr")
def draft(
    file: File,
    id_: Annotated[str, typer.Option("--id", help="What the draft is to be called.")],
    by: Annotated[str, typer.Option(help="Who puts it up.")],
    reason: Annotated[str | None, typer.Option(help="Why, in plain words.")] = None,
    replaces: Annotated[str | None, typer.Option(help="The draft that it improves.")] = None,
    json: Json = False,
) -> None:
    """Put a plan up for comment; it pays nobody anything until it is adopted."""
    from api.ops import open_ledger
    from api.planning import draft_plan

    with open_ledger(settings()) as ledger:
        ledger.opened()
        stored = draft_plan(ledger, file, id_, actor=by, reason=reason, replaces=replaces)
    if json:
        print_json({"draft": id_, "position": stored.position})
    else:
        output().print(f"Draft {id_} is up for comment (position {stored.position}).")


@app.command(
    epilog="Example: meritbook plan comment seller-2025.2 --employee E1007 --by wang.hr --note 'too many'"
)
def comment(
    draft: DraftId,
    employee: Annotated[str, typer.Option(help="Who says it.")],
    by: Annotated[str, typer.Option(help="Who records it.")],
    note: Annotated[str, typer.Option(help="What they say.")],
    path: Annotated[
        str | None, typer.Option(help="The part that is meant, such as targets.new_clients.value.")
    ] = None,
    json: Json = False,
) -> None:
    """Record what somebody says about a draft; the text is encrypted with their key."""
    from api.ops import counted
    from api.planning import comment_on, draft_named

    with counted(settings()) as (ledger, cursor):
        found = draft_named(cursor, draft)
        stored = comment_on(ledger, found, employee=employee, note=note, path=path, actor=by)
    if json:
        print_json({"draft": draft, "position": stored.position})
    else:
        output().print(f"The comment on draft {draft} is recorded (position {stored.position}).")


@app.command(
    epilog="Example: meritbook plan acknowledge huikang-seller --employee E1007 --by hr --signature HR-25-117"
)
def acknowledge(
    name: PlanId,
    employee: Annotated[str, typer.Option(help="Who has read it.")],
    by: Annotated[str, typer.Option(help="Who records it.")],
    signature: Annotated[
        str | None, typer.Option(help="Where the signed paper is filed, if another records it.")
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(min=1, help="Position of the version; of the one that holds today if absent."),
    ] = None,
    json: Json = False,
) -> None:
    """Record that a person has read the version of a plan that pays them."""
    from api.ops import counted
    from api.planning import acknowledge as record
    from api.planning import version_of

    with counted(settings()) as (ledger, cursor):
        read = version_of(cursor, name, ledger.today(), version)
        stored = record(ledger, read, employee=employee, signature=signature, actor=by)
    if json:
        print_json({"plan": name, "adopted_at": read.position, "position": stored.position})
        return
    since = f"from {read.effective_from} (position {stored.position})"
    output().print(f"{employee} has acknowledged plan {name} {since}.")


@app.command(epilog="Example: meritbook plan status huikang-seller --day 2025-07-01")
def status(
    name: PlanId,
    day: Annotated[
        str | None, typer.Option(help="The business day that counts as today.", metavar="DAY")
    ] = None,
    draft: Annotated[str | None, typer.Option(help="Show this draft with its comments instead.")] = None,
    json: Json = False,
) -> None:
    """Show a plan's drafts and versions, who has acknowledged each, and who has not."""
    from api.plan_life import in_clear
    from api.planning import draft_named
    from api.plans import unknown_plan
    from projections import plan_life, plan_readers

    with traced_cursor() as (cursor, trace):
        if draft is not None:
            found = draft_named(cursor, draft)
            comments = in_clear(cursor, trace.ledger.vault, plan_life.comments(cursor, draft))
            trace("plan status", people=len({each.employee for each in comments}), filter={"draft": draft})
            if json:
                print_json({"draft": found, "comments": comments})
            else:
                _print_draft(found, comments)
            return
        on = trace.ledger.today() if day is None else asked_day(day)
        drafts, versions = plan_life.drafts(cursor, name), plan_readers.readers(cursor, name, on)
        if not drafts and not versions:
            raise unknown_plan(name)
        people = {e for each in versions for e in (*each.missing, *(a.employee for a in each.acknowledged))}
        trace("plan status", people=len(people), filter={"plan": name})
    if json:
        print_json({"plan": name, "day": on, "drafts": drafts, "versions": versions})
        return
    for each in drafts:
        _print_draft(each, [])
    for version in versions:
        _print_version(version)


def _print_draft(draft: "Draft", comments: "list[Comment]") -> None:
    closed = f" at position {draft.closed_at}" if draft.closed_at else ""
    said = f"{draft.comments} comment{'' if draft.comments == 1 else 's'}"
    asked = f", proposed for adoption by {draft.proposal.actor}" if draft.proposal else ""
    state = f"{draft.state}{closed}, {said}{asked}"
    output().print(f"Draft {draft.draft} from {draft.effective_from}, by {draft.actor}: {state}")
    for each in comments:
        about = f" on {each.path}" if each.path else ""
        output().print(f"  {each.employee}{about}: {each.note or '(erased)'}", markup=False)


def _print_version(version: "Readers") -> None:
    console = output()
    state = version.state.replace("_", " ")
    console.print(
        f"Version from {version.effective_from} (position {version.position}), {state}: acknowledged by "
        f"{len(version.acknowledged)}, missing {len(version.missing)} of {version.participants}"
    )
    if version.missing:
        more = len(version.missing) - SHOWN_NAMES
        rest = f" and {more} more" if more > 0 else ""
        console.print(f"  missing: {', '.join(version.missing[:SHOWN_NAMES])}{rest}", markup=False)
