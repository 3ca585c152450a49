"""What fault campaigns share: how many rounds they run, and the line in which they say what came of it."""

import os
from collections.abc import Callable

import pytest

ROUNDS = "MERITBOOK_TEST_ROUNDS"
"""Shortens every campaign of `make soak`."""

Tell = Callable[..., None]
"""Says what a campaign came to, in one line that is shown when all tests are done."""


def rounds(few: int, *, soak: int, seconds: int = 7200) -> pytest.MarkDecorator:
    """Runs a test with `few` rounds on every change, with `soak` in `make soak`, at most `seconds` long."""
    long = [pytest.mark.soak, pytest.mark.timeout(seconds)]
    many = int(os.environ.get(ROUNDS) or soak)
    cases = [pytest.param(few, id="few"), pytest.param(many, id="many", marks=long)]
    return pytest.mark.parametrize("rounds", cases)


def line(campaign: str, *, rounds: int, faults: int, found: object, **figures: object) -> str:
    """`campaign: 10 rounds, 10 faults, 0 lost …; acknowledged 935`."""
    more = "".join(f"; {name.replace('_', ' ')} {figure}" for name, figure in figures.items())
    return f"{campaign}: {rounds} rounds, {faults} faults, {found}{more}"
