"""Warnings on the command line: those that stand, and a rule tried on the past."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.pay import Day, KnownAt
from api.cli.terminal import USAGE, Failed, Json, in_language, output, print_json, progress, rows
from api.cli.tracing import traced_cursor

if TYPE_CHECKING:
    from projections.alerts import Warning
    from projections.backtest import AlertBacktest

app = typer.Typer()


@app.command(epilog="Example: meritbook alerts --day 2025-03-14")
def alerts(
    employee: Annotated[
        list[str] | None, typer.Option(help="About this person only; may be repeated.")
    ] = None,
    day: Day = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """List the warnings that stand: about whom, since when, and the numbers behind each."""
    from api.ops import now
    from api.reading import known_position
    from projections.alerts import alerts as standing

    with traced_cursor() as (cursor, trace):
        on = _day(day, "--day") or trace.ledger.intake.business_day(now())
        found = standing(cursor, on, employee, known_position(cursor, known_at, "--known-at"))
        trace("alerts", people=len({each.employee for each in found}))
    if json:
        print_json(found)
    elif found:
        rows(
            {"Person": "", "Plan": "", "Warning": "", "Since": "", "Periods": "", "State": "", "Numbers": ""},
            [_row(each) for each in found],
        )
    else:
        output().print(f"No warning stands on {on}.")


@app.command(epilog="Example: meritbook reminders --day 2025-08-24")
def reminders(day: Day = None, known_at: KnownAt = None, json: Json = False) -> None:
    """List what is due about people: newcomers, probations to review, credentials that expire."""
    from api.ops import now
    from api.reading import known_position
    from projections.reminders import reminders as due

    with traced_cursor() as (cursor, trace):
        on = _day(day, "--day") or trace.ledger.intake.business_day(now())
        found = due(cursor, on, known_at=known_position(cursor, known_at, "--known-at"))
        trace("reminders", people=len({each.employee for each in found}))
    if json:
        print_json(found)
    elif found:
        rows(
            {"Due": "", "Days left": "", "Person": "", "What": "", "About": "", "Told": ""},
            [
                [
                    str(each.due_on),
                    str(each.days_left),
                    each.employee,
                    each.kind.replace("_", " "),
                    each.kind_of_it or "",
                    ", ".join(each.to),
                ]
                for each in found
            ],
        )
    else:
        output().print(f"Nothing is due on {on}.")


@app.command(epilog="Example: meritbook notices --as-of 2025-03-14T09:00:00+08:00")
def notices(
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="The instant that counts as now; now if absent.")
    ] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """List who is to be told of which warning or reminder: after quiet hours, passed on in time."""
    from api.ops import now
    from api.reading import instant, known_position
    from projections.notices import notices as due

    at = instant(as_of, "--as-of") if as_of else now()
    with traced_cursor() as (cursor, trace):
        found = due(cursor, at, known_at=known_position(cursor, known_at, "--known-at"))
        trace("notices", people=len({each.employee for each in found}))
    if json:
        print_json(found)
    elif found:
        rows(
            {"Due": "", "To": "", "Person": "", "What": "", "About": ""},
            [
                [
                    each.due_at.isoformat(timespec="minutes"),
                    each.person or each.to.replace("_", " "),
                    each.employee,
                    each.kind.replace("_", " "),
                    in_language(each.title) if each.title else each.about or "",
                ]
                for each in found
            ],
        )
    else:
        output().print(f"Nobody is to be told of anything at {at.isoformat()}.")


@app.command(
    epilog="Example: meritbook backtest stressed --plan huikang-newcomer --try 7 --try 9 --within-days 90"
)
def backtest(
    alert: Annotated[str, typer.Argument(help="Id of the warning.")],
    plan: Annotated[str | None, typer.Option(help="The plan in force that has it.")] = None,
    file: Annotated[Path | None, typer.Option(help="Or a plan document that need not be adopted.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First day; a year back if absent.")] = None,
    to: Annotated[str | None, typer.Option(help="Last day; today if absent.")] = None,
    within_days: Annotated[
        int, typer.Option(min=1, max=366, help="A warning is right if the person leaves so soon.")
    ] = 60,
    levels: Annotated[
        list[str] | None, typer.Option("--try", help="Another level of its first condition, such as 60 %.")
    ] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Try a rule of warning on the past: how often it fires, and whom of those who left it names in time."""
    from api.alerts import require_range, rule_in_force, rule_of, tried_levels
    from api.ops import now
    from api.planning import check_plan
    from api.reading import known_position
    from projections.backtest import alert_backtest

    if (plan is None) == (file is None):
        raise Failed("It is not clear whose warning is meant.", "Give --plan or --file.", USAGE)
    asked = tried_levels(levels or ())
    with traced_cursor() as (cursor, trace):
        until = _day(to, "--to") or trace.ledger.intake.business_day(now())
        since = _day(from_, "--from") or until - dt.timedelta(days=364)
        require_range(since, until)
        at = known_position(cursor, known_at, "--known-at")
        if file is not None:
            tried = check_plan(file)
            rule = rule_of(tried, alert)
        else:
            tried, rule = rule_in_force(cursor, plan or "", alert, until, at)
        with progress("trying", None, json):
            found = alert_backtest(
                cursor, tried, rule, since, until, within_days=within_days, levels=asked, known_at=at
            )
        trace("backtest", people=found.people)
    if json:
        print_json(found)
    else:
        _show(found)


def _row(each: "Warning") -> list[str]:
    numbers = "; ".join(
        f"{in_language(cause.title)} {_shown(cause.value, cause.form)}" for cause in each.course[0].causes
    )
    return [
        each.employee,
        each.plan,
        in_language(each.title),
        each.first,
        str(each.periods),
        each.state,
        numbers,
    ]


def _show(found: "AlertBacktest") -> None:
    output().print(
        f"{found.alert} of {found.plan}, {found.first} to {found.last}: {found.people} people watched, "
        f"{found.left} of them left; a warning is right within {found.within_days} days."
    )
    columns = ("Level", "Fired", "Warned", "Right", "Missed", "Precision", "Recall", "Days ahead")
    rows(
        dict.fromkeys(columns, ""),
        [
            [
                trial.level,
                str(trial.fired),
                str(trial.warned),
                str(trial.right),
                str(trial.missed),
                _shown(trial.precision, "percent"),
                _shown(trial.recall, "percent"),
                _shown(trial.lead_days, "number"),
            ]
            for trial in found.trials
        ],
    )
    output().print(found.note)


def _shown(value: str | None, form: str) -> str:
    """An exact number for people to read."""
    from fractions import Fraction

    from domain.money import decimal_text

    if value is None:
        return "–"
    number = Fraction(value)
    scaled = number * 100 if form == "percent" else number
    text = decimal_text(scaled, 1).removesuffix(".0")
    return f"{text} %" if form == "percent" else text


def _day(text: str | None, option: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise Failed(f"{option}: {text!r} is not a day.", "Write one such as 2025-03-15.", USAGE) from None
