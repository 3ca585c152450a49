"""Commands about pay: closing months, handing them over, and saying why."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.cli.terminal import Failed, Json, notes, output, print_json, settings
from api.cli.tracing import account, traced_cursor

if TYPE_CHECKING:
    from domain.period import Period
    from projections.payroll import PayrollRun

app = typer.Typer()

Format = Literal["csv", "xlsx", "parquet", "json"]
Employee = Annotated[str, typer.Argument(help="Id of a person.")]
Month = Annotated[str, typer.Argument(help="A month, such as 2025-03.", metavar="PERIOD")]
KnownAt = Annotated[
    str | None, typer.Option(help="As known at this position, or instant with zone.", metavar="POSITION|TIME")
]
Day = Annotated[
    str | None, typer.Option(help="Business day that counts as today, such as 2025-03-15.", metavar="DAY")
]


@app.command(epilog="Example: meritbook explain E1007 2025-03")
def explain(employee: Employee, period: Month, known_at: KnownAt = None, json: Json = False) -> None:
    """Say why somebody is paid what they are paid, down to the facts and their positions."""
    from api.cli.tree import explanation
    from api.ops import ENGINE
    from api.people import nothing_due
    from api.reading import known_position
    from projections import explain as explaining

    month = asked_month(period)
    with traced_cursor() as (cursor, trace):
        at = known_position(cursor, known_at)
        found = explaining.explain(cursor, employee, month, at, engine=ENGINE)
        if found is None:
            raise nothing_due(cursor, employee, period, at)
        trace("explain", employee=employee)
    if json:
        print_json(found)
    else:
        output().print(explanation(found))


@app.command(epilog="Example: meritbook payroll 2025-03 --format xlsx --output march.xlsx")
def payroll(
    period: Month,
    format: Annotated[Format, typer.Option(help="Form of the file.")] = "csv",
    output_: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file; a name of its own here if absent, - for stdout."),
    ] = None,
    known_at: KnownAt = None,
) -> None:
    """Write everything that is paid with a month as a file for payroll: one row per line of a statement."""
    from api.names import named_run, nameless_run
    from api.ops import ENGINE
    from api.payroll_files import file_name, payroll_file
    from api.reading import known_position
    from domain.journal.master import KeysUnavailable
    from projections import payroll as runs

    month = asked_month(period)
    with traced_cursor() as (cursor, trace):
        run = runs.run(cursor, month, known_position(cursor, known_at), engine=ENGINE)
        try:
            run = named_run(cursor, trace.ledger.vault, run)
        except KeysUnavailable as why:
            notes().print(f"Without names: {why.detail}")
            run = nameless_run(run)
        trace("payroll", people=len(run.totals), filter={"period": month})
    content = payroll_file(run, format)
    if str(output_) == "-":
        sys.stdout.buffer.write(content)
        return
    file = output_ or Path(file_name(run, format))
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}.", "Choose another --output.") from None
    output().print(f"{file}: {run.period} ({run.run.state}), {len(run.rows)} rows, {_sums(run)}.")
    for hold in run.holds:
        if not hold.rows:
            notes().print(f"Hold {hold.hold} on pay of {hold.employee} meets no line of this run.")
    if run.state == "open":
        notes().print(f"The month is open, so this may change; close it with: meritbook close {run.period}")


def _sums(run: "PayrollRun") -> str:
    """What a run comes to in each currency, what of it is held, and the difference to the month before."""
    from domain.money import major_text

    said: list[str] = []
    for each in run.sums:
        if not each.people:
            continue
        total = f"{major_text(each.amount_minor, each.currency)} {each.currency} to {each.people} people"
        if each.held_minor:
            total += f", {major_text(each.held_minor, each.currency)} of it held"
        if each.difference_minor is not None:
            sign = "+" if each.difference_minor >= 0 else ""
            total += f", {sign}{major_text(each.difference_minor, each.currency)} to the month before"
        said.append(total)
    return "; ".join(said) or "nothing is due"


@app.command(epilog="Example: meritbook payslip E1007 2025-03 --lang zh --output march.html")
def payslip(
    employee: Employee,
    period: Month,
    lang: Annotated[
        Literal["en", "zh"], typer.Option(envvar="MERITBOOK_LANG", help="Language of the page.")
    ] = "en",
    output_: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; a name of its own here if absent.")
    ] = None,
    known_at: KnownAt = None,
) -> None:
    """Write somebody's statement as a page to print: open it in a browser, and print it or save it as PDF."""
    from api.caller import Caller
    from api.payslip_page import payslip_page
    from api.printing import page_of
    from api.reading import known_position
    from projections.titles import titles

    month = asked_month(period)
    with traced_cursor() as (cursor, trace):
        reader = Caller(name=account(), role="hr_head", scope="all")
        at = known_position(cursor, known_at)
        page = page_of(cursor, trace.ledger.vault, reader, employee, month, at, lang, titles(cursor))
        trace("payslip", employee=employee)
    file = output_ or Path(f"payslip-{employee.replace('/', '-')}-{month}.{lang}.html")
    try:
        file.write_text(payslip_page(page), "utf-8")
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}.", "Choose another --output.") from None
    output().print(f"{file}: {employee}, {month} ({page.slip.run.state}).")


@app.command("dual-run", epilog="Example: meritbook dual-run 2025-03 old-system.csv --employee-column 工号")
def dual_run(
    period: Month,
    file: Annotated[Path, typer.Argument(help="A CSV of what the other system pays.")],
    employee_column: Annotated[str, typer.Option(help="The column of the id.")] = "employee",
    amount_column: Annotated[str, typer.Option(help="The column of the pay, in yuan.")] = "amount",
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Compare what another system pays for a month with what the ledger pays; 1 where they differ."""
    from api.dual_run import dual_run as compare
    from api.ops import ENGINE
    from api.reading import known_position
    from domain.money import major_text
    from projections import payroll as runs
    from projections.closing import head
    from projections.opening import opening

    month = asked_month(period)
    with traced_cursor() as (cursor, trace):
        currency = opening(cursor, head(cursor)).fact.currency
        run = runs.run(cursor, month, known_position(cursor, known_at), engine=ENGINE)
        found = compare(run, file, employee_column, amount_column, currency)
        trace("dual-run", people=found.equal + len(found.differences), filter={"period": month})
    if json:
        print_json(found)
    else:
        for each in found.differences:
            theirs, ours = (
                "nothing" if minor is None else major_text(minor, currency)
                for minor in (each.theirs_minor, each.ours_minor)
            )
            output().print(f"{each.employee}: {theirs} there, {ours} here")
        output().print(
            f"{found.period}: {found.equal} people are paid the same, {len(found.differences)} differently; "
            f"{major_text(found.theirs_minor, currency)} there, "
            f"{major_text(found.ours_minor, currency)} {currency} here."
        )
    if found.differences:
        raise typer.Exit(1)


@app.command(epilog="Example: meritbook honour star_of_the_week 2025-W10")
def honour(
    board: Annotated[str, typer.Argument(help="Id of a board in a plan.")],
    period: Annotated[
        str, typer.Argument(help="A week, month, quarter or year that is over.", metavar="PERIOD")
    ],
    actor: Annotated[str, typer.Option(help="Who awards it.")] = "meritbook honour",
    json: Json = False,
) -> None:
    """Record whoever stands first on a board as honoured, with the facts that show it."""
    from api.cli.tree import plain
    from api.ops import award, open_ledger
    from api.reading import any_period

    with open_ledger(settings()) as ledger:
        awarded = award(ledger, board, any_period(period), actor=actor)
    if awarded is None:
        raise Failed(f"No plan in force in {period} has a board {board!r}.", "See examples/plans.")
    if json:
        print_json([{"position": stored.position, **_members(honoured)} for honoured, stored in awarded])
        return
    for honoured, stored in awarded:
        output().print(
            f"{honoured.employee} is first on {board} of {period} with {plain(honoured.value)} "
            f"(position {stored.position}; {len(honoured.evidence)} facts of evidence)."
        )
    if not awarded:
        output().print(f"Nothing was measured for {board} in {period}, so nobody is honoured.")


@app.command(epilog="Example: meritbook progress E1007 --day 2025-03-15")
def progress(employee: Employee, day: Day = None, known_at: KnownAt = None, json: Json = False) -> None:
    """Show how far somebody is this month: what is done, what is left, what is earned."""
    from api.cli.tree import standing
    from api.people import nothing_due
    from api.reading import known_position
    from projections.progress import progress as asked

    with traced_cursor() as (cursor, trace):
        on = _day(cursor, day)
        at = known_position(cursor, known_at)
        found = asked(cursor, employee, on, at)
        if found is None:
            raise nothing_due(cursor, employee, f"{on:%Y-%m}", at)
        trace("progress", employee=employee)
    if json:
        print_json(found)
    else:
        output().print(standing(found))


@app.command(epilog="Example: meritbook hints E1007 --day 2025-03-15")
def hints(employee: Employee, day: Day = None, known_at: KnownAt = None, json: Json = False) -> None:
    """Say how much more of what would earn somebody more, and what that assumes."""
    from api.cli.tree import steps
    from api.people import unknown_person
    from api.reading import known_position
    from projections import roster
    from projections.hints import hints as asked

    with traced_cursor() as (cursor, trace):
        position = known_position(cursor, known_at)
        if not roster.changes(cursor, [employee], position):
            raise unknown_person(employee)
        found = asked(cursor, employee, _day(cursor, day), position)
        trace("hints", employee=employee)
    if json:
        print_json(found)
    else:
        output().print(steps(found) if found else "Nothing more can be earned this month by doing more.")


def _day(cursor: Any, day: str | None) -> dt.date:
    """The day that was asked for; else the business day in the ledger's zone."""
    from zoneinfo import ZoneInfo

    from api.ops import now
    from projections.closing import head
    from projections.opening import opening

    if day is None:
        return now().astimezone(ZoneInfo(opening(cursor, head(cursor)).fact.zone)).date()
    return asked_day(day)


def asked_day(text: str) -> dt.date:
    """The day that was typed.

    Raises: Failed with the status of a wrong usage.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Failed(f"{text!r} is not a day.", "Write it as 2025-03-15.", status=2) from None


def asked_month(text: str) -> "Period":
    """The month that was typed.

    Raises: Failed with the status of a wrong usage.
    """
    from api.reading import month
    from domain.refusals import BadField

    try:
        return month(text)
    except BadField as bad:
        raise Failed(bad.detail, bad.remedy, status=2) from None


def _members(fact: object) -> dict[str, object]:
    import msgspec

    members: dict[str, object] = msgspec.to_builtins(fact)
    return members
