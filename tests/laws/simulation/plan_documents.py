"""Small plans made at random: every kind of measure, component, window, condition and milestone."""

import datetime as dt
from random import Random
from typing import Any

DEALS = {"sum": "deal_closed", "of": "amount", "less": "deal_reversed"}
MEASURES: dict[str, list[dict[str, Any]]] = {
    "clients": [{"count": "customer_registered"}, {"count": "customer_registered", "window": "year"}],
    "hospitals": [
        {"distinct": "visit_recorded", "of": "customer"},
        {"distinct": "follow_up_recorded", "of": "customer", "where": {"kind": ["call", "demo"]}},
        {"distinct": "visit_recorded", "of": "day", "window": {"last_periods": 2}},
        {"distinct": "activity_recorded", "of": "attributes.grade"},
    ],
    "revenue": [
        DEALS,
        {**DEALS, "window": {"last_periods": 3}},
        {**DEALS, "where": {"amount": {"at_least": 100}}},
    ],
    "deals": [{"count": "deal_closed", "less": "deal_reversed"}, {"count": "deal_closed", "window": "year"}],
    "care": [
        {"average": "compliance_scored", "of": "score", "confirmed_by": "rd"},
        {"average": "satisfaction_scored", "of": "score"},
        {"best": "teamwork_scored", "of": "score", "window": "year"},
        {"last": "satisfaction_scored", "of": "score", "window": {"last_periods": 2}},
    ],
    "effort": [
        {"streak": "follow_up_recorded"},
        {"sum": "activity_recorded", "of": "minutes", "where": {"quantity": {"less_than": 50}}},
        {"sum": "activity_recorded", "of": "quantity", "window": {"days_since_hire": 60}},
    ],
}
"""Each name with what it may measure: versions of a plan differ in it."""


def plan_document(random: Random, name: str, effective_from: dt.date, currency: str) -> dict[str, Any]:
    """A version of the plan `name`, as JSON."""
    measures = {measure: random.choice(ways) for measure, ways in MEASURES.items()}
    opened = {"to": random.sample(("branch", "team", "person"), 2), "min": 0, "max": 9}
    rates = {"value": random.randint(1, 5)} | ({"open": opened} if random.random() < 0.8 else {})
    relief = {"relief": {"leave": {"per_day": random.randint(1, 2)}}} if random.random() < 0.9 else {}
    components = _components(random)
    card = components.pop(next(n for n, part in enumerate(components) if part["id"] == "card"))
    return {
        "plan": name,
        "title": name,
        "currency": currency,
        "effective_from": effective_from.isoformat(),
        "rounding": random.choice(("half_up", "half_even", "down")),
        "population": random.choice(
            ({"post": ["seller"]}, {}, {"tenure_months": {"from": 1}}, {"branch": ["SH"]})
        ),
        "parameters": {"aim": rates, "share": {"value": "12 %"}},
        "measures": {**measures, "rate": {"ratio": "deals / hospitals"}},
        "targets": {
            "clients": {"measure": "clients", "value": {"parameter": "aim"}, **relief},
            "hospitals": {"measure": "hospitals", "value": 2},
            "rate": {"measure": "rate", "value": {"parameter": "share"}},
        },
        "milestones": [
            {
                "id": "start",
                "title": "Start",
                "measure": random.choice(("hospitals", "clients", "deals", "effort")),
                "reaches": random.randint(1, 3),
                "within_days": random.choice((20, 45, 90)),
            }
        ],
        "boards": [
            {
                "id": "top",
                "title": "Top",
                "measure": random.choice(("clients", "revenue", "rate", "care", "hospitals")),
            }
            | random.choice(({}, {"first": "lowest"}, {"period": "week"}))
        ],
        # The card is in every plan: a share of a target shows the least change of it.
        "components": [card, *random.sample(components, random.randint(3, len(components)))],
    }


def _components(random: Random) -> list[dict[str, Any]]:
    found = [
        {
            "id": "unit",
            "kind": "per_unit",
            "measure": random.choice(("clients", "deals", "effort")),
            "rate": "7.77",
        },
        {"id": "income", "kind": "per_unit", "measure": "revenue", "rate": "0.03"},
        {"id": "met", "kind": "threshold", "target": random.choice(("clients", "hospitals")), "pays": 200},
        {
            "id": "good",
            "kind": "threshold",
            "measure": "care",
            "reaches": random.choice((9, "8.5")),
            "pays": 30,
        },
        {
            "id": "step",
            "kind": "step",
            "measure": "rate",
            "bands": [
                {"until": "10 %", "pays": 0},
                {"from": "10 %", "until": "50 %", "pays": 100},
                {"from": "50 %", "pays": 300},
            ],
        },
        {
            "id": "points",
            "kind": "per_point",
            "target": "rate",
            "rate": 5,
            "counting": random.choice(("whole", "pro_rata")),
        },
        {
            "id": "card",
            "kind": "scorecard",
            "base": 1000,
            "parts": [
                {"target": "clients", "weight": "70 %", "cap": "150 %"},
                {"target": "hospitals", "weight": "30 %"},
            ],
        },
        {"id": "start", "kind": "milestone", "milestone": "start", "pays": 500},
    ]
    return [{**component, "title": component["id"]} for component in found]
