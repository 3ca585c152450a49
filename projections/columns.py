"""The columns of a credit in SQL, as measures take them: each by its name, an amount in one currency."""

import json
from collections.abc import Callable

from psycopg.sql import SQL, Composed, Identifier, Placeholder

from domain.plan.measures import SHARED, Counted, FactMeasure
from domain.plan.worth import digits
from projections.conversion import Converting, in_currency

Bind = Callable[[object], Placeholder]
"""Gives a value of a statement its name."""


def number(bound: Bind, measure: FactMeasure) -> Composed | None:
    """What `measure` takes of credit `c`: a column, times what its word is worth; None for a plain count."""
    if measure.worth is None:
        return None if measure.of is None else taken(bound, measure, measure.of)
    words = json.dumps({word: digits(worth) for word, worth in measure.worth.words.items()})
    worth = SQL("coalesce(({words}::jsonb ->> {word}::text)::numeric, {others}::numeric)").format(
        words=bound(words),
        word=column(bound, measure.worth.by),
        others=bound(digits(measure.worth.others)),
    )
    if measure.of is None:
        return SQL("coalesce(c.share, 1) * {}").format(worth) if measure.kind in SHARED else worth
    return SQL("{} * {}").format(taken(bound, measure, measure.of), worth)


def taken(bound: Bind, measure: FactMeasure, name: str) -> Composed:
    """The column `name` of credit `c` as `measure` takes it: an amount in its currency, if it converts."""
    if name == "amount_minor" and isinstance(measure, Converting):
        return in_currency(bound, measure, day_of(measure.counted))
    return column(bound, name)


def column(bound: Bind, name: str) -> Composed:
    """The column `name` of credit `c`; an attribute is text."""
    if name.startswith("attributes."):
        return SQL("(c.attributes ->> {}::text)").format(bound(name.removeprefix("attributes.")))
    return SQL("c.{}").format(Identifier(name))


def day_of(counted: Counted) -> SQL:
    """The day on which credit `c` lies for measures that count like this."""
    return SQL("coalesce(c.deal_day, c.day)" if counted == "when_closed" else "c.day")


def lies_between(counted: Counted, first: SQL, last: SQL) -> Composed:
    """That this day is one from `first` to `last`, so that the index of either column finds it."""
    own = SQL("c.day between {} and {}").format(first, last)
    if counted == "when_reversed":
        return own
    of_deal = SQL("c.deal_day between {} and {}").format(first, last)
    return SQL("(c.deal_day is null and {} or {})").format(own, of_deal)
