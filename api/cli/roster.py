"""Rosters on the command line: search for one, show one, publish one, and a person's calendar."""

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.pay import KnownAt
from api.cli.terminal import USAGE, Failed, Json, Language, output, print_json, progress, rows, settings
from api.cli.tracing import account, traced_cursor

if TYPE_CHECKING:
    from api.rostering.proposal import Proposal
    from projections.rosters import Roster

app = typer.Typer(no_args_is_help=True)

Branch = Annotated[str, typer.Option(help="Id of the branch.")]
Department = Annotated[str | None, typer.Option(help="A department of it; the whole branch if left out.")]
First = Annotated[str, typer.Option("--from", help="First day, such as 2025-03-03.")]
Last = Annotated[str, typer.Option("--to", help="Last day.")]


@app.command(
    epilog="Example: meritbook roster generate --branch BJ --department ICU --from 2025-03-03 "
    "--to 2025-03-30 --output march.json"
)
def generate(
    branch: Branch,
    from_: First,
    to: Last,
    department: Department = None,
    effort: Annotated[int, typer.Option(min=1, max=600, help="How much work the search may do.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, max=600, help="It stops after so long in any case.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Another one breaks ties otherwise.")] = 0,
    file: Annotated[
        Path | None, typer.Option("--output", help="Write the proposal here, for `roster publish`.")
    ] = None,
    lang: Language = "en",
    json: Json = False,
) -> None:
    """Search for a roster from need, wishes and rules; it is a proposal, and nothing is stored.

    Exit status 1 where there is none, or none was found in time.
    """
    import msgspec

    from api.ops import now
    from api.reading import counted_position
    from api.rostering.proposal import Search
    from api.rosters import require_days, require_people
    from projections.rosters import unit as told_of

    first, last = _day(from_, "--from"), _day(to, "--to")
    require_days(first, last)
    with traced_cursor() as (cursor, trace):
        known_at = counted_position(cursor)
        unit = told_of(cursor, branch, department, first, last, known_at)
        require_people(unit)
        trace("roster generate", people=len(unit.changes), filter={"branch": branch, "from": first})
    with progress("searching", float(seconds), json) as reach:
        from api.rostering.proposing import propose

        began = time.monotonic()
        found = propose(
            unit,
            Search(effort=effort, seconds=seconds, seed=seed),
            known_at=known_at,
            now=now(),
            say=lambda loss, bound: reach(time.monotonic() - began),
        )
    if file is not None:
        _write(file, msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    if json:
        print_json(found)
    else:
        _show_proposal(found, lang)
    if found.status in ("infeasible", "unknown"):
        raise typer.Exit(1)


@app.command(epilog="Example: meritbook roster show --branch BJ --from 2025-03-03 --to 2025-03-09")
def show(
    branch: Branch,
    from_: First,
    to: Last,
    department: Department = None,
    known_at: KnownAt = None,
    lang: Language = "en",
    json: Json = False,
) -> None:
    """Show who has which shift after swaps, which needs are not met, and which rules are broken by now."""
    from api.reading import known_position
    from api.rosters import require_days, require_people
    from projections import rosters

    first, last = _day(from_, "--from"), _day(to, "--to")
    require_days(first, last)
    with traced_cursor() as (cursor, trace):
        at = known_position(cursor, known_at, "--known-at")
        unit = rosters.unit(cursor, branch, department, first, last, at)
        require_people(unit)
        found = rosters.as_assigned(unit)
        trace("roster show", people=len(found.people), filter={"branch": branch, "from": first})
    if json:
        print_json(found)
    else:
        _show_roster(found, lang)


@app.command(epilog="Example: meritbook roster publish march.json")
def publish(
    file: Annotated[Path, typer.Argument(help="A proposal, as `roster generate --output` wrote it.")],
    json: Json = False,
) -> None:
    """Assign the shifts of a proposal, all or none; each is held to the rules once more, as of now."""
    import msgspec

    from api.intake import Refused, Submission
    from api.ops import now, open_ledger
    from api.rostering.proposal import Proposal

    try:
        proposal = msgspec.json.decode(file.read_bytes(), type=Proposal)
    except OSError as error:
        raise Failed(f"{file} cannot be read: {error.strerror}.", "Name the proposal.", USAGE) from None
    except msgspec.MsgspecError as error:
        raise Failed(f"{file} is no proposal: {error}.", "Make one with roster generate --output.") from None
    if not proposal.facts:
        raise Failed(f"{file} assigns no shift; it ended as {proposal.status}.", "Generate another one.")
    submissions = [
        Submission(
            type="shift_assigned",
            source=fact.source,
            key=fact.key,
            occurred_at=fact.occurred_at,
            data=msgspec.json.encode(fact.data),
        )
        for fact in proposal.facts
    ]
    with open_ledger(settings()) as ledger:
        ledger.opened()
        outcomes = ledger.intake.submit(submissions, actor=account(), now=now(), atomic=True)
    for outcome in outcomes:
        if isinstance(outcome, Refused) and outcome.refusal.kind != "withheld":
            raise outcome.refusal
    hits = sum(outcome.hit for outcome in outcomes if not isinstance(outcome, Refused))
    if json:
        print_json({"proposal": proposal.proposal, "stored": len(outcomes) - hits, "hits": hits})
    else:
        before = f"; {hits} were assigned before" if hits else ""
        output().print(f"{len(outcomes) - hits} shifts of proposal {proposal.proposal} are assigned{before}.")


@app.command(
    epilog="Example: meritbook roster calendar N01 --from 2025-03-03 --to 2025-03-30 --output n01.ics"
)
def calendar(
    employee: Annotated[str, typer.Argument(help="Id of the person.")],
    from_: First,
    to: Last,
    file: Annotated[Path | None, typer.Option("--output", help="Write it here, not to the screen.")] = None,
    known_at: KnownAt = None,
) -> None:
    """Export a person's shifts as iCalendar (RFC 5545); the same facts give the same bytes."""
    import sys

    from api.people import unknown_person
    from api.reading import known_position
    from api.rosters import CALENDAR_DAYS, calendar_of, require_days
    from projections import hours, roster

    first, last = _day(from_, "--from"), _day(to, "--to")
    require_days(first, last, CALENDAR_DAYS)
    with traced_cursor() as (cursor, trace):
        at = known_position(cursor, known_at, "--known-at")
        if not roster.changes(cursor, [employee], at):
            raise unknown_person(employee)
        found = calendar_of(cursor, hours.of_person(cursor, employee, first, last, at), at)
        trace("roster calendar", employee=employee)
    if file is not None:
        _write(file, found)
    else:
        sys.stdout.buffer.write(found)
        sys.stdout.flush()


def _show_proposal(found: "Proposal", lang: Language) -> None:
    from fractions import Fraction

    from api.problem_words import told
    from domain.money import decimal_text

    def percent(share: str | None) -> str:
        return "none" if share is None else f"{decimal_text(Fraction(share) * 100, 1)} %"

    ended = {"proof": "it is proven", "effort": "its effort was spent", "time": "its time was over"}
    output().print(
        f"{found.status}: {len(found.facts)} shifts from {found.from_on} to {found.until_on}, known at "
        f"position {found.known_at}; the search ended as {ended[found.stopped_by]}, "
        f"after {found.seconds:.1f} s."
    )
    if found.status == "feasible":
        output().print(
            f"It loses {found.loss}, and no roster less than {found.bound}: gap {percent(found.gap)}."
        )
    if found.wishes is not None and found.fairness is not None:
        wishes, fair = found.wishes, found.fairness
        output().print(
            f"Wishes met: {wishes.met} of {wishes.wishes}, {percent(wishes.share)} by weight. "
            f"Nights {fair.nights.least} to {fair.nights.most}, weekend days {fair.weekends.least} to "
            f"{fair.weekends.most}, shifts {fair.shifts.least} to {fair.shifts.most}."
        )
    if found.conflicts:
        output().print("These cannot all be kept:")
        for each in found.conflicts:
            at = f" (position {', '.join(map(str, each.positions))})" if each.positions else ""
            untried = "" if each.needed else "; perhaps it can be spared"
            output().print(f"  {each.kind}: {told(each.detail, lang)}{at}{untried}")
    if found.facts:
        given = {(fact.data.employee, fact.data.on): fact.data.pattern for fact in found.facts}
        _table(given, found.from_on, found.until_on)


def _show_roster(found: "Roster", lang: Language) -> None:
    from api.problem_words import told

    _table({(each.employee, each.on): each.pattern for each in found.shifts}, found.from_on, found.until_on)
    for fault in found.faults:
        output().print(f"{fault.on} {fault.kind}: {told(fault.detail, lang)}")
    short = sum(max(each.needed - each.assigned, 0) for each in found.needs)
    output().print(f"{len(found.shifts)} shifts of {len(found.people)} people; {short} more are needed.")


def _table(given: dict[tuple[str, dt.date], str], first: dt.date, last: dt.date) -> None:
    """People by day, a week at a time."""
    people = sorted({employee for employee, _ in given})
    day = first
    while day <= last:
        week = [day + dt.timedelta(days=n) for n in range(7) if day + dt.timedelta(days=n) <= last]
        columns = {"Person": ""} | {f"{each:%m-%d}": "" for each in week}
        rows(columns, [[who, *(given.get((who, each), "") for each in week)] for who in people])
        output().print()
        day = week[-1] + dt.timedelta(days=1)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None


def _day(text: str, option: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Failed(f"{option}: {text!r} is not a day.", "Write one such as 2025-03-15.", USAGE) from None
