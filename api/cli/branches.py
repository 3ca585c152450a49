"""Commands about branches."""

from typing import Annotated

import typer

from api.cli.pay import asked_day
from api.cli.terminal import Json, output, print_json, settings

app = typer.Typer()


@app.command(
    "merge-branch",
    epilog="Example: meritbook merge-branch TJ --into BJ --on 2025-04-01 --reason 'one campus' --by wang.hr",
)
def merge_branch(
    branch: Annotated[str, typer.Argument(help="Id of the branch that goes.")],
    into: Annotated[str, typer.Option(help="Id of the branch that stays.")],
    on: Annotated[str, typer.Option(help="The first day on which it is one.", metavar="DAY")],
    reason: Annotated[str, typer.Option(help="Why, in plain words.")],
    by: Annotated[str, typer.Option(help="Who records it.")],
    json: Json = False,
) -> None:
    """Merge a branch into another: its people and posts move, and what is known of them stays theirs."""
    from api.branches import merge_branch as merge
    from api.ops import counted
    from domain.facts.governance import BranchMerged

    merged = BranchMerged(branch=branch, into=into, effective_on=asked_day(on), reason=reason)
    with counted(settings()) as (ledger, cursor):
        found = merge(ledger, cursor, merged, by)
    if json:
        print_json(found)
        return
    output().print(
        f"{branch} is part of {into} from {found.effective_on}: {len(found.people)} people moved, "
        f"{found.posts} facts about posts.",
        markup=False,
    )
    if found.plans:
        output().print(
            f"For {branch} by name are made, and do not cover them any more: {', '.join(found.plans)}.",
            markup=False,
        )
