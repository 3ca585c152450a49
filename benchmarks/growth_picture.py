"""The steps of `benchmarks.growing` as one picture: what a fact costs while the ledger grows.

python -m benchmarks.growth_picture docs/measured/growing.csv docs/measured/growing.svg
"""

import csv
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 860, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 150, 70, 50
LABEL_HEIGHT = 15
INK, PALE = "#222", "#bbb"
LINES = (
    ("append_processor", "append", "#1b5f8f"),
    ("catch_up_processor", "catch up", "#1b7f4b"),
    ("close_processor", "close", "#b3402a"),
    ("replay_processor", "replay", "#7a4fa3"),
    ("upkeep_processor", "upkeep", "#777"),
)
"""Columns, what they are called, and their colours."""

Row = Mapping[str, str]


def picture(rows: Sequence[Row]) -> str:
    """The SVG document of the steps; it loads nothing and runs nothing."""
    most = max(float(row[name]) for row in rows for name, _, _ in LINES if row[name])
    top = next(step for step in (5, 10, 20, 30, 50, 100, 200, 500, 1_000, 10_000) if step >= most)
    last = int(rows[-1]["facts"])
    parts = [
        _text(LEFT, 28, "What a fact costs while the ledger grows", size=17),
        _text(
            LEFT,
            48,
            "Microseconds of processor a fact, client and server, over millions of facts in the ledger",
        ),
        *_axes(top, last),
    ]
    labels = list[tuple[float, str, str]]()
    for name, called, colour in LINES:
        places = [(_x(int(row["facts"]), last), _y(float(row[name]), top)) for row in rows if row[name]]
        if places:
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            third = max(1, len(rows) // 3)
            costs = [float(row[name]) for row in rows if row[name]]
            first, later = (statistics.median(part) for part in (costs[:third], costs[-third:]))
            said = f"{called} {first:.1f} → {later:.1f}"
            labels.append((places[-1][1] + 4, said, colour))
    below = 0.0
    for y, said, colour in sorted(labels):
        below = max(y, below + LABEL_HEIGHT)
        parts.append(_text(WIDTH - RIGHT + 8, below, said, colour=colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12">\n<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _axes(top: int, last: int) -> Iterator[str]:
    for part in range(6):
        value = top * part / 5
        y = _y(value, top)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{PALE}" stroke-width="{1 if part else 2}"/>'
        yield _text(LEFT - 8, y + 4, f"{value:g}", anchor="end")
        facts = last * part // 5
        yield _text(_x(facts, last), HEIGHT - BOTTOM + 20, f"{facts / 1e6:.1f}", anchor="middle")


def _x(facts: int, last: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * facts / last


def _y(cost: float, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * cost / top


def _text(x: float, y: float, said: str, *, size: int = 12, colour: str = INK, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">'
        f"{escape(said)}</text>"
    )


def main(arguments: Sequence[str]) -> None:
    """Draws the steps in the first file into the second."""
    source, target = map(Path, arguments)
    with source.open(newline="", encoding="utf-8") as file:
        target.write_text(picture(list(csv.DictReader(file))), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
