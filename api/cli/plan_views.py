"""Commands that read plans: what changed between two, and which numbers hold for a person."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.pay import Employee, Month, asked_month
from api.cli.terminal import FAILED, Failed, Json, Language, output, print_json, rows, settings
from api.cli.tracing import traced_cursor

if TYPE_CHECKING:
    from domain.plan.document import Plan

app = typer.Typer()

Version = Annotated[
    str, typer.Argument(help="A YAML file; or a plan, PLAN@POSITION for one version, or draft:ID.")
]


@app.command(epilog="Example: meritbook plan diff huikang-seller seller-2025.2.yaml --lang zh")
def diff(before: Version, after: Version, lang: Language = "en", json: Json = False) -> None:
    """Say in words what changes from one version of a plan to another.

    Exit status 0: they say the same; 1: they differ, or one cannot be read. A plan without a position is the
    version that holds today. Two files need no ledger.
    """
    from domain.plan.amendment import amendment

    found = amendment(_read(before), _read(after))
    if json:
        print_json(found)
    else:
        for each in found.differences:
            output().print(each.said.zh if lang == "zh" else each.said.en, markup=False)
    if found.differences:
        raise typer.Exit(FAILED)


@app.command(epilog="Example: meritbook plan resolve huikang-seller E1007 2025-03")
def resolve(
    name: Annotated[str, typer.Argument(help="Id of a plan.")],
    employee: Employee,
    period: Month,
    lang: Language = "en",
    json: Json = False,
) -> None:
    """Show every number of a plan that holds for a person in a month, and who set it where.

    Once for each branch or team that sets numbers for its own days; as JSON a list then.
    """
    from rich.markup import escape

    from projections.numbers import resolved_numbers

    month = asked_month(period)
    with traced_cursor() as (cursor, trace):
        having = [each for each in resolved_numbers(cursor, employee, month) if each.plan == name]
        if not having:
            raise Failed(
                f"Plan {name} does not pay {employee} in {month}.", f"See meritbook plan status {name}."
            )
        trace("plan resolve", employee=employee)
    if json:
        print_json(having[0] if len(having) == 1 else having)
        return
    headings = {
        name.replace("_", " "): "left" for name in "where what value comes_to set_by position source".split()
    }
    for found in having:
        if found.placement is not None:
            output().print(found.placement, markup=False)
        told = [
            [
                each.path,
                escape(each.title.zh if lang == "zh" else each.title.en),
                each.said,
                each.holds,
                each.level,
                each.position,
                each.source,
            ]
            for each in found.values
        ]
        rows(headings, told)


def _read(version: str) -> "Plan":
    """The plan that `version` names.

    Raises: Malformed, PlanInvalid, NotFound.
    """
    from api.planning import check_plan, draft_named, version_of
    from domain.plan.parse import parse_plan
    from projections.plan_life import draft_document

    file = Path(version)
    if file.suffix in (".yaml", ".yml", ".json") or file.is_file():
        return check_plan(file)
    from api.ops import counted

    with counted(settings()) as (ledger, cursor):
        if version.startswith("draft:"):
            name = draft_named(cursor, version.removeprefix("draft:")).draft
            return parse_plan(draft_document(cursor, name), file=version)
        plan, _, position = version.partition("@")
        if position and not (position.isascii() and position.isdecimal()):
            raise Failed(f"{position!r} is not a position.", "Write PLAN@123.", status=2)
        held = version_of(cursor, plan, ledger.today(), int(position) if position else None)
        return held.parsed()
