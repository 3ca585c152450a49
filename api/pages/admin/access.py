"""Who is let in: tokens of programs, accounts of people, and who is signed in."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import PathParameter

from api import token_desk
from api.accounts import desk
from api.accounts.desk import AccountDone, AccountShown, SessionShown
from api.administering import AT_THE_MACHINE
from api.pages.admin.running import TABS
from api.pages.asked import number
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import text_of
from api.roles import ROLES, SCOPES
from api.token_desk import TokenGiven, TokenShown
from domain.refusals import Refusal

NameInPath = Annotated[str, PathParameter(description="Name of a token or an account.")]
_OPT = page_opt("administer", "admin", personal="none", reach="all")
OFFERED = tuple(role for role in ROLES if role not in AT_THE_MACHINE)


@get("/admin/tokens", opt=_OPT)
async def tokens_page(page: NamedDependency[Page]) -> Response[str]:
    """The tokens that were made, and the form for another."""
    return await _tokens(page)


@post("/admin/tokens", opt=_OPT)
async def make_token(page: NamedDependency[Page]) -> Response[str]:
    """Makes a token and shows it, this once."""
    form = await page.request.form()
    try:
        said = _rights(form) | {"days": number(text_of(form, "days"), "days")}
        made: TokenGiven = await page.send(token_desk.make_token, _filled(said))
    except Refusal as refusal:
        return await _tokens(page, refusal, said=dict(form))
    return await _tokens(page, made=made)


@post("/admin/tokens/revoke", opt=_OPT)
async def revoke_token(page: NamedDependency[Page]) -> Response[str]:
    """Revokes a token."""
    form = await page.request.form()
    try:
        await page.ask(token_desk.revoke_token, name=text_of(form, "name"))
    except Refusal as refusal:
        return await _tokens(page, refusal)
    return page.gone_to("/admin/tokens")


@get("/admin/accounts", opt=_OPT)
async def accounts_page(page: NamedDependency[Page]) -> Response[str]:
    """Accounts, the form for another, and who is signed in."""
    return await _accounts(page)


@post("/admin/accounts", opt=_OPT)
async def make_account(page: NamedDependency[Page]) -> Response[str]:
    """Makes an account and shows its one-time code, this once."""
    form = await page.request.form()
    try:
        made: AccountDone = await page.send(desk.make_account, _filled(_rights(form)))
    except Refusal as refusal:
        return await _accounts(page, refusal, said=dict(form))
    return await _accounts(page, made=made)


@post("/admin/accounts/changes", opt=_OPT)
async def change_account(page: NamedDependency[Page]) -> Response[str]:
    """Locks, unlocks, resets or removes an account; a reset shows its code, this once."""
    form = await page.request.form()
    change = text_of(form, "change")
    said = {"change": "reset" if change == "reset_all" else change, "second_factor": change == "reset_all"}
    try:
        done: AccountDone = await page.send(desk.change_account, said, name=text_of(form, "name"))
    except Refusal as refusal:
        return await _accounts(page, refusal)
    return await _accounts(page, made=done) if done.code else page.gone_to("/admin/accounts")


@post("/admin/sessions/end", opt=_OPT)
async def end_session(page: NamedDependency[Page]) -> Response[str]:
    """Signs somebody out."""
    form = await page.request.form()
    await page.ask(desk.end_session, session=text_of(form, "session"))
    return page.gone_to("/admin/accounts#sessions")


def _rights(form: FormMultiDict) -> dict[str, Any]:
    branches = text_of(form, "branches").replace("，", ",").split(",")
    return {
        "name": text_of(form, "name"),
        "role": text_of(form, "role"),
        "employee": text_of(form, "employee"),
        "scope": text_of(form, "scope"),
        "branches": [each.strip() for each in branches if each.strip()],
    }


def _filled(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value}


async def _tokens(
    page: Page,
    refusal: Refusal | None = None,
    *,
    said: dict[str, Any] | None = None,
    made: TokenGiven | None = None,
) -> Response[str]:
    found: list[TokenShown] = await page.ask(token_desk.read_tokens)
    return await page.answered(
        "admin/tokens.html",
        refusal,
        tabs=TABS,
        tokens=found,
        roles=OFFERED,
        scopes=SCOPES,
        said=said or {},
        made=made,
    )


async def _accounts(
    page: Page,
    refusal: Refusal | None = None,
    *,
    said: dict[str, Any] | None = None,
    made: AccountDone | None = None,
) -> Response[str]:
    found: list[AccountShown] = await page.ask(desk.read_accounts)
    signed_in: list[SessionShown] = await page.ask(desk.read_sessions)
    return await page.answered(
        "admin/accounts.html",
        refusal,
        tabs=TABS,
        accounts=found,
        sessions=signed_in,
        roles=[role for role in OFFERED if role != "integration"],
        scopes=SCOPES,
        said=said or {},
        made=made,
    )
