"""Facts of a rare type are found without a walk through the others."""

import datetime as dt
from typing import Any

import pytest
from given import LEDGER
from psycopg import Cursor

from domain.facts.activity import ActivityRecorded
from domain.facts.base import Fact
from domain.facts.governance import BranchOpened
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.query import LAST, Selector, first_positions
from domain.journal.record import draft

NOW = dt.datetime(2025, 3, 4, 4, tzinfo=dt.UTC)
COMMON, RARE = 6_000, 3


def passed_over(node: dict[str, Any]) -> int:
    """Rows that were read for nothing, under a node of a plan that was carried out."""
    own = int(node.get("Rows Removed by Filter", 0)) * int(node["Actual Loops"])
    return own + sum(passed_over(each) for each in node.get("Plans", ()))


def walked(cursor: Cursor[Any], types: tuple[str, ...], after: int, limit: int) -> tuple[list[int], int]:
    """The first positions of `types`, and how many facts of other types were read on the way to them."""
    query = first_positions([Selector(types)], after, limit)
    found = [int(position) for (position,) in cursor.execute(query)]
    [[[plan]]] = cursor.execute(b"explain (analyze, format json) " + query.as_bytes(cursor)).fetchall()
    return found, passed_over(plan["Plan"])


@pytest.mark.parametrize("limit", [2, 1_000, LAST])
def test_three_of_thousands(journal: Journal, ledger_dsn: str, limit: int) -> None:
    """Also when the planner has looked at the table, and takes each type for as frequent as the next."""
    common: list[Fact] = [ActivityRecorded(employee="E1", kind="report", quantity=1) for _ in range(COMMON)]
    rare: list[Fact] = [BranchOpened(branch=f"B{n}", title="B", opened_on=NOW.date()) for n in range(RARE)]
    facts = [*common[: COMMON // 2], rare[0], *common[COMMON // 2 :], *rare[1:]]
    brought = [
        draft(fact, source="t", key=str(n), occurred_at=NOW, actor="t") for n, fact in enumerate(facts)
    ]
    journal.append(brought, now=NOW)
    positions = [n for n, fact in enumerate(facts, 1) if isinstance(fact, BranchOpened)]
    with connect(ledger_dsn, LEDGER, service=False, autocommit=True) as owner, owner.cursor() as cursor:
        cursor.execute("analyze journal")
        assert walked(cursor, ("branch_opened",), 0, limit) == (positions[:limit], 0)
        assert walked(cursor, ("branch_opened",), positions[0], limit) == (positions[1:][:limit], 0)
        both, in_vain = walked(cursor, ("branch_opened", "activity_recorded"), positions[0], limit)
        assert both == [*range(positions[0] + 1, len(facts) + 1)][:limit]
        assert in_vain == 0
