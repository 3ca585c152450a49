"""What the gate notes of a request: at what it was refused, and whose personal data its answer shows.

A handler declares in its `opt` what of it is `personal`:
- "none": its answer shows nothing about anybody;
- "person": it is about the person whom the address names;
- "people": it says with `shows` whom it is about. So does one that declares nothing, for safety's sake.
"""

from collections.abc import Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl

from litestar import Request
from litestar.types import Message, Scope, Send

from api.trail import ReadingKind, Refusing, Trail
from domain.refusals import NotAllowed, Refusal

if TYPE_CHECKING:
    from api.caller import Caller

Personal = Literal["none", "person", "people"]

PAGING = frozenset("ticket after upto limit offset at_least known_at format lang".split())
"""Parameters that leaf through an answer or choose its form, but do not say whom it is about."""

HIDDEN = frozenset({"agent"})
"""Parameters that may hold somebody's address; the trail tells whom the answer showed."""

FILTER_LENGTH = 300

_SHOWN = "shown"
_REFUSED = "refused"
_KIND = "refused_kind"


def shows(request: Request[Any, Any, Any], people: Iterable[str]) -> None:
    """Says whom the answer to `request` is about; what is put together from several says it several times."""
    state = _state(request.scope)
    state[_SHOWN] = state.get(_SHOWN, frozenset()) | frozenset(people)


def note_refusal(request: Request[Any, Any, Any], refusal: Refusal, times: int = 1) -> None:
    """Says that something in `request` was refused; what is no matter of rights is left out."""
    if isinstance(refusal, NotAllowed):
        _state(request.scope).setdefault(_REFUSED, []).append((refusal, times))


def note_answer(request: Request[Any, Any, Any], refusal: Refusal) -> None:
    """Says that the answer to `request` is this refusal."""
    note_refusal(request, refusal)
    _state(request.scope)[_KIND] = type(refusal).kind


def refused_kind(scope: Scope) -> str | None:
    """Of the refusal that was the answer; None for any other answer."""
    return _state(scope).get(_KIND)


class Watch:
    """One request as the gate sees it."""

    def __init__(self, trail: Callable[[], Trail], scope: Scope) -> None:
        self._trail, self._scope = trail, scope

    @property
    def _operation(self) -> str:
        return f"{self._scope.get('method')} {self._scope['path_template']}"

    async def unauthenticated(self, refusal: Refusal) -> None:
        """Notes an attempt by nobody knows whom; all addresses count as one."""
        await self._trail().refused(Refusing(None, None, None, None, refusal.detail))

    async def refused(self, caller: "Caller", refusal: Refusal, times: int = 1) -> None:
        """Notes that `caller` was refused."""
        kind = Refusing(caller.name, caller.role, self._operation, self._person(), refusal.detail)
        await self._trail().refused(kind, times)

    def traced(self, caller: "Caller", personal: Personal, send: Send) -> Send:
        """`send`, but nothing goes out before what is to be noted of it is durable."""

        async def send_traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                for refusal, times in _state(self._scope).get(_REFUSED, ()):
                    await self.refused(caller, refusal, times)
                if personal != "none" and message["status"] < 400:
                    await self._read(caller, personal)
            await send(message)

        return send_traced

    async def _read(self, caller: "Caller", personal: Personal) -> None:
        """Notes whom the answer shows to `caller`, if anybody else than themselves."""
        shown: frozenset[str] | None = _state(self._scope).get(_SHOWN)
        if personal == "person":
            shown = frozenset({str(self._scope["path_params"]["employee"])})
        if shown is not None:
            shown -= {caller.employee}
            if not shown:
                return
        one = next(iter(shown)) if shown is not None and len(shown) == 1 else None
        kind = ReadingKind(
            caller.name, caller.role, self._operation, one, None if one else self._filter() or None
        )
        await self._trail().read(kind, None if one or shown is None else len(shown))

    def _asked(self) -> list[tuple[str, str]]:
        """What the address and the query of the request name, but for paging."""
        path = [(name, str(value)) for name, value in self._scope["path_params"].items()]
        query = parse_qsl(self._scope["query_string"].decode("latin-1"))
        return [*path, *((name, value) for name, value in query if name not in PAGING | HIDDEN)]

    def _filter(self) -> str:
        text = " ".join(f"{name}={value}" for name, value in self._asked())
        return "".join(char if char.isprintable() else "?" for char in text)[:FILTER_LENGTH]

    def _person(self) -> str | None:
        """The one person whom the request names."""
        named = {value for name, value in self._asked() if name == "employee"}
        return named.pop() if len(named) == 1 else None


def _state(scope: Scope) -> MutableMapping[str, Any]:
    return scope.setdefault("state", {})
