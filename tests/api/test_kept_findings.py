"""What was found about everybody is found anew when a fact came that it rests on, and not before."""

from typing import Any

import pytest

from api import kept_findings
from api.kept_findings import KeptFindings
from api.kept_slips import RestsOn, Seen
from projections.spans import Span

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Ledger:
    """Stands in for what was counted and for a view of it, and notes as of which positions it was asked."""

    def __init__(self) -> None:
        self.counted, self.changed_at, self.worked = 10, 4, 8
        self.asked: list[int | None] = []
        self.known_at: int | None = None

    async def seen(self) -> Seen:
        return Seen(self.counted, self.changed_at)

    def worked_at(self, _: str, rests_on: RestsOn) -> int:
        return 0 if rests_on == "nothing" else self.worked

    async def at(self, position: int | None, question: Any) -> Any:
        return question(None, position)

    async def ask(self, question: Any) -> Any:
        return question(None, self.known_at)

    def was_found(self, position: int) -> None:
        self.found = position

    def question(self, _: Any, known_at: int | None) -> tuple[int | None]:
        self.asked.append(known_at)
        return (known_at,)


async def test_a_finding_is_kept_until_a_fact_comes_that_it_rests_on() -> None:
    ledger: Any = Ledger()
    findings = KeptFindings(ledger)

    async def ask(rests_on: RestsOn, known_at: int | None = None) -> Any:
        ledger.known_at = known_at
        return await findings.ask(ledger, rests_on, rests_on, ledger.question)

    assert await ask("all") == await ask("all") == (10,) and ledger.found == 10
    assert await ask("nothing") == (10,)
    ledger.counted = ledger.worked = 12
    assert await ask("nothing") == (10,) and ledger.found == 12, "nobody's work changes it"
    assert await ask("all") == (12,)
    assert await ask("all", 12) == (12,), "the next page goes on with the same"
    assert await ask("all", 11) == (11,) and await ask("all", 13) == (13,)
    ledger.counted = ledger.changed_at = 15
    assert (await ask("nothing"), await ask("all")) == ((15,), (15,))
    assert ledger.asked == [10, 10, 12, 11, 13, 15, 15]


async def test_a_fact_that_moves_none_of_its_tables_leaves_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for since the position as of which the finding is known to hold."""
    ledger: Any = Ledger()
    findings, looked = KeptFindings(ledger), list[tuple[Any, ...]]()
    moves = False

    def moved(_: Any, tables: tuple[str, ...], span: Span) -> bool:
        looked.append((tables, span.after, span.upto))
        return moves

    monkeypatch.setattr(kept_findings, "moved", moved)

    async def ask() -> Any:
        return await findings.ask(ledger, "key", "nothing", ledger.question, ("leave",))

    assert await ask() == (10,)
    ledger.counted = ledger.changed_at = 12
    assert await ask() == await ask() == (10,) and ledger.found == 12
    ledger.counted, ledger.changed_at, moves = 15, 14, True
    assert await ask() == (15,)
    assert looked == [(("leave",), 10, 12), (("leave",), 12, 15)]
