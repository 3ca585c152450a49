"""A draft plan tried on past months, on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from api.cli.terminal import USAGE, Failed, Json, Scheduler, in_language, output, print_json, progress, rows
from api.cli.tracing import traced_cursor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.simulating import SimulationAsked
    from projections.simulated import Change, Simulation

app = typer.Typer()

SHOWN_PEOPLE = 10


@app.command(
    epilog="Example: meritbook plan simulate seller.yaml --from 2025-01 --until 2025-11 "
    "--vary client_bonus=30..80/10 --output seller.svg"
)
def simulate(
    from_: Annotated[str, typer.Option("--from", help="The first month to try, such as 2025-01.")],
    until: Annotated[str, typer.Option(help="The last month to try.")],
    file: Annotated[
        Path | None, typer.Argument(help="The draft, YAML: in the place of its plan, or as a new one.")
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="A plan to take away; may be repeated.")] = None,
    known_at: Annotated[
        str | None, typer.Option(help="As the ledger knew it at this position or instant with zone.")
    ] = None,
    vary: Annotated[
        str | None, typer.Option(help="A parameter of the draft over a range: parameter=from..to/step.")
    ] = None,
    largest: Annotated[
        int, typer.Option(min=0, max=100, help="Look into so many of the largest changes.")
    ] = 10,
    picture: Annotated[
        Path | None, typer.Option("--output", help="Write a picture too, as .svg or .html.")
    ] = None,
    lang: Annotated[
        Literal["en", "zh"], typer.Option(envvar="MERITBOOK_LANG", help="Language of the picture.")
    ] = "en",
    scheduler: Scheduler = None,
    json: Json = False,
) -> None:
    """Try a plan on past months: who would have been paid what, and why; nothing is stored.

    Both sides are computed anew by what was known; settled payslips are not looked at. The reading is traced.
    """
    from api.planning import check_plan, read_document
    from api.simulating import SimulationAsked

    if picture is not None and picture.suffix not in (".svg", ".html"):
        raise Failed(f"--output: {picture} is no picture.", "Name it .svg or .html.", USAGE)
    if file is not None:
        check_plan(file)  # a fault is told with its line
    asked = SimulationAsked(
        from_=from_,
        until=until,
        document=read_document(file) if file is not None else None,
        without=tuple(without or ()),
        vary=vary,
        known_at=known_at,
        largest=largest,
    )
    found = _tried(asked, scheduler, quiet=json)
    if picture is not None:
        _draw(found, picture, lang)
    if json:
        print_json(found)
    else:
        _show(found)


def _tried(asked: "SimulationAsked", scheduler: str | None, quiet: bool) -> "Simulation":
    """The simulation, once its trace is durable."""
    from api.cluster.crew import crew_of
    from api.ops import now
    from api.reading import known_position
    from api.simulating import asked_for
    from projections.closing import head
    from projections.simulation import simulate as try_out

    with traced_cursor() as (cursor, trace):
        whatif = asked_for(asked, trace.ledger.intake.business_day(now()))
        at = known_position(cursor, asked.known_at, "--known-at")
        ledger = trace.ledger
        with (
            crew_of(scheduler, ledger.settings, ledger.dsn) as crew,
            progress("simulating", 1.0, quiet) as reach,
        ):
            found = try_out(cursor, whatif, head(cursor) if at is None else at, reach, crew)
        months = {"from": asked.from_, "until": asked.until, "plan": found.plan}
        trace("plan simulate", people=len(found.people), filter=months)
    return found


def _draw(found: "Simulation", file: Path, lang: Literal["en", "zh"]) -> None:
    from api.simulation_picture import picture

    drawn = picture(found, lang)
    if file.suffix == ".html":
        drawn = f'<!doctype html>\n<html lang="{lang}"><meta charset="utf-8"><body>\n{drawn}</body></html>\n'
    try:
        file.write_text(drawn, "utf-8")
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None


def _show(found: "Simulation") -> None:
    """Totals, branches, components, the extremes, the largest changes, and the curve."""
    from domain.money import major_text

    def money(minor: int) -> str:
        return major_text(minor, found.currency)

    def cells(each: "Change") -> list[str]:
        return [money(each.before_minor), money(each.after_minor), money(each.difference_minor)]

    def table(heading: str, told: "Sequence[tuple[str, Change]]") -> None:
        columns = {heading: "left", "before": "right", "after": "right", "difference": "right"}
        rows(columns, [[name, *cells(each)] for name, each in told])
        output().print()

    spread = found.distribution
    tried = found.plan or "nothing"
    less = f" without {', '.join(found.without)}" if found.without else ""
    output().print(
        f"{tried}{less} in {found.first} to {found.last}, in {found.currency}, "
        f"known at position {found.known_at}"
    )
    output().print(f"{in_language(found.basis)}\n")
    table("month", [*((each.period, each) for each in found.months), ("all", found)])
    table("branch", [(each.branch or "none", each) for each in found.branches])
    if found.accounts:
        table("account", [(f"{each.plan}.{each.account}", each) for each in found.accounts])
        table("paid", [*((each.period, each.paid) for each in found.months), ("all", found.paid)])
    table("component", [(f"{each.plan}.{each.component}", each) for each in found.components])
    output().print(f"{spread.winners} gain, {spread.losers} lose, {spread.unchanged} are paid the same.")
    for each in spread.bins:
        if each.people:
            output().print(
                f"  {money(each.from_minor)} to less than {money(each.until_minor)}: {each.people}"
            )
    moved = sorted(found.people, key=lambda each: (-abs(each.difference_minor), each.employee))
    shown = [(each.employee, each) for each in moved[:SHOWN_PEOPLE] if each.difference_minor]
    if shown:
        output().print()
        table("person", shown)
    for change in found.largest:
        grounds = "; ".join(in_language(ground.said) for ground in change.line.grounds)
        output().print(
            f"{change.employee} {change.period}: {in_language(change.line.said)} {grounds}".rstrip()
        )
        for measure in change.measures:
            at = ", ".join(str(fact.position) for fact in measure.facts)
            facts = f"{measure.total} fact{'' if measure.total == 1 else 's'}"
            output().print(f"  {measure.measure}: {facts}; those that count most at {at or 'none'}")
    if found.curve:
        points = [[each.value, money(each.total_minor), money(each.difference_minor)] for each in found.curve]
        output().print()
        rows({found.varied or "": "right", "cost": "right", "difference": "right"}, points)
