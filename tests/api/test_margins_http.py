"""Cost and margin of a deal: encrypted, told to whom they concern, and paid by without being shown."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from conftest import new_database
from given_plan import adoption, document
from served import Service, fact, open_shanghai, served

DEAL = {"employee": "E1", "customer": "C1", "deal": "D1"}
SOLD = DEAL | {"amount_minor": 1_234_500, "currency": "CNY"}
COST, MARGIN = 987_600, 246_900
COSTED = DEAL | {"cost_minor": str(COST), "kind": "B", "amount_minor": 50_000, "currency": "CNY"}
PLAN = """
measures:
  counted: {sum: deal_costed, of: amount}
  good: {count: deal_costed, where: {kind: B}}
components:
  - {id: margin, title: Of the margin, kind: rate_table, measure: counted, bands: [{from: 0, rate: 10 %}]}
  - {id: good, title: Deals of class B, kind: per_unit, measure: good, rate: 30}
"""
ROWS = """
select table_name, string_agg(format('%I::text', column_name), ', ')
from information_schema.columns join information_schema.tables using (table_schema, table_name)
where table_type = 'BASE TABLE' and table_schema = 'ledger' group by table_name"""


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """E1 sells under M1, served by A1; their deal D1 of 12,345.00 with C1 cost 9,876.00."""
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("home")) as service,
    ):
        open_shanghai(service)
        adopted = adoption(document(PLAN))
        here = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
        moved = {"employee": "E1", "effective_on": "2024-07-01", "manager": "M1"}
        told: list[tuple[str, dict[str, Any]]] = [
            *(("employee_hired", here | {"employee": each}) for each in ("M1", "A1", "E2")),
            ("employee_transferred", moved),
            ("assistant_assigned", {"employee": "E1", "assistant": "A1", "effective_on": "2024-07-01"}),
            ("customer_registered", {"employee": "E1", "customer": "C1"}),
            ("deal_closed", SOLD),
            ("deal_closed", SOLD | {"deal": "D2", "amount_minor": 555_500}),
            ("deal_costed", COSTED),
        ]
        service.adopt(adopted)
        batch = [fact(kind, data) for kind, data in told]
        sent = service.http.post("/v1/facts:batch?atomic=true", json=batch)
        assert sent.status_code == 201, sent.text
        service.get("/v1/practices")
        yield service


@pytest.mark.rule("R80")
def test_cost_and_margin_are_told_to_owner_and_manager_and_to_nobody_else(firm: Service) -> None:
    """12,345.00 less 9,876.00 is 2,469.00, exactly 20 %; HR, payroll and the assistant read neither."""
    position = min(
        line["position"]
        for line in firm.http.get("/v1/facts?limit=100").json()["facts"]
        if line["type"] == "deal_costed"
    )
    address, text = "/v1/customers/C1/margins", f"/v1/facts/{position}/personal"
    for reader in (firm.client("employee", "E1"), firm.client("manager", "M1", "team")):
        first, second = reader.get(address).json()
        assert (first["cost_minor"], first["margin_minor"], first["margin_rate"]) == (COST, MARGIN, "1/5")
        assert (first["counted_minor"], first["kind"], first["position"]) == (50_000, "B", position)
        assert (second["deal"], second["cost_minor"], second["position"]) == ("D2", None, None)
        assert reader.get(text).json()["texts"] == {"cost_minor": str(COST)}
        assert reader.get(f"{address}?known_at={position - 1}").json()[0]["cost_minor"] is None
    others = [firm.client(role) for role in ("hr", "hr_head", "payroll", "auditor", "administrator")]
    for reader in (*others, firm.client("employee", "A1"), firm.client("manager", "E2", "team")):
        for place in (address, text):
            assert reader.get(place).status_code == 403, place
    assert "margins" in firm.client("auditor").get("/v1/audit/trail").text
    assert firm.http.get("/v1/customers/C9/margins").status_code == 404


@pytest.mark.rule("R80")
def test_what_counts_pays_and_neither_cost_nor_margin_stands_anywhere_readable(firm: Service) -> None:
    """10 % of the 500.00 that count, and 30 for class B: 80.00; no page or table holds 9876 or 2469."""
    person = "/v1/employees/E1"
    slip = firm.get(f"{person}/statements/2025-03")
    paid = {line["component"]: line["amount_minor"] for line in slip["statement"]["lines"]}
    assert paid == {"margin": 5_000, "good": 3_000}
    evidence = f"{person}/statements/2025-03/evidence?plan=selling&measure=counted"
    pages = [f"{person}/statements/2025-03", f"{person}/statements/2025-03/explain", evidence, "/v1/facts"]
    for page in (*pages, f"{person}/overview", "/v1/audit/trail"):
        text = firm.client("auditor").get(page).text
        assert str(COST) not in text and str(MARGIN) not in text, page
    assert firm.settings.database_url is not None
    with psycopg.connect(firm.settings.database_url) as connection:
        tables = connection.execute(ROWS).fetchall()
        assert "journal" in {name for name, _ in tables}
        for name, columns in tables:
            rows = connection.execute(f"select {columns} from ledger.{name}").fetchall()  # pyright: ignore
            text = str([[value for value in row if not _is_hex(value)] for row in rows])
            assert str(COST) not in text and str(MARGIN) not in text, name


def _is_hex(value: object) -> bool:
    return isinstance(value, str) and value.startswith("\\x")


def test_the_length_of_what_is_stored_does_not_tell_the_cost(firm: Service) -> None:
    lengths = set[int]()
    for number, cost in enumerate(("0", "7", "9007199254740991")):
        named = SOLD | {"deal": f"L{number}", "customer": "C2"}
        told = {"employee": "E1", "customer": "C2", "deal": f"L{number}", "cost_minor": cost}
        assert firm.record("deal_closed", named).status_code == 201
        sent = firm.record("deal_costed", told)
        assert sent.status_code == 201, sent.text
        stored = firm.http.get(f"/v1/facts/{sent.json()['position']}").json()
        lengths.add(len(stored["data"]["cost_minor"]))
    assert len(lengths) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"deal": "D9"}, "data.deal"),
        ({}, "data.deal"),
        ({"deal": "D2", "customer": "C9"}, "data.customer"),
        ({"deal": "D2", "employee": "E2"}, "data.employee"),
        ({"deal": "D2", "currency": "USD"}, "data.currency"),
        ({"deal": "D2", "amount_minor": None}, "data.currency"),
        ({"deal": "D2", "cost_minor": "12.5"}, "data.cost_minor"),
        ({"deal": "D2", "cost_minor": "-1"}, "data.cost_minor"),
    ],
)
def test_a_cost_that_does_not_fit_its_deal_is_refused(
    firm: Service, changed: dict[str, Any], field: str
) -> None:
    """D1 is costed already; amounts go with the deal's currency; a cost is whole minor units."""
    said = {name: value for name, value in (COSTED | changed).items() if value is not None}
    refused = firm.record("deal_costed", said)
    assert refused.status_code in (400, 409, 422), refused.text
    assert refused.json()["field"] == field
    if field == "data.deal" and refused.status_code == 409:
        assert refused.json()["type"] == "/v1/problems/deal-already-costed"
    assert refused.json()["remedy"]
