"""The command that closes a month: one person proposes it, another confirms it."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.pay import Month, asked_month
from api.cli.terminal import Json, Scheduler, notes, output, print_json, settings
from api.cli.terminal import progress as bar
from api.cli.tracing import account

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.ops import Ledger
    from domain.period import Period
    from projections.crew import Shared

app = typer.Typer()


@app.command(epilog="Example: meritbook close 2025-03 --actor li.cfo")
def close(
    period: Month,
    actor: Annotated[
        str | None, typer.Option(help="Who proposes or closes it; the account of the machine if absent.")
    ] = None,
    proposed: Annotated[
        bool,
        typer.Option("--propose", help="Only propose to close it, as it stands; somebody else closes it."),
    ] = False,
    scheduler: Scheduler = None,
    json: Json = False,
) -> None:
    """Make the statements of a month final; facts that come later are settled in a later month.

    It takes two: one proposes with --propose, and another closes what was proposed, if nothing changed since.
    """
    import msgspec

    from api.closing import close as close_it
    from api.closing import closers
    from api.cluster.crew import crew_of
    from api.ops import open_ledger
    from domain.money import major_text
    from projections.crew import Shared
    from projections.late import closed_periods

    month, who = asked_month(period), actor or account()
    with (
        open_ledger(settings()) as ledger,
        crew_of(scheduler, ledger.settings, ledger.dsn) as crew,
        bar("counting facts", ledger.journal.head(), json) as reach,
    ):
        ledger.opened()
        shared = Shared(crew, partial(reach, title="computing statements", total=1.0)) if crew else None
        if proposed:
            _propose(ledger, month, who, reach, shared, json)
            return
        closed, stored = close_it(ledger, month, actor=who, on_progress=reach, shared=shared)
        with ledger.journal.cursor() as cursor:
            [total_minor] = [x.total_minor for x in closed_periods(cursor, None) if x.period == month]
            by = closers(cursor, stored.position)
    if json:
        told = {**msgspec.to_builtins(closed), "total_minor": total_minor, **by._asdict()}
        print_json({"position": stored.position, **told})
        return
    total = f"{major_text(total_minor, closed.currency)} {closed.currency}"
    output().print(
        f"{closed.period} is closed (position {stored.position}): {closed.statements} statements, {total}, "
        f"as known at position {closed.known_at}."
    )
    output().print(f"Digest of all statements: {closed.statements_digest}")
    if by.proposed_by is None:
        notes().print(
            f"{by.closed_by} closed it alone, as MERITBOOK_CLOSING_PERSONS allows; the run says so."
        )
    else:
        output().print(f"Proposed by {by.proposed_by}, closed by {by.closed_by}.")


def _propose(
    ledger: "Ledger",
    month: "Period",
    actor: str,
    reach: "Callable[[float], None]",
    shared: "Shared | None",
    json: bool,
) -> None:
    import msgspec

    from api.closing import propose
    from domain.money import major_text

    fact, stored, total_minor = propose(ledger, month, actor=actor, on_progress=reach, shared=shared)
    if json:
        print_json({"position": stored.position, **msgspec.to_builtins(fact), "total_minor": total_minor})
        return
    total = f"{major_text(total_minor, ledger.opened().currency)} {ledger.opened().currency}"
    output().print(
        f"{month} is proposed to be closed (position {stored.position}): {fact.statements} statements, "
        f"{total}."
    )
    output().print(f"Digest of all statements: {fact.statements_digest}")
    notes().print(f"Let somebody else look at it and close it: meritbook close {month} --actor NAME")
