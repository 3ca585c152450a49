"""Commands for those who check the ledger."""

import sys
from typing import Annotated, Literal

import typer

from api.cli.pay import Employee, Month, asked_day, asked_month
from api.cli.terminal import Json, output, print_json
from api.cli.tracing import traced_cursor

TrailFormat = Literal["text", "csv", "ndjson"]
TrailLanguage = Literal["en", "zh"]

audit = typer.Typer(help="Ask what changed, and who did what.", no_args_is_help=True)
app = typer.Typer()
app.add_typer(audit, name="audit")


@audit.command(epilog="Example: meritbook audit trail --actor hr.wang --from 2025-03-01 --format csv")
def trail(
    employee: Annotated[str | None, typer.Option(help="About this person.")] = None,
    actor: Annotated[str | None, typer.Option(help="Delivered by this token or command.")] = None,
    type_: Annotated[
        list[str] | None, typer.Option("--type", help="Of this type of fact; may be repeated.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Said by this source.")] = None,
    key: Annotated[str | None, typer.Option(help="Under this id at its source.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="Recorded on this day or later.", metavar="DAY")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Recorded on this day or before.", metavar="DAY")] = None,
    happened_from: Annotated[
        str | None, typer.Option(help="Happened on this day or later.", metavar="DAY")
    ] = None,
    happened_until: Annotated[
        str | None, typer.Option(help="Happened on this day or before.", metavar="DAY")
    ] = None,
    after: Annotated[int, typer.Option(min=0, help="Only facts beyond this position.")] = 0,
    upto: Annotated[int | None, typer.Option(min=0, help="Only facts up to this position.")] = None,
    format: Annotated[TrailFormat, typer.Option(help="As lines for people, or as a file.")] = "text",
    lang: Annotated[
        TrailLanguage, typer.Option(envvar="MERITBOOK_LANG", help="Language of the lines.")
    ] = "en",
) -> None:
    """Show who did what and when: facts, refused attempts and readings of personal data."""
    import msgspec

    from api.trail_pages import Days, asked, file_page, heading, within_days

    def days(first: str | None, last: str | None) -> Days:
        return Days(*(None if day is None else asked_day(day) for day in (first, last)))

    wanted = asked(employee, actor, type_, after, upto, source=source, key=key)
    narrowing = {"actor": actor, "type": type_, "source": source, "key": key}
    with traced_cursor() as (cursor, trace):
        wanted = within_days(cursor, wanted, days(from_, until), days(happened_from, happened_until))
        chosen = {name: value for name, value in narrowing.items() if value}
        trace("audit trail", employee=employee, filter=chosen)
        sys.stdout.buffer.write(heading(format))
        position: int | None = wanted.after
        while position is not None:
            wanted = msgspec.structs.replace(wanted, after=position)
            lines, position = file_page(cursor, wanted, format, lang)
            sys.stdout.buffer.write(lines)
        sys.stdout.flush()


@audit.command(
    epilog="Example: meritbook audit diff E1007 2025-03 --from 3712 --to 2025-04-30T18:00:00+08:00"
)
def diff(
    employee: Employee,
    period: Month,
    from_: Annotated[
        str,
        typer.Option(
            "--from", help="As known at this position, or instant with zone.", metavar="POSITION|TIME"
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option(help="And at this later one; now if absent.", metavar="POSITION|TIME"),
    ] = None,
    json: Json = False,
) -> None:
    """Say what changed in a statement between two points of knowledge, and which facts brought it about."""
    from api.cli.diff_tree import difference
    from api.diffs import statement_diff
    from api.reading import known_position

    month = asked_month(period)
    with traced_cursor() as (cursor, trace):
        since, upto = known_position(cursor, from_, "from"), known_position(cursor, to, "to")
        found = statement_diff(cursor, employee, month, since, upto)
        trace("audit diff", employee=employee)
    if json:
        print_json(found)
    else:
        output().print(difference(found))
