"""What a person's month costs to compute once its measures are known, beside the same arithmetic bare.

The plan has six components: per unit, threshold, per point, a marginal table of three bands under a cap,
steps and a scorecard of two parts. The limit is the same sums and products of Fractions without plan, rule,
words or parts. Times are of the thread, the best of many runs, so that other work on the machine tells
little.
"""

import argparse
import datetime as dt
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from domain.people.roster import Posting
from domain.period import Period
from domain.plan.parse import parse_plan
from domain.plan.resolve import Resolver
from domain.plan.statement import Entitlement, compute_statement, earnings

MARCH = Period.parse("2025-03")
PLAN: dict[str, Any] = {
    "plan": "paying",
    "title": "Six components",
    "currency": "CNY",
    "effective_from": dt.date(2025, 1, 1),
    "measures": {
        "clients": {"count": "customer_registered"},
        "followed": {"distinct": "follow_up_recorded", "of": "customer"},
        "deals": {"count": "deal_closed", "less": "deal_reversed"},
        "close_rate": {"ratio": "deals / followed"},
        "revenue": {"sum": "deal_closed", "of": "amount", "less": "deal_reversed"},
        "satisfaction": {"average": "satisfaction_scored", "of": "score"},
    },
    "targets": {
        "close_rate": {"measure": "close_rate", "value": "10 %"},
        "revenue": {"measure": "revenue", "value": 50000},
        "satisfaction": {"measure": "satisfaction", "value": 9},
    },
    "components": [
        {"kind": "per_unit", "measure": "clients", "rate": 50},
        {"kind": "threshold", "measure": "close_rate", "reaches": "15 %", "pays": 200},
        {"kind": "per_point", "target": "close_rate", "rate": 50},
        {
            "kind": "rate_table",
            "target": "revenue",
            "bands": [
                {"until": "80 %", "rate": "1 %"},
                {"from": "80 %", "until": "100 %", "rate": "2 %"},
                {"from": "100 %", "rate": "4 %"},
            ],
            "cap": {"pays": 5000},
        },
        {
            "kind": "step",
            "measure": "close_rate",
            "bands": [
                {"until": "10 %", "pays": 0},
                {"from": "10 %", "until": "15 %", "pays": 1000},
                {"from": "15 %", "pays": 2000},
            ],
        },
        {
            "kind": "scorecard",
            "base": 1000,
            "parts": [
                {"target": "revenue", "weight": "60 %", "cap": "150 %"},
                {"target": "satisfaction", "weight": "40 %"},
            ],
        },
    ],
}
VALUES: dict[str, Fraction | None] = {
    "clients": Fraction(10),
    "followed": Fraction(100),
    "deals": Fraction(12),
    "close_rate": Fraction(3, 25),
    "revenue": Fraction(62_000),
    "satisfaction": Fraction(87, 10),
}


def entitlement() -> Entitlement:
    """A seller's March under the plan."""
    numbered = [{"id": f"c{n}", "title": "T", **part} for n, part in enumerate(PLAN["components"])]
    plan = parse_plan(PLAN | {"components": numbered})
    here = Posting(
        employee="E1", name=None, branch="SH", department=None, team=None, post="seller", employment=None,
        manager=None, mentor=None, hired_on=dt.date(2024, 6, 3), left_on=None,
    )  # fmt: skip
    return Entitlement(Resolver(plan, MARCH)(here), VALUES)


_HUNDREDTH, _POINT, _NINE = Fraction(1, 100), Fraction(1, 10), Fraction(9)
_CLIENTS, _RATE, _REVENUE, _RATING = Fraction(10), Fraction(3, 25), Fraction(62_000), Fraction(87, 10)


def bare() -> Fraction:
    """The same pay by arithmetic alone, with every decision taken beforehand."""
    points = (_RATE - _POINT) / _HUNDREDTH
    table = 40_000 * _HUNDREDTH + 10_000 * Fraction(1, 50) + (_REVENUE - 50_000) * Fraction(1, 25)
    card = Fraction(3, 5) * (_REVENUE / 50_000) + Fraction(2, 5) * (_RATING / _NINE)
    return _CLIENTS * 50 + points * 50 + table + 1000 + 1000 * card


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The least time of the thread that one `work` takes, in batches of 100."""
    taken: list[float] = []
    for _ in range(repeats):
        began = time.thread_time()
        for _ in range(100):
            work()
        taken.append((time.thread_time() - began) / 100)
    return min(taken)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when an evaluation takes longer than we want."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--microseconds", type=float, default=45.0, help="the most that it may take")
    chosen = parser.parse_args(arguments)
    held = entitlement()
    exact = sum((earned.amount for earned, _ in earnings(held)), Fraction(0))
    assert exact == bare(), "both must come to the same pay"
    limit = seconds(bare, chosen.repeats)
    pay = seconds(lambda: earnings(held), chosen.repeats)
    stated = seconds(lambda: compute_statement("E1", [held]), chosen.repeats)
    print(f"bare arithmetic          {limit * 1e6:>8.1f} µs")
    print(f"six components           {pay * 1e6:>8.1f} µs {pay / limit:>5.1f} × the arithmetic")
    print(f"a statement with lines   {stated * 1e6:>8.1f} µs {stated / limit:>5.1f} × the arithmetic")
    met = pay * 1e6 <= chosen.microseconds
    print("as wanted" if met else f"MISSED: six components in {chosen.microseconds} µs")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
