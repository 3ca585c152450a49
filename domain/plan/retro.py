"""What is still due, or was paid too much, for a period that is closed."""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from domain.money import major_text, minor_per_major
from domain.plan.statement import Line, Sentence, Statement


def delta_lines(recomputed: Statement, settled: Iterable[Line]) -> tuple[Line, ...]:
    """The lines by which all that was `settled` for a period comes to what it is `recomputed` to be.

    settled: every line that was ever paid for the period, those of its own statement and later deltas.
    After these lines are settled too, the sums are equal, component by component; no line is for 0.
    """
    paid: dict[tuple[str, str], tuple[int, Line]] = {}
    for line in settled:
        amount, _ = paid.get((line.plan, line.component), (0, line))
        paid[line.plan, line.component] = (amount + line.amount_minor, line)
    due = {(line.plan, line.component): line for line in recomputed.lines}
    deltas: list[Line] = []
    for key in sorted(paid.keys() | due.keys()):
        before, form = paid.get(key, (0, due.get(key)))
        now = due[key].amount_minor if key in due else 0
        shape = due.get(key, form)
        if now != before and shape is not None:
            deltas.append(_delta(shape, recomputed.period, before, now))
    return tuple(deltas)


def _delta(shape: Line, period: str, before_minor: int, now_minor: int) -> Line:
    currency = shape.currency
    words = {"recomputed": major_text(now_minor, currency), "settled": major_text(before_minor, currency)}
    return msgspec.structs.replace(
        shape,
        rule=Sentence("retro", words),
        parts=(),
        exact=str(Fraction(now_minor - before_minor, minor_per_major(currency))),
        amount_minor=now_minor - before_minor,
        about=period,
    )
