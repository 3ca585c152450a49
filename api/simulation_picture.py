"""A simulation as one picture, in SVG: who gains or loses how much, and what a parameter costs.

It loads nothing from anywhere and runs nothing, so it can be mailed, printed and opened for good.
"""

from collections.abc import Iterator
from typing import Literal
from xml.sax.saxutils import escape

from domain.money import major_text
from projections.simulated import Simulation

Lang = Literal["en", "zh"]

WIDTH, CHART, LEFT, TOP, GAP = 860, 260, 90, 90, 110
GAIN, LOSS, INK, PALE = "#1b7f4b", "#b3402a", "#222", "#999"

_WORDS = {
    "en": {
        "title": "{plan}: {first} to {last}, known at position {known_at}",
        "total": "{before} before, {after} after, {difference} {currency}; "
        "{winners} gain, {losers} lose, {unchanged} unchanged",
        "people": "People by how their pay changes ({currency}, from … to less than the next; 0 left out)",
        "nobody": "Nobody's pay changes.",
        "curve": "Cost by {varied} ({currency}); the line across is pay as it stands",
        "count": "people",
    },
    "zh": {
        "title": "{plan}：{first} 至 {last}，按位置 {known_at} 已知的事实",
        "total": "原 {before}，新 {after}，差额 {difference} {currency}；"
        "增加 {winners} 人，减少 {losers} 人，不变 {unchanged} 人",
        "people": "按收入变化分布的人数（{currency}，含下限、不含上限；不含无变化者）",
        "nobody": "无人收入变化。",
        "curve": "不同 {varied} 的成本（{currency}）；横线为现行成本",
        "count": "人",
    },
}


def picture(found: Simulation, lang: Lang = "en") -> str:
    """The SVG document of `found`, its words in `lang`."""
    words = _WORDS[lang]
    said = {
        "plan": found.plan or " − ".join(("", *found.without)).strip(),
        "first": found.first, "last": found.last, "known_at": found.known_at,
        "before": major_text(found.before_minor, found.currency),
        "after": major_text(found.after_minor, found.currency),
        "difference": _signed(found.difference_minor, found.currency),
        "currency": found.currency, "varied": found.varied,
        "winners": found.distribution.winners, "losers": found.distribution.losers,
        "unchanged": found.distribution.unchanged,
    }  # fmt: skip
    parts = [
        _text(30, 32, words["title"].format(**said), size=18),
        _text(30, 56, words["total"].format(**said)),
    ]
    parts += [_text(30, TOP, words["people"].format(**said)), *_distribution(found, words, TOP + 20)]
    height = TOP + 20 + CHART + 60
    if found.curve:
        parts += [_text(30, height + 20, words["curve"].format(**said)), *_curve(found, height + 40)]
        height += 40 + CHART + GAP - 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" lang="{lang}" role="img" font-family="sans-serif">\n'
        f"<title>{escape(words['title'].format(**said))}</title>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _distribution(found: Simulation, words: dict[str, str], top: int) -> Iterator[str]:
    """A bar for each bin, with its count above and its lower edge below, and the last upper edge."""
    held = found.distribution.bins
    if not held:
        yield _text(LEFT, top + 30, words["nobody"])
        return
    most = max(each.people for each in held)
    width, bottom = (WIDTH - LEFT - 50) / len(held), top + CHART
    for number, each in enumerate(held):
        x, tall = LEFT + number * width, (CHART - 30) * each.people / most
        colour = LOSS if each.until_minor <= 0 else GAIN
        yield (
            f'<rect class="bin" x="{x + 1:.1f}" y="{bottom - tall:.1f}" width="{width - 2:.1f}" '
            f'height="{tall:.1f}" fill="{colour}"/>'
        )
        yield _text(x + width / 2, bottom - tall - 6, str(each.people), anchor="middle", size=12)
        yield _text(x, bottom + 18, _short(each.from_minor, found.currency), anchor="middle", size=11)
    yield _text(
        LEFT + len(held) * width, bottom + 18, _short(held[-1].until_minor, found.currency), "middle", 11
    )
    yield _line(LEFT, bottom, WIDTH - 50, bottom, INK)
    yield _text(LEFT - 10, top + 30, words["count"], anchor="end", size=12)


def _curve(found: Simulation, top: int) -> Iterator[str]:
    """A point for each value, with its cost above and the value below; the scale begins where it is said."""
    totals = [point.total_minor for point in found.curve]
    low, high = min(*totals, found.before_minor), max(*totals, found.before_minor)
    bottom, room = top + CHART, CHART - 50

    def height(minor: int) -> float:
        return bottom - 10 - (room * (minor - low) / (high - low) if high > low else room / 2)

    step = (WIDTH - LEFT - 110) / max(len(totals) - 1, 1)
    places = [(LEFT + 30 + number * step, height(total)) for number, total in enumerate(totals)]
    level = height(found.before_minor)
    yield _line(LEFT, level, WIDTH - 50, level, PALE)
    yield f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" fill="none" stroke="{INK}"/>'
    each_shown = max(1, len(totals) // 10)
    for number, ((x, y), point) in enumerate(zip(places, found.curve, strict=True)):
        yield f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{INK}"/>'
        if number % each_shown == 0 or number == len(totals) - 1:
            yield _text(x, y - 9, _short(point.total_minor, found.currency), anchor="middle", size=11)
            yield _text(x, bottom + 18, point.value, anchor="middle", size=12)
    yield _line(LEFT, bottom, WIDTH - 50, bottom, INK)
    yield _line(LEFT, top + 20, LEFT, bottom, INK)
    for minor in dict.fromkeys((low, high)):
        yield _text(LEFT - 6, height(minor) + 4, _short(minor, found.currency), anchor="end", size=11)


def _short(minor: int, currency: str) -> str:
    """An amount in major units, without parts that are nothing."""
    text = major_text(minor, currency)
    return text.partition(".")[0] if text.endswith(".00") else text


def _signed(minor: int, currency: str) -> str:
    return f"{'+' if minor > 0 else ''}{major_text(minor, currency)}"


def _text(x: float, y: float, said: str, anchor: str = "start", size: int = 14) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{INK}">'
        f"{escape(said)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'
