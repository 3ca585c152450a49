"""Commands about the seal: how it stands, its keys, and a witness."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.terminal import USAGE, Failed, Json, notes, output, print_json, progress, settings

app = typer.Typer()
seal = typer.Typer(help="The seal over the journal: how it stands, and its keys.", no_args_is_help=True)
witness = typer.Typer(
    help="A witness of other people's logs; runs without a ledger, best on a machine of somebody else.",
    no_args_is_help=True,
)
app.add_typer(seal, name="seal")
app.add_typer(witness, name="witness")


@seal.command(epilog="Example: meritbook seal status --json")
def status(json: Json = False) -> None:
    """Say how far the journal is sealed and cosigned, and under which keys."""
    import msgspec

    from api.ops import open_ledger
    from api.seal import sealing
    from domain.journal import read, sealed

    with open_ledger(settings()) as ledger, ledger.journal.cursor() as cursor:
        state, head = sealing(ledger).state(cursor), read.head(cursor)
        keys = [str(each.key) for each in sealed.keys(cursor)]
    if json:
        print_json({"head": head, **msgspec.to_builtins(state), "keys": keys})
        return
    output().print(f"sealed up to position {state.position} of {head}")
    if state.signed_at:
        output().print(f"last signed at {state.signed_at:%Y-%m-%d %H:%M:%S %Z}")
    if state.witness:
        output().print(f"cosigned up to position {state.witness.position} by {state.witness.key}")
    for number, key in enumerate(keys, 1):
        output().print(f"key {number}{' (signs now)' if number == len(keys) else ''}: {key}")


@seal.command(epilog="Example: meritbook seal catch-up")
def catch_up(json: Json = False) -> None:
    """Seal all that is recorded, now; a service that runs does it by itself."""
    from api.ops import open_ledger
    from api.sealing import seal_up

    with open_ledger(settings()) as ledger:
        size = seal_up(ledger)
    if json:
        print_json({"position": size})
    else:
        output().print(f"sealed up to position {size}")


@seal.command(epilog="Example: meritbook seal check --checkpoint kept.checkpoint")
def check(
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(exists=True, help="A checkpoint that you kept elsewhere; may be repeated."),
    ] = None,
    json: Json = False,
) -> None:
    """Hash every record once more and compare with what was signed; names the first bad position."""
    from api.ops import open_ledger
    from api.sealing import seal_home
    from domain.journal import sealed
    from domain.journal.checkpoint import Checkpoint
    from domain.journal.note import NoteRefused
    from domain.journal.recheck import Altered, checkpoint_signed_by, recheck

    with open_ledger(settings()) as ledger, ledger.journal.cursor() as cursor:
        keys = [each.key for each in sealed.keys(cursor)]
        newest, remembered = sealed.newest(cursor), seal_home(ledger.settings).remembered()
        contents = {str(file): file.read_bytes() for file in checkpoint or []}
        if newest is not None:
            contents["The newest in the database"] = str(newest.note).encode()
        signed: list[Checkpoint] = []
        for name, content in contents.items():
            try:
                signed.append(checkpoint_signed_by(keys, content))
            except NoteRefused as refused:
                raise Failed(f"{name}: {refused}", "Name a checkpoint that this ledger signed.") from None
        if remembered is not None and remembered.origin in {key.name for key in keys}:
            signed.append(remembered)
        with progress("checking", ledger.journal.head(), json) as reach:
            try:
                head = recheck(cursor, signed, reach)
            except Altered as altered:
                raise Failed(
                    str(altered), "Keep the database as it is, and see docs/howto/audit.md."
                ) from None
    agreed = max((each.size for each in signed), default=0)
    if json:
        print_json({"head": head, "checked": agreed})
    else:
        output().print(f"{agreed} of {head} records are those that were signed.")


@seal.command(epilog="Example: meritbook seal rotate-key")
def rotate_key(
    lost: Annotated[
        bool, typer.Option("--lost", help="The old key is gone: auditors have to be told the new one.")
    ] = False,
    json: Json = False,
) -> None:
    """Hand the log over to a new key; services that run take it up by themselves."""
    from api.ops import open_ledger
    from api.sealing import sealer_of

    with open_ledger(settings()) as ledger:
        key = str(sealer_of(ledger).rotate(lost=lost))
    if json:
        print_json({"key": key, "linked": not lost})
        return
    output().print(key)
    if lost:
        notes().print("No old key vouches for it: tell auditors and witnesses by a way that they trust.")
    if settings().seal_key:
        notes().print("Now set MERITBOOK_SEAL_KEY to the new key and unset MERITBOOK_SEAL_KEY_NEXT.")


@seal.command(epilog="Example: meritbook seal new-key --name meritbook/huikang")
def new_key(
    name: Annotated[str, typer.Option(help="The origin of the log; `seal status` shows it.")],
    json: Json = False,
) -> None:
    """Print a new private key for MERITBOOK_SEAL_KEY, once; it is kept nowhere."""
    from domain.journal.signing import new_signer

    made = new_signer(_name(name))
    if json:
        print_json({"private": made.secret(), "key": str(made.key)})
        return
    output().print(made.secret())
    notes().print(f"Its verifier key: {made.key}")


@witness.command("key", epilog="Example: meritbook witness key --name witness.example/1 --file witness.key")
def witness_key(
    name: Annotated[str, typer.Option(help="Name of the witness, such as witness.example/1.")],
    file: Annotated[Path, typer.Option(help="Where the private key is to be.")],
    json: Json = False,
) -> None:
    """Make the key of a witness and print its verifier key, for MERITBOOK_WITNESS_KEY."""
    from api.witness.files import make_key

    try:
        made = make_key(file, _name(name))
    except FileExistsError:
        raise Failed(f"{file} is there already.", "Name another file, or keep that key.") from None
    if json:
        print_json({"key": str(made.key), "file": str(file)})
    else:
        output().print(str(made.key))


@witness.command(
    "serve",
    epilog="Example: meritbook witness serve --key witness.key --state seen.json --log meritbook/a+1f+AbC=",
)
def witness_serve(
    key: Annotated[Path, typer.Option(help="The file that `witness key` made.")],
    state: Annotated[Path, typer.Option(help="Where it keeps what it has seen.")],
    log: Annotated[list[str], typer.Option(help="Verifier key of a log to witness; may be repeated.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for a free one.")] = 8787,
    accept_new_key: Annotated[
        bool,
        typer.Option(
            "--accept-new-key", help="Take the keys of --log in place of known ones: for lost keys."
        ),
    ] = False,
) -> None:
    """Witness logs until interrupted: cosign what continues what was seen, refuse forks and rollbacks."""
    import datetime as dt

    from api.witness import Witness, serve
    from api.witness.files import read_key
    from domain.journal.note import NoteRefused, parse_key

    try:
        trusted = [parse_key(text) for text in log]
        keeper = Witness(
            read_key(key), state, trusted, lambda: dt.datetime.now(dt.UTC), accepts_new_keys=accept_new_key
        )
        for held in keeper.kept:
            notes().print(f"The log is known under another key than --log says, which is kept: {held}")
        serve(keeper, host, port, lambda address: notes().print(f"Witness serves on {address}"))
    except NoteRefused as refused:
        raise Failed(str(refused), "", USAGE) from None
    except OSError as error:
        raise Failed(f"{error.strerror or error}: {error.filename or f'{host}:{port}'}", "") from None


def _name(name: str) -> str:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise Failed(f"{name!r} cannot name a key.", "Use no spaces and no plus sign.", USAGE)
    return name
