"""Paths in a plan document lead to what they name, or nowhere."""

import pytest
from given_plan import document

from domain.plan.paths import NOWHERE, found_at

PLAN = document("""
    components:
      - {id: per_deal, kind: per_unit, title: Per deal, measure: deals, rate: 50}
      - {id: table, kind: rate_table, title: Table, measure: deals, bands: [{from: 0, rate: 10}]}
    """)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("plan", "selling"),
        ("targets.clients.value", 20),
        ("components[0].rate", 50),
        ("components.per_deal.rate", 50),
        ("components.table.bands[0].rate", 10),
        ("components[1].bands[0].from", 0),
        ("components[2]", NOWHERE),
        ("components.per_visit", NOWHERE),
        ("targets.visits", NOWHERE),
        ("targets.clients.value.more", NOWHERE),
        ("plan[0]", NOWHERE),
        ("", NOWHERE),
        (".plan", NOWHERE),
        ("[0]", NOWHERE),
        ("plan.", NOWHERE),
        ("components[x]", NOWHERE),
    ],
)
def test_a_path_leads_to_what_it_names(path: str, found: object) -> None:
    assert found_at(PLAN, path) == found
