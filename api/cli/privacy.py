"""Commands about personal data: erasing somebody, and the keys that encrypt it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.terminal import Failed, Json, notes, output, print_json, settings

if TYPE_CHECKING:
    from api.ops import Ledger

app = typer.Typer()
keys = typer.Typer(help="The keys of personal data.", no_args_is_help=True)
app.add_typer(keys, name="keys")


@app.command(epilog='Example: meritbook erase E1007 --by hr.li --approver hr.head --reason "asked for it"')
def erase(
    subject: Annotated[str, typer.Argument(help="Id of the employee, or of the client with --customer.")],
    by: Annotated[str, typer.Option(help="Who erases.")],
    reason: Annotated[str, typer.Option(help="Why, without personal data.")],
    approver: Annotated[
        str | None, typer.Option(help="The second person, who approves; it is only proposed if absent.")
    ] = None,
    customer: Annotated[bool, typer.Option("--customer", help="Erase a client.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    json: Json = False,
) -> None:
    """Destroy the key of somebody's personal data; amounts, results and proofs stay as they are."""
    from api.erasing import erase as erase_subject
    from api.ops import open_ledger

    if approver is not None and not yes and not json:
        typer.confirm(f"Nobody will ever read the personal data of {subject} again. Erase it?", abort=True)
    with open_ledger(settings()) as ledger:
        ledger.opened()
        if approver is None:
            _proposed(ledger, subject, customer, reason, by, json)
            return
        fact, stored = erase_subject(
            ledger,
            employee=None if customer else subject,
            customer=subject if customer else None,
            reason=reason,
            actor=by,
            approver=approver,
        )
    if json:
        print_json({"position": stored.position, "hit": stored.hit, "key_fingerprint": fact.key_fingerprint})
        return
    already = "was erased already" if stored.hit else "is erased"
    output().print(f"{subject} {already} (position {stored.position}).")
    notes().print("Copies of the keys made before can still hold theirs: see docs/howto/privacy.md.")


def _proposed(ledger: "Ledger", subject: str, customer: bool, reason: str, by: str, json: bool) -> None:
    """Proposes the erasure, which a second person approves."""
    from api.changing import propose
    from api.pages.submitted import converted
    from domain.decide.proposed import UNNAMED
    from domain.facts.erasure import SubjectErased

    said = {"customer" if customer else "employee": subject, "reason": reason, "approver": UNNAMED}
    stored = propose(ledger, converted(SubjectErased, said), actor=by)
    if json:
        print_json({"position": stored.position, "proposed": True})
        return
    output().print(f"The erasure of {subject} is proposed (position {stored.position}).")
    notes().print(f"Somebody else approves it: meritbook proposal approve {stored.position} --by NAME.")


@keys.command("status", epilog="Example: meritbook keys status --json")
def status(json: Json = False) -> None:
    """Say how many keys there are, under which master key, and which master keys are at hand."""
    from api.keys import status as key_status
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        found = key_status(ledger)
    if json:
        print_json(found)
    else:
        since = f" since {found.since:%Y-%m-%d %H:%M} UTC" if found.since else ""
        output().print(
            f"Master key: {found.master or 'none yet'}{since}; at hand: {', '.join(found.at_hand)}"
        )
        output().print(f"{found.employees} employees, {found.customers} clients, {found.erased} erased.")
    if found.master is not None and found.master not in found.at_hand:
        raise Failed(f"The master key {found.master} is not at hand.", "Put it into the home as master.key.")


@keys.command("rotate", epilog="Example: meritbook keys rotate --destroy-old")
def rotate(
    to: Annotated[
        Path | None, typer.Option(help="File of the new master key, where it is not kept in the home.")
    ] = None,
    destroy_old: Annotated[
        bool,
        typer.Option("--destroy-old", help="Remove older ones; copies of keys under them become useless."),
    ] = False,
    json: Json = False,
) -> None:
    """Wrap all keys with a new master key; no fact changes, and the service goes on."""
    from api.keys import rotate as rotate_master
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        ledger.vault.require(ledger.journal)
        new, wrapped = rotate_master(ledger, to, destroy_old=destroy_old)
    if json:
        print_json({"master": new.fingerprint, "wrapped": wrapped})
        return
    output().print(f"{wrapped} keys are under the master key {new.fingerprint}.")
    if to is not None:
        notes().print(f"Set MERITBOOK_MASTER_KEY_FILE={to} and restart the service.")


@keys.command("export", epilog="Example: meritbook keys export keys-2025-03-31.json")
def export(file: Annotated[Path, typer.Argument(help="A new file, readable by its owner only.")]) -> None:
    """Copy all keys, wrapped by the master key; keep the copy no longer than an erasure may wait."""
    import os

    import msgspec

    from api.keys import copy_keys
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        copy = copy_keys(ledger)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(msgspec.json.encode(copy))
    output().print(f"{file}: {len(copy.keys)} keys under the master key {copy.master}.")


@keys.command("import", epilog="Example: meritbook keys import keys-2025-03-31.json")
def import_(file: Annotated[Path, typer.Argument(help="What meritbook keys export wrote.")]) -> None:
    """Bring missing keys back into a ledger that was restored without them; nobody erased comes back."""
    import msgspec

    from api.keys import KeyCopy, bring_keys
    from api.ops import open_ledger

    try:
        copy = msgspec.json.decode(file.read_bytes(), type=KeyCopy)
    except OSError as error:
        raise Failed(f"{file} cannot be read: {error.strerror}.", "Check the name.") from None
    except msgspec.DecodeError:
        raise Failed(f"{file} is no copy of keys.", "Take what meritbook keys export wrote.") from None
    with open_ledger(settings()) as ledger:
        brought = bring_keys(ledger, copy)
    output().print(f"{brought} keys are back; {len(copy.keys) - brought} were there or belong to the erased.")


@keys.command("abandon", epilog="Example: meritbook keys abandon --yes")
def abandon(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False, json: Json = False
) -> None:
    """Go on without keys that are lost: what they encrypted stays unreadable, new ones are made."""
    from api.keys import give_up
    from api.ops import open_ledger

    if not yes:
        typer.confirm("Every name and note written until now becomes unreadable. Go on?", abort=True)
    with open_ledger(settings()) as ledger:
        given_up = give_up(ledger)
    if json:
        print_json({"abandoned": given_up})
    else:
        output().print(f"{given_up} keys are given up.")
