"""A fact that was written under a former tag is read, folded and found again as one of today."""

import pytest
from given import LEDGER, NOW, drafted, visit
from verbatim import put

from domain.facts import upcasts
from domain.facts.governance import BranchOpened, LedgerOpened
from domain.facts.people import EmployeeHired
from domain.facts.registry import decode
from domain.facts.upcasts import Upcast
from domain.journal.connection import connect
from domain.journal.lookup import Look, looked_at
from domain.journal.query import Selector
from domain.journal.read import matching
from domain.journal.record import Record
from projections import runner
from projections.spans import UnfoldableFact

DAY = NOW.date()
FIRM = [
    LedgerOpened(name="firm"),
    BranchOpened(branch="SH", title="Shanghai", opened_on=DAY),
    EmployeeHired(employee="E1", hired_on=DAY, branch="SH", post="seller"),
]
OLD = b'{"client":"H1","employee":"E1","kind":"demo","weather":"fine"}'
CREDITS = "select position, fact, employee, customer, kind, day::text from credit order by position"


def _called_on(said: dict[str, object]) -> dict[str, object]:
    return {"customer": said["client"], "employee": said["employee"], "kind": said["kind"]}


@pytest.fixture
def renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visits were `client_seen` first, then `customer_seen`; they are `visit_recorded` now."""
    monkeypatch.setitem(upcasts.UPCASTS, "client_seen", Upcast("customer_seen", _called_on))
    monkeypatch.setitem(upcasts.UPCASTS, "customer_seen", Upcast("visit_recorded", dict))


def history(*tags: str) -> list[Record]:
    """A firm, then a visit of E1 to H1 under each of `tags`."""
    today = drafted(visit())
    told = [*map(drafted, FIRM), *(today._replace(key=f"{n}", type=tag) for n, tag in enumerate(tags))]
    seen = {"client_seen": OLD}
    return [
        Record(at, NOW, *made[:-1])._replace(data=seen.get(made.type, made.data))
        for at, made in enumerate(told, 1)
    ]


@pytest.mark.usefixtures("renamed")
def test_a_former_tag_is_read_along_the_whole_chain() -> None:
    assert decode("client_seen", OLD) == visit()
    assert upcasts.tag_now("client_seen") == "visit_recorded"
    assert set(upcasts.with_former(["visit_recorded"])) == {"visit_recorded", "client_seen", "customer_seen"}
    assert upcasts.with_former(["deal_closed"]) == ["deal_closed"]


@pytest.mark.usefixtures("renamed")
def test_facts_of_former_tags_fold_beside_those_of_today(ledger_dsn: str) -> None:
    """Whichever read model asks in SQL sees them; the journal keeps what was written."""
    records = history("client_seen", "visit_recorded", "customer_seen")
    put(ledger_dsn, LEDGER, records[:4])
    with connect(ledger_dsn, LEDGER, service=False) as connection:
        runner.create(connection)
    followed = runner.Runner(ledger_dsn, LEDGER)
    followed.catch_up()
    put(ledger_dsn, LEDGER, records[4:])
    assert followed.catch_up() == 6
    with connect(ledger_dsn, LEDGER) as connection, connection.cursor() as cursor:
        found = cursor.execute(CREDITS).fetchall()
        look = looked_at(cursor, [Look(("visit_recorded",), "customer:H1")])
        selected = matching(cursor, (Selector(("visit_recorded",)),), 0, 10)
        stands = cursor.execute("select type from journal where position = 4").fetchone()
    same = ("visit_recorded", "E1", "H1", "demo", str(DAY))
    assert found == [(at, *same) for at in (4, 5, 6)]
    assert [record.position for record in look] == [4, 5, 6]
    assert [record.position for record in selected] == [4, 5, 6]
    assert stands == ("client_seen",)


def test_without_its_upcast_a_former_tag_stops_the_fold(ledger_dsn: str) -> None:
    put(ledger_dsn, LEDGER, history("client_seen"))
    with connect(ledger_dsn, LEDGER, service=False) as connection:
        runner.create(connection)
    with pytest.raises(UnfoldableFact, match="position 4, client_seen"):
        runner.Runner(ledger_dsn, LEDGER).catch_up()
