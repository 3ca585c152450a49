"""How much may be asked at once and in a short time: by one caller, and by one address that nobody knows.

A caller is limited by who they are, wherever they ask from; an address only for what fails there, and for
signing in, so that many people behind one address do not stand in each other's way. Buckets fill by the
second, and what is left in them may be asked at once. All workers at one address count together.
"""

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from litestar.types import Scope

from api.between import Rings, SharedAtOnce, SharedBuckets
from api.caller import Caller
from api.cookies import header
from api.problems import TooManyRequests
from api.settings import Settings

MOST_BUCKETS = 20_000
BURST_SECONDS = 5
"""So many seconds' requests may come at once."""
REFUSED_SECONDS = 20
SIGN_INS_AT_ONCE = 60


class Buckets:
    """One bucket for each key: it holds `most`, fills by `per_second`, and each request takes one."""

    def __init__(self, per_second: float, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._most, self._clock = per_second, most, clock
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> float:
        """Takes one out of the bucket of `key`; else the seconds until there is one."""
        now = self._clock()
        held = self._held.get(key)
        if held is None:
            self._make_room(now)
            self._held[key] = self._most - 1, now
            return 0
        level = min(self._most, held[0] + (now - held[1]) * self._per_second)
        if level >= 1:
            self._held[key] = level - 1, now
            return 0
        self._held[key] = level, now
        return (1 - level) / self._per_second

    def __len__(self) -> int:
        return len(self._held)

    def _make_room(self, now: float) -> None:
        """Forgets buckets that are full again; where all are in use, those that were not for the longest."""
        if len(self._held) < MOST_BUCKETS:
            return
        full = self._most / self._per_second
        kept = {key: held for key, held in self._held.items() if now - held[1] < full}
        if len(kept) >= MOST_BUCKETS:
            recent = sorted(kept.items(), key=lambda each: each[1][1])[MOST_BUCKETS // 2 :]
            kept = dict(recent)
        self._held = kept


class AtOnce:
    """How many requests of each caller are under way, which are `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._under_way: dict[str, int] = {}

    def begin(self, caller: str) -> bool:
        """Counts one more of `caller`; whether there was room for it."""
        number = self._under_way.get(caller, 0)
        if number >= self.most:
            return False
        self._under_way[caller] = number + 1
        return True

    def end(self, caller: str) -> None:
        """Counts one less of `caller`."""
        number = self._under_way[caller] - 1
        if number:
            self._under_way[caller] = number
        else:
            del self._under_way[caller]

    def __len__(self) -> int:
        return len(self._under_way)


class Turn(NamedTuple):
    """A request that was let pass, until it is answered."""

    at_once: AtOnce | SharedAtOnce
    caller: str

    def __enter__(self) -> None:
        """It is counted already."""

    def __exit__(self, *_: object) -> None:
        self.at_once.end(self.caller)


class Limits:
    """What the gate asks before it lets anybody pass.

    workers: processes that answer at the address; with several it is made before they are forked, and what
    it counts is theirs together.
    """

    def __init__(
        self, settings: Settings, clock: Callable[[], float] = time.monotonic, *, workers: int = 1
    ) -> None:
        def buckets(per_second: float, most: float) -> Buckets | SharedBuckets:
            return (Buckets if workers == 1 else SharedBuckets)(per_second, most, clock)

        def at_once(most: int) -> AtOnce | SharedAtOnce:
            return AtOnce(most) if workers == 1 else SharedAtOnce(most, workers)

        by_token, by_session = settings.token_requests_per_second, settings.session_requests_per_second
        self._of_tokens = buckets(by_token, by_token * BURST_SECONDS)
        self._of_sessions = buckets(by_session, by_session * BURST_SECONDS)
        self._at_once = {
            (False, False): at_once(settings.token_requests_at_once),
            (False, True): at_once(settings.token_streams_at_once),
            (True, False): at_once(settings.session_requests_at_once),
            (True, True): at_once(settings.session_streams_at_once),
        }
        refused = settings.refused_requests_per_second
        self._refused = buckets(refused, refused * REFUSED_SECONDS)
        self._sign_ins = buckets(settings.sign_ins_per_minute / 60, SIGN_INS_AT_ONCE)
        self._proxies = frozenset(settings.proxies.split())

    def join(self, worker: int) -> None:
        """Counts as `worker`, from 0, from now on; what one before it had under way has ended."""
        for each in self._at_once.values():
            if isinstance(each, SharedAtOnce):
                each.own = worker
                each.clear()

    def require(self, caller: Caller, *, by_session: bool, endless: bool = False) -> Turn:
        """Counts a request of a caller, which is under way until its turn ends.

        endless: its answer has no end, as that of a stream. Raises: TooManyRequests.
        """
        if seconds := (self._of_sessions if by_session else self._of_tokens).take(caller.name):
            raise _too_many(f"{caller.name} asks more than the service answers.", seconds)
        at_once = self._at_once[by_session, endless]
        if not at_once.begin(caller.name):
            raise TooManyRequests(
                field="",
                detail=f"{caller.name} has {at_once.most} {'streams' if endless else 'requests'} under way.",
                remedy="Close one first." if endless else "Ask when one of them is answered.",
            )
        return Turn(at_once, caller.name)

    def require_few_refused(self, scope: Scope) -> None:
        """Counts a request that nobody known has made.

        Raises: TooManyRequests.
        """
        if seconds := self._refused.take(self.address(scope)):
            raise _too_many("Too many requests of this address were by nobody who is known.", seconds)

    def require_sign_in(self, scope: Scope) -> None:
        """Counts a try to sign in.

        Raises: TooManyRequests.
        """
        if seconds := self._sign_ins.take(self.address(scope)):
            raise _too_many("Too many tries to sign in came from this address.", seconds)

    def address(self, scope: Scope) -> str:
        """Where a request comes from: of IPv6 the network, as one host has as many addresses as it likes.

        Behind a proxy that the settings name, it is what the proxy says, last in X-Forwarded-For.
        """
        client = scope.get("client")
        address = client[0] if client else ""
        if address in self._proxies:
            said = header(scope["headers"], b"x-forwarded-for").rpartition(",")[2].strip()
            address = said or address
        try:
            parsed = ip_address(address)
        except ValueError:
            return address[:64]
        return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else address


class Shared(NamedTuple):
    """What the workers at one address count and tell together; nothing of it where there is one."""

    limits: Limits | None = None
    rings: Rings | None = None


ALONE = Shared()


def _too_many(detail: str, seconds: float) -> TooManyRequests:
    remedy = "Wait as Retry-After says, and ask less often."
    return TooManyRequests(field="", detail=detail, remedy=remedy, seconds=seconds)
