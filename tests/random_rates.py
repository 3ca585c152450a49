"""Amounts in several currencies, and the rates between them, for laws about measures."""

import datetime as dt

from hypothesis import strategies as st

from domain.plan.exchange import Rate, Rates

MONEY = ((1, "CNY"), (99_999, "CNY"), (10_000_000, "USD"), (101, "JPY"), (1_234, "KWD"), (7, "THB"))
"""With two, none and three digits after the point; of the last currency no rate is known."""

TOLD = [
    Rate(position=-at, base=base, quote=quote, rate=rate, effective_on=dt.date.fromisoformat(on))
    for at, (base, quote, rate, on) in enumerate(
        (
            ("USD", "CNY", "7.1234", "2025-01-01"),
            ("USD", "CNY", "7.25", "2025-03-05"),
            ("CNY", "USD", "0.13", "2025-03-31"),
            ("CNY", "JPY", "20.79", "2025-03-01"),
            ("KWD", "CNY", "23.1", "2025-02-01"),
            ("CNY", "KWD", "0.041", "2025-03-04"),
            ("CNY", "KWD", "0.043", "2025-03-10"),
        )
    )
]
"""Dollars that change within a month, yen that are unknown before March, dinars the other way round.

Told before anything else, so that they are known at every position.
"""

RATES = Rates(TOLD)

currencies = st.sampled_from(
    (
        {},
        {"currency": "CNY"},
        {"currency": "CNY", "convert_at": "day"},
        {"currency": "CNY", "convert_at": "month_end"},
    )
)
"""How a measure may take amounts: all of them, those of its own currency, or converted."""

converting = st.sampled_from(
    ({"currency": "CNY", "convert_at": "day"}, {"currency": "CNY", "convert_at": "month_end"})
)
"""How a measure may convert."""
