"""Charts of a simulation, as places in a picture: the template draws them, and a table says the same."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from domain.money import major_text, minor_per_major
from projections.simulated import Simulation

WIDTH, HEIGHT = 380, 220
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 24, 36
LABELS = 6
"""So many values are written below an axis, at most."""


class Bar(NamedTuple):
    """People whose pay changes alike. label: its lower edge, where there is room for it."""

    x: float
    y: float
    width: float
    height: float
    people: int
    label: str
    is_loss: bool


class Point(NamedTuple):
    """A value of the parameter and what it costs. label, cost: where there is room for them."""

    x: float
    y: float
    label: str
    cost: str


class Curve(NamedTuple):
    """What a parameter costs. now: the height of pay as it stands. line: the points as SVG has them."""

    points: tuple[Point, ...]
    now: float
    line: str


def distribution(found: Simulation) -> tuple[Bar, ...]:
    """A bar for each bin of the changes; none where nobody's pay changes."""
    held = found.distribution.bins
    most = max((each.people for each in held), default=0)
    if not most:
        return ()
    width = (WIDTH - LEFT - RIGHT) / len(held)
    room = HEIGHT - TOP - BOTTOM
    shown = _written(len(held))
    return tuple(
        Bar(
            x=round(LEFT + number * width + 1, 1),
            y=round(HEIGHT - BOTTOM - room * each.people / most, 1),
            width=round(width - 2, 1),
            height=round(room * each.people / most, 1),
            people=each.people,
            label=short(each.from_minor, found.currency) if number in shown else "",
            is_loss=each.until_minor <= 0,
        )
        for number, each in enumerate(held)
    )


def curve(found: Simulation) -> Curve | None:
    """The cost over the range of the parameter; None where none was varied."""
    totals = [point.total_minor for point in found.curve]
    if not totals:
        return None
    low, high = min(*totals, found.before_minor), max(*totals, found.before_minor)
    room = HEIGHT - TOP - BOTTOM - 20

    def height(minor: int) -> float:
        return round(
            HEIGHT - BOTTOM - 10 - (room * (minor - low) / (high - low) if high > low else room / 2), 1
        )

    inset = 34
    step = (WIDTH - LEFT - RIGHT - 2 * inset) / max(len(totals) - 1, 1)
    shown = _written(len(totals))
    points = tuple(
        Point(
            x=round(LEFT + inset + number * step, 1),
            y=height(each.total_minor),
            label=each.value if number in shown else "",
            cost=whole(each.total_minor, found.currency) if number in shown else "",
        )
        for number, each in enumerate(found.curve)
    )
    return Curve(points, height(found.before_minor), " ".join(f"{each.x},{each.y}" for each in points))


def whole(minor: int, currency: str) -> str:
    """About how many major units, where the table says it to the last cent."""
    return f"{round(Fraction(minor, minor_per_major(currency))):,}"


def short(minor: int, currency: str) -> str:
    """An amount in major units with commas, without parts that are nothing."""
    units, _, part = major_text(minor, currency).partition(".")
    grouped = f"{int(units):,}" if units != "-0" else units
    return grouped if not part.strip("0") else f"{grouped}.{part}"


def _written(count: int) -> Sequence[int]:
    """Which of `count` places are written out: evenly, the first among them."""
    return range(0, count, max(1, -(-count // LABELS)))
