"""Commands about plan documents."""

from typing import Annotated

import typer

from api.cli import plan_changes, plan_life, plan_views, simulating
from api.cli.plan_life import File
from api.cli.terminal import FAILED, Json, Language, output, print_json, settings, tell_faults

plan = typer.Typer(help="Check, discuss, adopt and read plan documents.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(plan, name="plan")
plan.add_typer(plan_life.app)
plan.add_typer(plan_changes.app)
plan.add_typer(plan_views.app)
plan.add_typer(simulating.app)


@plan.command(epilog="Example: meritbook plan check examples/plans/huikang-seller.yaml --lang zh")
def check(file: File, lang: Language = "en", json: Json = False) -> None:
    """Say everything that is wrong with a plan document; no ledger is needed."""
    from api.planning import check_plan
    from domain.plan.problems import PlanInvalid

    try:
        found = check_plan(file)
    except PlanInvalid as invalid:
        tell_faults(file, invalid, json, lang)
        raise typer.Exit(FAILED) from None
    if json:
        print_json(
            {"file": str(file), "plan": found.plan, "effective_from": found.effective_from, "problems": []}
        )
    else:
        sound = f"is sound: plan {found.plan}, effective from {found.effective_from}."
        if lang == "zh":
            sound = f"没有错误：方案 {found.plan}，自 {found.effective_from} 起生效。"
        output().print(f"{file} {sound}")


@plan.command(epilog="Example: meritbook plan adopt seller.yaml --by wang.hr --approver li.ceo")
def adopt(
    file: File,
    by: Annotated[str, typer.Option(help="Who adopts it.")],
    approver: Annotated[str, typer.Option(help="The second person, who approves.")],
    draft: Annotated[str | None, typer.Option(help="The draft that is accepted by it.")] = None,
    json: Json = False,
) -> None:
    """Let a plan take effect; the version before it ends the day before."""
    from api.ops import open_ledger
    from api.planning import adopt_plan

    with open_ledger(settings()) as ledger:
        ledger.opened()
        found, stored = adopt_plan(ledger, file, adopted_by=by, approver=approver, draft=draft)
    if json:
        print_json({"plan": found.plan, "position": stored.position, "hit": stored.hit})
        return
    how = "was adopted before" if stored.hit else "takes effect"
    output().print(f"The plan {found.plan} {how}, from {found.effective_from} (position {stored.position}).")
