"""Commands about local accounts: who may sign in to the pages with a password."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, cast

import typer

from api.cli.terminal import Json, notes, output, print_json, settings

if TYPE_CHECKING:
    from api.accounts.changing import Changing, Verb
    from api.roles import Role, ScopeName

app = typer.Typer(no_args_is_help=True)

NameGiven = Annotated[str, typer.Argument(help="Name of the account, such as wang.li.")]
RoleAsked = Annotated[
    str, typer.Option(help="employee, manager, hr, hr_head, payroll, auditor or administrator.")
]
PersonAsked = Annotated[str | None, typer.Option("--employee", help="Whose account it is, if an employee's.")]
ScopeAsked = Annotated[
    str | None,
    typer.Option(help="Whom it reaches: self, team, branch or all; by the role if absent."),
]
BranchesAsked = Annotated[
    list[str] | None, typer.Option("--branch", help="With --scope branch: these branches.")
]


@app.command(epilog="Example: meritbook account make wang.li --role manager --employee E1007")
def make(
    name: NameGiven,
    role: RoleAsked,
    employee: PersonAsked = None,
    scope: ScopeAsked = None,
    branch: BranchesAsked = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a password here and now.")] = False,
    json: Json = False,
) -> None:
    """Make an account, and print the one-time code with which its owner chooses a password.

    Give the code to the person: at /sign-in they type it in place of a password, within three days.
    """
    chosen = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if password else None
    with _changing() as changing:
        code = changing.make(
            name,
            cast("Role", role),
            employee,
            cast("ScopeName | None", scope),
            tuple(branch or ()),
            chosen,
        )
    _tell_code(name, code, json)


@app.command("list", epilog="Example: meritbook account list --json")
def list_(json: Json = False) -> None:
    """List the accounts: whose they are, what they may do, and whether they can be used."""
    from api.accounts.account import accounts
    from api.ops import open_ledger

    with open_ledger(settings()) as ledger, ledger.pool.connection() as connection:
        found = accounts(connection.cursor())
    told = [
        {
            "name": each.name,
            "role": each.role,
            "scope": each.scope,
            "employee": each.employee,
            "branches": each.branches,
            "has_password": each.password_hash is not None,
            "has_second_factor": each.totp is not None,
            "signed_in_at": each.signed_in_at,
            "wrong_tries": each.failures,
            "tried_at": each.failed_at,
            "locked_at": each.locked_at,
            "removed_at": each.removed_at,
        }
        for each in found
    ]
    if json:
        print_json(told)
        return
    for each in found:
        state = "removed" if each.removed_at else "locked" if each.locked_at else "open"
        waits = "" if each.password_hash or each.removed_at else ", no password yet"
        factor = ", second factor" if each.totp else ""
        tried = f", {each.failures} wrong tries, the last at {each.failed_at}" if each.failures else ""
        output().print(
            f"{each.name}: {each.role} {each.employee or ''} ({each.scope}), {state}{waits}{factor}{tried}"
        )
    if not found:
        notes().print("There is no account yet; make one with: meritbook account make NAME --role ROLE")


@app.command(epilog="Example: meritbook account change wang.li --role hr")
def change(
    name: NameGiven,
    role: RoleAsked,
    employee: PersonAsked = None,
    scope: ScopeAsked = None,
    branch: BranchesAsked = None,
    json: Json = False,
) -> None:
    """Give an account another role, scope or person; its owner has to sign in again."""
    with _changing() as changing:
        changing.change(
            name, cast("Role", role), employee, cast("ScopeName | None", scope), tuple(branch or ())
        )
    _tell(name, "changed", json)


@app.command(epilog="Example: meritbook account lock wang.li")
def lock(name: NameGiven, json: Json = False) -> None:
    """Lock an account and sign its owner out everywhere."""
    _do("lock", name, "locked", json)


@app.command(epilog="Example: meritbook account unlock wang.li")
def unlock(name: NameGiven, json: Json = False) -> None:
    """Unlock an account, and forget wrong passwords that were tried on it."""
    _do("unlock", name, "unlocked", json)


@app.command(epilog="Example: meritbook account reset wang.li --second-factor")
def reset(
    name: NameGiven,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Take the second factor away too: the telephone is lost.")
    ] = False,
    json: Json = False,
) -> None:
    """Take an account's password away, sign its owner out, and print a one-time code for another."""
    with _changing() as changing:
        code = changing.reset(name, factor_too=second_factor)
    _tell_code(name, code, json)


@app.command(epilog="Example: meritbook account remove wang.li")
def remove(name: NameGiven, json: Json = False) -> None:
    """Remove an account and all its secrets; its name stays taken, as that of an actor."""
    _do("remove", name, "removed", json)


def _do(verb: "Verb", name: str, done: str, json: bool) -> None:
    with _changing() as changing:
        changing.do(verb, name)
    _tell(name, done, json)


@contextmanager
def _changing() -> "Generator[Changing]":
    from api.accounts.changing import Changing
    from api.cli.tracing import account
    from api.ops import now, open_ledger

    with open_ledger(settings()) as ledger:
        ledger.opened()
        with ledger.pool.connection() as connection, connection.cursor() as cursor:
            yield Changing(cursor, ledger.intake, account(), now())


def _tell(name: str, done: str, json: bool) -> None:
    if json:
        print_json({"name": name, "done": done})
    else:
        output().print(f"The account {name} is {done}.")


def _tell_code(name: str, code: str | None, json: bool) -> None:
    if json:
        print_json({"name": name, "code": code})
    elif code is None:
        output().print(f"The account {name} is made.")
    else:
        output().print(code)
        notes().print(f"Give this code to the owner of {name}: it is typed once, in place of a password.")
