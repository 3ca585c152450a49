"""When a delivery is tried again, for how long, and what of an answer counts as what."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Literal

Verdict = Literal["delivered", "again", "gone"]

DELAYS_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the first try, the second …: 10 tries within 3 days and 3.6 hours. Source: Standard Webhooks 1.0."""

JITTER = 0.1
"""A delay is up to so much of itself longer, so that what failed together does not come back together."""

MOST_TRIES = len(DELAYS_SECONDS) + 1
MOST_ASKED_SECONDS = 86_400
"""So long does an endpoint's Retry-After put a try off at most."""

GIVEN_UP_AFTER = dt.timedelta(days=5)
"""An endpoint that has taken nothing for so long is paused."""


def next_try(
    tries: int, at: dt.datetime, asked_seconds: int = 0, chance: Callable[[], float] = random.random
) -> dt.datetime | None:
    """When to try again after so many tries, the last of them `at`; None after the last.

    asked_seconds: of the answer's Retry-After, which may only put it off.
    """
    if tries >= MOST_TRIES:
        return None
    planned = DELAYS_SECONDS[tries - 1] * (1 + JITTER * chance())
    return at + dt.timedelta(seconds=max(planned, min(asked_seconds, MOST_ASKED_SECONDS)))


def verdict(status: int | None) -> Verdict:
    """What an HTTP status says of a delivery. None: no answer came. A redirect is not followed."""
    if status is None:
        return "again"
    if 200 <= status < 300:
        return "delivered"
    return "gone" if status == 410 else "again"
