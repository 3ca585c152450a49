"""Commands about webhooks: made, listed, tested, paused, replayed and removed."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast

import typer

from api.cli.terminal import FAILED, USAGE, Failed, Json, notes, output, print_json, rows, settings
from api.cli.tracing import account

if TYPE_CHECKING:
    from psycopg import Cursor

    from api.caller import Caller
    from api.ops import Ledger
    from api.roles import Role, ScopeName
    from api.webhooks.keeping import WebhookAsked
    from api.webhooks.subscriptions import Webhook
    from domain.facts.trail import WebhookChange as Called

app = typer.Typer(help="Webhooks: events that other systems and group chats are sent.")

Named = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id, as meritbook webhook list shows it.")]


class _Desk(NamedTuple):
    """An open ledger that is up to date, a cursor in a transaction, and whoever runs the command."""

    ledger: "Ledger"
    cursor: "Cursor[Any]"
    operator: "Caller"

    def note(self, webhook: "Webhook", change: "Called") -> None:
        """Writes into the trail what is done to a webhook."""
        from api.noting import note
        from api.webhooks.noted import noted

        note(self.ledger, noted(webhook, change), self.operator.name)


@contextmanager
def _desk(counted: bool = False) -> Generator[_Desk]:
    from api.caller import Caller
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        ledger.opened()
        if counted:
            ledger.runner().catch_up()
        with ledger.pool.connection() as connection, connection.cursor() as cursor:
            # Whoever runs commands holds the home and the database, so no token narrows them.
            yield _Desk(ledger, cursor, Caller(name=account(), role="administrator", scope="all"))


@app.command(epilog="Example: meritbook webhook make https://hooks.example/in --event fact.deal_closed")
def make(
    url: Annotated[str, typer.Argument(help="Where events are sent.")],
    event: Annotated[
        list[str], typer.Option(help="Such as fact.deal_closed or statement.closed; may be repeated.")
    ],
    name: Annotated[str | None, typer.Option(help="What it is for; its host if absent.")] = None,
    form: Annotated[
        str, typer.Option(help="standard, or the robot of a group: wecom or dingtalk.")
    ] = "standard",
    scheme: Annotated[
        str, typer.Option(help="hmac signs with a shared secret, ed25519 with a key pair.")
    ] = "hmac",
    role: Annotated[str, typer.Option(help="By whose rights it is told.")] = "administrator",
    scope: Annotated[str, typer.Option(help="Whom it is told about: all, or a branch.")] = "all",
    branch: Annotated[list[str] | None, typer.Option(help="About people of this branch only.")] = None,
    employee: Annotated[list[str] | None, typer.Option(help="About this person only.")] = None,
    language: Annotated[str, typer.Option(help="en or zh, for groups.")] = "en",
    secret_in: Annotated[
        str | None,
        typer.Option("--secret-in", help="Variable of the environment that holds the secret of the robot."),
    ] = None,
    json: Json = False,
) -> None:
    """Make a webhook and print its secret, once; a running service begins to send within a second."""
    from api.ops import now
    from api.webhooks import keeping
    from api.webhooks.guard import guard_of

    said = {"name": name or url[:100], "url": url, "events": event, "form": form, "scheme": scheme}
    said |= {"language": language, "people": employee or [], "branches": branch or []}
    asked, caller = _asked(said, secret_in), _teller(role, scope, branch or [])
    with _desk(counted=True) as desk:
        guard = guard_of(desk.ledger.settings.webhook_hosts)
        today = desk.ledger.today()
        made, secret = keeping.make(desk.cursor, desk.ledger.vault, guard, caller, asked, today, now())
        desk.note(made, "made")
    if json:
        print_json({"webhook": made.webhook, "secret": secret, "public_key": made.public_key})
        return
    output().print(made.webhook)
    if secret or made.public_key:
        output().print(secret or made.public_key)
        notes().print("Receivers verify with this; a secret is shown this once.")


def _asked(said: dict[str, Any], secret_in: str | None) -> "WebhookAsked":
    import os

    import msgspec

    from api.bodies import place
    from api.webhooks.keeping import WebhookAsked

    secret = {} if secret_in is None else {"secret": os.environ.get(secret_in, "")}
    try:
        return msgspec.convert(said | secret, WebhookAsked)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise Failed(f"{field}: {message}.", "See meritbook webhook make --help.", USAGE) from None


def _teller(role: str, scope: str, branches: list[str]) -> "Caller":
    """By whose rights a webhook is told that is made here."""
    from api.caller import Caller
    from api.roles import ROLES

    if role not in ROLES or scope not in ("all", "branch"):
        remedy = f"--role: {', '.join(ROLES)}; --scope: all or branch."
        raise Failed("That is no role or scope.", remedy, USAGE)
    if scope == "branch" and not branches:
        raise Failed("The scope branch names no branch.", "Give --branch.", USAGE)
    reaches = tuple(branches) if scope == "branch" else ()
    return Caller(name=account(), role=cast("Role", role), scope=cast("ScopeName", scope), branches=reaches)


@app.command("list", epilog="Example: meritbook webhook list --json")
def list_(json: Json = False) -> None:
    """List webhooks: where they go, by whose rights, how they stand, what waits and what was given up."""
    from api.webhooks import queue, subscriptions

    with _desk() as desk:
        found = subscriptions.webhooks(desk.cursor)
        waiting = {each.webhook: queue.waiting(desk.cursor, each.webhook) for each in found}
    if json:
        print_json([{"waiting": waiting[each.webhook], **_plain(each)} for each in found])
    elif found:
        rows(
            {
                "Webhook": "",
                "Name": "",
                "Host": "",
                "Events": "",
                "Maker": "",
                "State": "",
                "Waiting": "right",
            },
            [
                [
                    each.webhook,
                    each.name,
                    each.host,
                    str(len(each.events)),
                    f"{each.maker} ({each.role})",
                    each.state + (f": {each.because}" if each.because else ""),
                    str(waiting[each.webhook]),
                ]
                for each in found
            ],
        )
    else:
        notes().print("There is none; make one with: meritbook webhook make URL --event EVENT")


@app.command(epilog="Example: meritbook webhook test wh_5f0c1e2ab9d3477e")
def test(webhook: Named, json: Json = False) -> None:
    """Send a test event at once, and print what the endpoint answers."""
    import asyncio
    import secrets

    from api.logs import configure_logs
    from api.ops import now
    from api.webhooks import keeping, queue
    from api.webhooks.sending import Endpoint
    from api.webhooks.service import sending_of

    configure_logs("console", "error")
    with _desk() as desk:
        found = keeping.of_caller(desk.cursor, desk.operator, webhook)
        message = keeping.test(desk.cursor, found, secrets.token_hex(8), now())
        desk.cursor.connection.commit()
        endpoint = Endpoint(webhook, sending_of(desk.ledger))
        asyncio.run(endpoint.serve(only=message))
        tried = queue.delivery(desk.cursor, webhook, message)
    if tried is None or not tried.log:
        raise Failed("It was not sent: the webhook is not active.", f"meritbook webhook resume {webhook}")
    last = tried.log[-1]
    if json:
        print_json(tried)
    else:
        output().print(f"{last.status or last.error} in {last.ms} ms: {last.answer}".rstrip(": "))
    if tried.state != "delivered":
        raise typer.Exit(FAILED)


@app.command(epilog="Example: meritbook webhook pause wh_5f0c1e2ab9d3477e")
def pause(webhook: Named) -> None:
    """Send nothing for now; what comes up waits in the journal."""
    from api.webhooks import keeping, subscriptions

    with _desk() as desk:
        found = keeping.of_caller(desk.cursor, desk.operator, webhook)
        subscriptions.set_state(desk.cursor, webhook, "paused", f"{account()} paused it.")
        desk.note(found, "paused")
    output().print(f"The webhook {webhook} is paused.")


@app.command(epilog="Example: meritbook webhook resume wh_5f0c1e2ab9d3477e --skip")
def resume(
    webhook: Named,
    skip: Annotated[bool, typer.Option("--skip", help="Go on from now, not from where it stood.")] = False,
) -> None:
    """Send again, from where it stood."""
    from api.ops import now
    from api.webhooks import keeping
    from api.webhooks.guard import Guard

    asked = keeping.WebhookChange(state="active", skip=skip)
    with _desk(counted=skip) as desk:
        today = desk.ledger.today()
        operator, vault = desk.operator, desk.ledger.vault
        kept = keeping.change(desk.cursor, vault, Guard(), operator, webhook, asked, today, now())
        desk.note(kept, "resumed")
    output().print(f"The webhook {webhook} is active.")


@app.command(epilog="Example: meritbook webhook replay wh_5f0c1e2ab9d3477e --state dead")
def replay(
    webhook: Named,
    message: Annotated[list[str] | None, typer.Option(help="This delivery; may be repeated.")] = None,
    state: Annotated[str | None, typer.Option(help="dead or delivered.")] = None,
    first: Annotated[
        int | None, typer.Option("--from", min=1, help="Of facts from this position on.")
    ] = None,
    last: Annotated[int | None, typer.Option("--to", min=1, help="Of facts up to this position.")] = None,
) -> None:
    """Send deliveries once more, under the same ids: those that were given up, or a range."""
    from api.ops import now
    from api.webhooks import keeping, queue
    from api.webhooks.queue import DeliveryState

    if state not in (None, "dead", "delivered") or not (message or state or first or last):
        raise Failed(
            "It is not said what to send again.",
            "Give --message, --state dead or delivered, --from or --to.",
            USAGE,
        )
    with _desk() as desk:
        keeping.of_caller(desk.cursor, desk.operator, webhook)
        count = queue.replay(
            desk.cursor,
            webhook,
            now(),
            messages=message,
            state=cast("DeliveryState | None", state),
            first=first,
            last=last,
        )
    output().print(f"{count} deliveries are sent again.")


@app.command(epilog="Example: meritbook webhook deliveries wh_5f0c1e2ab9d3477e --state dead")
def deliveries(
    webhook: Named,
    state: Annotated[str | None, typer.Option(help="waiting, delivered or dead.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Only those after this number.")] = 0,
    json: Json = False,
) -> None:
    """List what became of deliveries, a hundred at a time, each with its last try."""
    from api.webhooks import keeping, queue
    from api.webhooks.queue import DeliveryState

    if state not in (None, "waiting", "delivered", "dead"):
        raise Failed(f"{state!r} is no state.", "Use waiting, delivered or dead.", USAGE)
    with _desk() as desk:
        keeping.of_caller(desk.cursor, desk.operator, webhook)
        found = queue.deliveries(desk.cursor, webhook, cast("DeliveryState | None", state), after, 100)
    if json:
        print_json(found)
        return
    rows(
        {
            "No.": "right",
            "Message": "",
            "Event": "",
            "Position": "right",
            "State": "",
            "Tries": "right",
            "Last": "",
        },
        [
            [
                str(each.number),
                each.message,
                each.type,
                "" if each.position is None else str(each.position),
                each.state,
                str(each.tries),
                "".join(f"{tried.status or tried.error} ({tried.ms} ms)" for tried in each.log[-1:]),
            ]
            for each in found
        ],
    )


@app.command(epilog="Example: meritbook webhook remove wh_5f0c1e2ab9d3477e")
def remove(webhook: Named) -> None:
    """Forget a webhook with its secret, its log and whatever waits for it."""
    from api.webhooks import keeping

    with _desk() as desk:
        desk.note(keeping.remove(desk.cursor, desk.operator, webhook), "removed")
    output().print(f"The webhook {webhook} is removed.")


def _plain(each: "Webhook") -> dict[str, Any]:
    import msgspec

    return msgspec.structs.asdict(each)
