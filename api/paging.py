"""Lists by pages, the one way: every page is of one moment, and the cursor says which and how far it got.

The first page fixes at which position and on which business day the list is as it is; the pages after it ask
for the list as known there. So nothing is missed and nothing comes twice, whatever is recorded between them.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor
from psycopg.rows import TupleRow

from api import cursors
from api.answers import NotModified
from api.caller import Caller
from api.ops import ENGINE
from api.reading import AtLeast, KnownAt, Reading, View, counted_position, counted_upto
from api.watching import shows
from domain.journal.read import head

PAGE = 1000
OWN = ("after", "at_least", "known_at", "limit")
"""Parameters that say how a list is leafed through, not which list it is."""

After = Annotated[
    str | None, QueryParameter(description="Where to go on: from the `Link` of the page before.")
]
Limit = Annotated[int, QueryParameter(ge=1, le=PAGE, description="Rows a page, at most.")]

_Answer = TypeVar("_Answer")
_Row = TypeVar("_Row")


class Place(msgspec.Struct, frozen=True, array_like=True):
    """How far a list was read. asked: the digest of which list, and whose eyes read it."""

    known_at: int
    day: dt.date
    rows: int
    asked: str


class Pages(View):
    """A view of a list whose rows go out page by page. today: the business day of the first page.

    read: the rows of the pages before.
    """

    def __init__(
        self,
        request: Request[Any, Caller, Any],
        reading: Reading,
        known_at: int | None,
        *,
        read: int = 0,
        day: dt.date | None = None,
        limit: int = PAGE,
    ) -> None:
        super().__init__(reading, known_at)
        self._request, self._read, self._limit = request, read, limit
        self.today = day or reading.today()
        self._more = False
        self._headers: dict[str, str] = {}

    async def unchanged(self) -> bool:
        """Whether the reader has this page as it is: nothing was counted since, for the same eyes and day.

        The tag is a weak one, of what was asked and of the position that is counted; `answer` tells it.
        """
        counted = await self._reading.ask(counted_position)
        place = (asked(self._request), counted, self.known_at, self.today, self._read, self._limit, ENGINE)
        tag = f'W/"{hashlib.sha256(msgspec.json.encode(place)).hexdigest()[:32]}"'
        personal = self._request.route_handler.opt.get("personal", "people") != "none"
        self._headers = {
            "ETag": tag,
            "Vary": "Authorization, Cookie",
            "Cache-Control": "no-store" if personal else "private, no-cache",
        }
        held = self._request.headers.get("if-none-match", "")
        return tag in [each.strip() for each in held.split(",")]

    async def ask(self, question: Callable[[Cursor[TupleRow], int | None], _Answer]) -> _Answer:
        """The answer to `question`; of a first page about now, with the position at which now was."""

        def of_one_moment(cursor: Cursor[TupleRow]) -> _Answer:
            before = counted_position(cursor)
            found = question(cursor, None)
            self.known_at = counted_position(cursor)
            return found if self.known_at == before else question(cursor, self.known_at)

        if self.known_at is not None:
            return await super().ask(question)
        return await self._reading.ask(of_one_moment)

    def was_found(self, position: int) -> None:
        """Takes note that the first page is that of `position`, at which the next ones go on."""
        self.known_at = position if self.known_at is None else self.known_at

    @property
    def has_more(self) -> bool:
        """Whether rows come after those that were cut."""
        return self._more

    def withhold(self) -> None:
        """Answers that nothing has changed, which shows nobody to anybody.

        Raises: NotModified.
        """
        shows(self._request, ())
        raise NotModified(self._headers)

    @property
    def offset(self) -> int:
        """How many rows stand on the pages before."""
        return self._read

    @property
    def limit(self) -> int:
        """How many rows a page has at most."""
        return self._limit

    def part(self, rows: Sequence[_Row], total: int) -> None:
        """Takes note of the rows of this page, asked for as such, and how many there are in all."""
        self._more = self._read + len(rows) < total

    def cut(self, rows: Iterable[_Row]) -> list[_Row]:
        """Those of all `rows` that stand on this page; what comes after one more is not looked at."""
        coming = islice(rows, self._read, None)
        found = list(islice(coming, self._limit))
        self._more = any(True for _ in coming)
        return found

    def answer(self, body: _Answer) -> Response[_Answer]:
        """`body` with a `Link` to the next page, if there is one."""
        if not self._more:
            return Response(body, headers=self._headers)
        assert self.known_at is not None, "cut is given what ask has answered"
        place = Place(self.known_at, self.today, self._read + self._limit, asked(self._request))
        query = [(name, value) for name, value in _query(self._request) if name not in OWN]
        found = urlencode([*query, ("limit", self._limit), ("after", cursors.written(place))])
        link = f'<{self._request.url.path}?{found}>; rel="next"'
        return Response(body, headers=self._headers | {"Link": link})


async def pages(
    request: Request[Any, Any, Any],
    reading: NamedDependency[Reading],
    known_at: KnownAt = None,
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = PAGE,
) -> Pages:
    """The page that the query asks for.

    Raises: BadField for a cursor of another list, of another reader or of another moment; Behind.
    """
    await reading.after(at_least, request)
    position = await counted_upto(reading, request, known_at)
    if after is None:
        return await _as_held(Pages(request, reading, position, limit=limit))
    place = cursors.read_struct(after, Place)
    if place.asked != asked(request) or place.known_at < 0 or place.rows < 0:
        raise cursors.bad_cursor()
    cursors.begun_at(place.known_at, position, await reading.ask(head))
    await reading.after(place.known_at, request, "after")
    goes_on = Pages(request, reading, place.known_at, read=place.rows, day=place.day, limit=limit)
    return await _as_held(goes_on)


async def _as_held(found: Pages) -> Pages:
    """`found`, unless the reader has it already.

    Raises: NotModified.
    """
    if await found.unchanged():
        found.withhold()
    return found


def asked(request: Request[Any, Caller, Any]) -> str:
    """Which list is asked for, and what of it its reader may see: the same for every page of one reading."""
    caller = request.auth
    reached = None if caller.within is None else sorted(caller.within)
    about = sorted(each for each in _query(request) if each[0] not in OWN)
    said = msgspec.json.encode((request.url.path, about, caller.role, caller.employee, reached))
    return hashlib.sha256(said).hexdigest()[:16]


def _query(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    return parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
