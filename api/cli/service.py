"""Commands of whoever runs the service."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import Failed, Json, notes, output, print_json, progress, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer()


@app.command(epilog="Example: meritbook serve")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; MERITBOOK_HOST if absent.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; MERITBOOK_PORT if absent, 0 for a free one.")
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(help="api, follower, sealer, webhooks or drop; may be given again. All if absent."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that answer requests; the rest is done by one more.")
    ] = 1,
    wait: Annotated[int, typer.Option(min=0, help="Seconds to wait for the ledger to be migrated.")] = 0,
) -> None:
    """Serve the ledger over HTTP until interrupted; SIGTERM finishes what is under way.

    A ledger that is not open yet is opened in a browser first: at /set-up, with the code that is printed.
    """
    import msgspec

    from api.duties import DUTIES, duties_of
    from api.ops import NotOpened
    from api.serve import run, set_up

    if unknown := sorted({*(role or ())} - {*DUTIES}):
        raise Failed(f"There is no role {unknown[0]!r}.", f"Roles are {', '.join(DUTIES)}.", status=2)
    duties = duties_of(role)
    if workers > 1 and "api" not in duties:
        raise Failed("Only what answers requests has several workers.", "Add --role api, or leave --workers.")
    chosen = settings()
    chosen = msgspec.structs.replace(
        chosen, host=chosen.host if host is None else host, port=chosen.port if port is None else port
    )
    serving = partial(run, on_ready=_announce, duties=duties, workers=workers, wait_seconds=wait)
    try:
        serving(chosen)
    except NotOpened:
        if workers > 1 or "api" not in duties:
            raise  # there is one who opens it, and others who wait for that
        opened = set_up(chosen, on_ready=_announce, on_code=_tell_code)
        if opened is not None:
            serving(opened)


def _tell_code(code: str) -> None:
    notes().print(f"The ledger is new: open it at /set-up with the code {code}", soft_wrap=True)


def _announce(address: str) -> None:
    notes().print(f"Meritbook serves on {address} (Ctrl-C stops it); API: {address}/schema/openapi.json")


@app.command(epilog="Example: MERITBOOK_OWNER_URL=postgresql://owner@db/meritbook meritbook migrate")
def migrate(json: Json = False) -> None:
    """Bring the database to this program's form; safe to repeat."""
    from api.embedded import EmbeddedPostgres
    from api.ops import prepare

    chosen = settings()
    if chosen.database_url is None:
        with EmbeddedPostgres(chosen.home, on_wait=_waiting) as server:
            done = prepare(server.dsn, chosen.ledger)
    else:
        done = prepare(chosen.owner_url or chosen.database_url, chosen.ledger)
    if json:
        print_json({"ledger": chosen.ledger, "applied": done})
    else:
        output().print(
            f"The ledger {chosen.ledger} is up to date" + (f": applied {', '.join(done)}." if done else ".")
        )


@app.command(epilog="Example: meritbook upgrade --check")
def upgrade(
    check: Annotated[bool, typer.Option("--check", help="Say what is to be done, and do nothing.")] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Take back what the last upgrade put away; by that release.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(help="A table in which this release may say something else; may be repeated."),
    ] = None,
    json: Json = False,
) -> None:
    """Bring a ledger to this release: tables, then read models beside the old ones, compared and switched.

    What is served is served until the switch, and the old read models are kept for --rollback. Exit status 1,
    and nothing switched, where this release makes something else of the same facts.
    """
    from api.ledgers import database
    from domain.journal.connection import connect
    from domain.journal.migrate import migrate as bring_tables
    from domain.journal.migrate import outstanding
    from projections import replay
    from projections.runner import create

    chosen = settings()
    with database(chosen, _waiting) as owner_dsn:
        if check:
            with connect(owner_dsn, chosen.ledger, service=False) as connection:
                lacking = outstanding(connection)
            stale = replay.stale(owner_dsn, chosen.ledger)
            _say_steps({"migrations": lacking, "read_models": stale}, json)
            return
        if rollback:
            done, applied = replay.roll_back(owner_dsn, chosen.ledger), list[str]()
        else:
            applied = bring_tables(owner_dsn, chosen.ledger)
            with connect(owner_dsn, chosen.ledger, service=False) as connection:
                create(connection)
            with progress("building", None, json) as reach:
                done = replay.upgrade(owner_dsn, chosen.ledger, accepted=accept or (), on_progress=reach)
    if json:
        print_json({"applied": applied, "position": done.position, "names": done.names})
        return
    named = ", ".join([*applied, *done.names])
    output().print(f"The ledger {chosen.ledger} is up to date" + (f": {named}." if named else "."))
    if done.unchecked:
        notes().print(f"Not compared: {', '.join(done.unchecked)}.", soft_wrap=True)


def _say_steps(steps: "Mapping[str, list[str]]", json: bool) -> None:
    if json:
        print_json(steps)
        return
    for step, names in steps.items():
        output().print(f"{step}: {', '.join(names) or 'nothing to do'}")
    if steps["migrations"]:
        notes().print("Tables go forward only: back up first, the release before cannot work on them.")


@app.command(epilog="Example: meritbook init --name Huikang --zone Asia/Shanghai --currency CNY")
def init(
    name: Annotated[str, typer.Option(help="Whose ledger it is.")],
    zone: Annotated[
        str, typer.Option(help="IANA time zone in which business days are counted.")
    ] = "Asia/Shanghai",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "CNY",
    json: Json = False,
) -> None:
    """Open a new ledger: prepare its database and write its first fact."""
    from api.ops import open_book, open_ledger

    require_zone(zone)
    with open_ledger(settings(), prepare_it=True, on_wait=_waiting) as ledger:
        stored = open_book(ledger, name=name, zone=zone, currency=currency, actor="meritbook init")
        if json:
            print_json({"ledger": ledger.schema, "position": stored.position, "hit": stored.hit})
        else:
            output().print(f"The ledger {ledger.schema} of {name} is open: {zone}, {currency}.")


@app.command(epilog="Example: meritbook demo --firm hospital --no-serve")
def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load and exit.")] = False,
    firm: Annotated[
        str | None,
        typer.Option(
            help="huikang or hospital, loaded and served alone; absent, both, and huikang is served."
        ),
    ] = None,
    people: Annotated[
        int | None, typer.Option(min=1, help="Make a large firm of so many people, for measuring.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="With --people: days of work.")] = None,
) -> None:
    """Load a year of a sales firm and a quarter of a hospital, close their months, and serve one of them."""
    from api.demo import run_demo

    run_demo(settings(), serve=not no_serve, firm=firm, people=people, days=days)


def require_zone(zone: str) -> None:
    """Checks that `zone` is one.

    Raises: Failed.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Failed(f"{zone!r} is not a time zone.", "Use an IANA name such as Asia/Shanghai.") from None


def _waiting(message: str) -> None:
    notes().print(f"waiting: {message}")
