"""How often Python looks for garbage in cycles: seldom, for what pay is made of has none."""

import gc

ALLOCATIONS = 50_000
"""So many more objects made than freed before the youngest are looked through; by default 700."""


def collect_seldom() -> None:
    """Lets this process make a month's entitlements without looking through them again and again."""
    gc.set_threshold(ALLOCATIONS, 20, 20)
