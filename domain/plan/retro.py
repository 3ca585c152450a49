"""What is still due, or was paid too much, for a period that is closed."""

from collections.abc import Collection, Iterable
from fractions import Fraction

import msgspec

from domain.money import major_text, minor_per_major
from domain.plan.statement import Line, Sentence, Statement


def delta_lines(
    recomputed: Statement, settled: Iterable[Line], returned: Collection[tuple[str, str]] = ()
) -> tuple[Line, ...]:
    """The lines by which all that was `settled` for a period comes to what it is `recomputed` to be.

    settled: every line that was ever paid for the period, those of its own statement and later deltas.
    returned: plans and measures from which deals were taken off that came back since the last close; what is
    lower for them is told as a clawback. It is made at the rates of the period, and of what was paid, however
    caps, floors and gates had changed that: the period as it would have been less what was settled.
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
            is_clawback = now < before and any((shape.plan, name) in returned for name in shape.inputs)
            rule = "clawback" if is_clawback else "retro"
            deltas.append(_delta(rule, shape, recomputed.period, before, now))
    return tuple(deltas)


def _delta(rule: str, shape: Line, period: str, before_minor: int, now_minor: int) -> Line:
    currency = shape.currency
    words = {"recomputed": major_text(now_minor, currency), "settled": major_text(before_minor, currency)}
    return msgspec.structs.replace(
        shape,
        rule=Sentence(rule, words),
        parts=(),
        exact=str(Fraction(now_minor - before_minor, minor_per_major(currency))),
        amount_minor=now_minor - before_minor,
        about=period,
    )
