"""How often Python looks for garbage in cycles: seldom, for what pay and boards are made of has none."""

import gc

ALLOCATIONS = 50_000
"""So many more objects made than freed before the youngest are looked through; by default 700."""

ALLOCATIONS_SERVING = 10_000
"""In a service, where whoever asks meanwhile waits for that."""


def keep_for_good() -> None:
    """Never looks again through what is there now, such as boards just measured: it is freed when dropped."""
    gc.collect(0)
    gc.freeze()


def collect_seldom() -> None:
    """Lets this process make a month's entitlements without looking through them again and again."""
    gc.set_threshold(ALLOCATIONS, 20, 20)


def collect_shortly() -> None:
    """Lets this process look through what it made in short pauses."""
    gc.set_threshold(ALLOCATIONS_SERVING, 20, 20)
