"""Commands about the tokens of the HTTP interface: made, listed, revoked."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, cast

import typer

from api.cli.terminal import USAGE, Failed, Json, notes, output, print_json, settings
from api.cli.tracing import account

if TYPE_CHECKING:
    from api.ops import Ledger
    from api.roles import Role, ScopeName
    from api.tokens import Tokens

app = typer.Typer()
token = typer.Typer(help="Tokens of the HTTP interface: make, list and revoke them.")
app.add_typer(token, name="token")

ISSUED = "oidc:"
"""What the names of those begin with whose tokens an issuer elsewhere makes."""

RoleAsked = Annotated[
    str | None,
    typer.Option(help="employee, manager, hr, hr_head, payroll, auditor, integration or administrator."),
]
NameAsked = Annotated[
    str | None, typer.Option(help="The actor of what is written with it; the role if absent.")
]
PersonAsked = Annotated[str | None, typer.Option("--employee", help="Whose token it is, if a person's.")]
ScopeAsked = Annotated[
    str | None,
    typer.Option(
        help="Whom it reaches: self, team (whoever reports to the person), branch or all. "
        "If absent: self for an employee, team for a manager, else all."
    ),
]
BranchesAsked = Annotated[
    list[str] | None,
    typer.Option("--branch", help="With --scope branch: these branches, not the person's own."),
]
DaysAsked = Annotated[
    int | None, typer.Option(min=1, max=3660, help="Expires after so many days; never if absent.")
]


@token.callback(invoke_without_command=True, epilog="Example: meritbook token --role payroll --name wang")
def token_made(
    context: typer.Context,
    role: RoleAsked = None,
    name: NameAsked = None,
    employee: PersonAsked = None,
    scope: ScopeAsked = None,
    branch: BranchesAsked = None,
    days: DaysAsked = None,
    json: Json = False,
) -> None:
    """Make a token, as `meritbook token make` does; or list and revoke them."""
    if context.invoked_subcommand is None:
        make(role, name, employee, scope, branch, days, json)


@token.command(epilog="Example: meritbook token make --role manager --employee E1007 --days 365")
def make(
    role: RoleAsked = None,
    name: NameAsked = None,
    employee: PersonAsked = None,
    scope: ScopeAsked = None,
    branch: BranchesAsked = None,
    days: DaysAsked = None,
    json: Json = False,
) -> None:
    """Make a token for the HTTP interface and print it, once; only its hash is kept.

    That it was made, by whom, for whom, as what and until when, is in the trail before it counts.
    """
    from api.roles import ROLES, SCOPES
    from api.token_trail import note_made

    if role not in ROLES:
        said = "No role is given" if role is None else f"{role!r} is not a role"
        raise Failed(f"{said}.", f"Give --role with one of {', '.join(ROLES)}.", USAGE)
    if scope is not None and scope not in SCOPES:
        raise Failed(f"{scope!r} is not a scope.", f"Use one of {', '.join(SCOPES)}.", USAGE)
    with _ledger() as ledger:
        try:
            made = _tokens().make(
                cast("Role", role),
                name or (f"{role}.{employee}" if employee else role),
                employee,
                scope=cast("ScopeName | None", scope),
                branches=tuple(branch or ()),
                days=days,
                note=lambda entry: note_made(ledger, entry, account()),
            )
        except ValueError as error:
            raise Failed(f"{error}.", "") from None
    file = _file()
    if json:
        print_json({"token": made, "role": role, "file": file})
        return
    output().print(made)
    notes().print(f"Only its hash is kept, in {file}. Send it as: Authorization: Bearer TOKEN")


@token.command("list", epilog="Example: meritbook token list --json")
def list_(json: Json = False) -> None:
    """List the tokens that were made: whose they are, whom they reach, until when they count."""
    import msgspec

    entries = _tokens().entries()
    if json:
        print_json([msgspec.to_builtins(each) | {"sha256": each.sha256[:12]} for each in entries])
        return
    for each in entries:
        reaches = f"{each.scope} {' '.join(each.branches)}".strip()
        until = f"until {each.expires_at:%Y-%m-%d %H:%M} UTC" if each.expires_at else "without expiry"
        ended = f", revoked {each.revoked_at:%Y-%m-%d %H:%M} UTC" if each.revoked_at else ""
        output().print(f"{each.name}: {each.role} {each.employee or ''} ({reaches}), {until}{ended}")
    if not entries:
        notes().print("No token was made yet; make one with: meritbook token make --role ROLE")


@token.command(epilog="Example: meritbook token revoke crm")
def revoke(
    name: Annotated[str, typer.Argument(help="Name of the token, as meritbook token list shows it.")],
    json: Json = False,
) -> None:
    """Revoke a token; a running service refuses it within a second, and its name stays taken.

    `oidc:SUBJECT` bars whoever the issuer of the settings calls by this subject. That is in the trail, too.
    """
    from api.token_trail import note_revoked

    try:
        ended = _tokens().bar(name) if name.startswith(ISSUED) else _tokens().revoke(name)
    except ValueError as error:
        raise Failed(f"{error}.", "") from None
    with _ledger() as ledger:  # only now: a token is revoked even where the ledger cannot be written
        note_revoked(ledger, ended, account())
    if json:
        print_json({"name": ended.name, "revoked_at": ended.revoked_at})
    else:
        output().print(f"The token {ended.name} is revoked.")


@contextmanager
def _ledger() -> "Generator[Ledger]":
    """The ledger whose trail tells of tokens."""
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger:
        ledger.opened()
        yield ledger


def _tokens() -> "Tokens":
    from api.tokens import Tokens, token_file

    chosen = settings()
    return Tokens(token_file(chosen.home), ledger=chosen.ledger)


def _file() -> str:
    from api.tokens import token_file

    return str(token_file(settings().home))
