"""Where one can go: the pages that stand in the navigation, for whoever may read them."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from litestar.handlers import HTTPRouteHandler

from api.caller import Caller
from api.roles import MAY, ROLES, Action, Role
from api.streaming.concerns import Follows


class Nav(NamedTuple):
    """A place in the navigation. key: of its name, `base.nav.KEY` in the words, and of its icon.

    roles: whose navigation it stands in. clients: only for those whose work is with clients.
    """

    order: int
    key: str
    roles: frozenset[Role]
    clients: bool = False


OF_EVERY_VIEW = ("known_at", "at_least")
"""Parameters of the view that a page gives, as of every result."""


def page_opt(
    action: Action,
    under: str,
    *,
    asks: Iterable[str] = (),
    nav: int | None = None,
    roles: Iterable[Role] = ROLES,
    clients: bool = False,
    follows: Follows | None = None,
    **said: Any,
) -> dict[str, Any]:
    """The `opt` of a page: what every address declares there, and where it stands in the navigation.

    asks: its own parameters. under: the key of the navigation that it belongs to; nav: its place, if it is
    that entry itself. roles: in whose navigation it stands, of those who may read it; clients: only of those
    of them whose work is with clients. follows: the facts at which an open page is shown anew; none where it
    stays as it was loaded.
    """
    said |= {} if follows is None else {"follows": follows}
    place = {} if nav is None else {"nav": Nav(nav, under, frozenset(roles), clients)}
    return {"page": True, "action": action, "asks": (*OF_EVERY_VIEW, *asks), "under": under, **place, **said}


class Entry(NamedTuple):
    """A link of the navigation. is_current: the page is it, or lies below it."""

    key: str
    href: str
    is_current: bool


class Navigation:
    """The pages that ask to stand in the navigation."""

    def __init__(self, pages: Iterable[HTTPRouteHandler]) -> None:
        found = [(handler.opt["nav"], handler) for handler in pages if "nav" in handler.opt]
        self._found = sorted(found, key=lambda each: each[0].order)

    def of(self, caller: Caller, under: str | None, with_clients: bool) -> list[Entry]:
        """Those that `caller` may read and that serve them. with_clients: whether they work with clients."""
        return [
            Entry(nav.key, own_address(handler, caller), nav.key == under)
            for nav, handler in self._found
            if caller.role in nav.roles and (with_clients or not nav.clients) and may_read(handler, caller)
        ]


def may_read(page: HTTPRouteHandler, caller: Caller) -> bool:
    """Whether `caller` may read a page, that about a person for themselves."""
    if page.opt["action"] not in MAY[caller.role]:
        return False
    if "{employee" in page_path(page):
        return caller.employee is not None
    return page.opt.get("reach") in ("any", "rows") or caller.scope == "all"


def own_address(page: HTTPRouteHandler, caller: Caller) -> str:
    """The address of a page; of one about a person, about `caller`."""
    return page_path(page).replace("{employee:str}", quote(caller.employee or "", safe=""))


def page_path(page: HTTPRouteHandler) -> str:
    """The form of the address of a page."""
    return min(page.paths)


def followed_at(page: HTTPRouteHandler, employee: str | None) -> str:
    """Where an open page is told of what comes. employee: whom it is about."""
    about = {} if employee is None else {"employee": employee}
    return f"/live?{urlencode({'of': page_path(page), **about})}"
