"""Plain counts and sums out of the live daily totals, for readers who ask about now."""

from collections.abc import Mapping
from fractions import Fraction

from psycopg.sql import SQL

from domain.plan.measures import FactMeasure
from domain.plan.spells import Spells
from projections.measures import exact
from projections.sight import Bound, asked
from projections.spans import Cursor

COLUMNS: Mapping[str | None, SQL] = {
    None: SQL("s.count - s.others"),
    "quantity": SQL("s.quantity"),
    "minutes": SQL("s.minutes"),
    "amount_minor": SQL("s.amount_minor"),
}
"""What a measure is of, and the total of it that is kept."""

TOTALS = SQL(
    """
select s.employee,
    coalesce(sum({column}) filter (where s.fact = {fact}), 0)
        - coalesce(sum({column}) filter (where s.fact = {less}), 0)
from unnest(%(employees)s::text[], %(firsts)s::date[], %(lasts)s::date[])
    as asked (employee, first_day, last_day)
join standing s
    on s.employee = asked.employee collate "C" and s.day between asked.first_day and asked.last_day
where s.day between %(earliest)s and %(latest)s and s.fact in ({fact}, {less})
group by s.employee"""
)


def is_live_total(measure: FactMeasure, currency: str) -> bool:
    """Whether the daily totals, kept in the ledger's `currency`, hold just what `measure` counts."""
    return (
        measure.kind in ("count", "sum")
        and measure.of in COLUMNS
        and not measure.where
        and measure.worth is None
        and measure.licensed is None
        and measure.confirmed_by is None
        and measure.credited == "own"
        and measure.counted == "when_reversed"
        and measure.within_months is None
        and measure.convert_at is None
        and measure.currency == (currency if measure.of == "amount_minor" else None)
    )


def live_totals(cursor: Cursor, measure: FactMeasure, days: Mapping[str, Spells]) -> dict[str, Fraction]:
    """The value of `measure` for everybody in `days` who has something."""
    if not days:
        return {}
    bound = Bound()
    bound.values |= asked(days)
    statement = TOTALS.format(column=COLUMNS[measure.of], fact=bound(measure.fact), less=bound(measure.less))
    rows = cursor.execute(statement, bound.values, prepare=False)
    return {employee: exact(total) / measure.scale for employee, total in rows}
