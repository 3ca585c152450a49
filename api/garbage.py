"""How often Python looks for garbage in cycles: seldom, for what pay and boards are made of has none."""

import gc

ALLOCATIONS = 50_000
"""So many more objects made than freed before the youngest are looked through; by default 700."""


def keep_for_good() -> None:
    """Never looks again through what is there now, such as boards just measured: it is freed when dropped."""
    gc.collect(0)
    gc.freeze()


def collect_seldom() -> None:
    """Lets this process make a month's entitlements without looking through them again and again."""
    gc.set_threshold(ALLOCATIONS, 20, 20)
