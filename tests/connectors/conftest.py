"""One service for the tests of connectors, which use orders and people of their own."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import new_database
from given_plan import adoption, document
from served import Service, open_shanghai, served

from api.connectors.documents import set_connector
from api.ops import open_ledger
from api.tokens import Tokens, token_file

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "connectors"
SELLERS = ("E1007", "E1012", "E1044", "E9")
PLAN = """
components:
  - {id: share, title: Two percent, kind: rate_table, measure: revenue, bands: [{rate: 2 %}]}
"""

VERSION = {"X-Experience-API-Version": "1.0.3"}

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Sellers in Shanghai who have 2 % of what they sell, and connectors of the examples."""
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("home")) as service,
    ):
        open_shanghai(service)
        here = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
        for seller in SELLERS:
            assert service.record("employee_hired", here | {"employee": seller}).status_code == 201
        adopted = adoption(document(PLAN))
        service.adopt(adopted)
        erp = service.settings.home / "erp.yaml"
        erp.write_text("source: erp\nformat: facts\n")
        with open_ledger(service.settings) as ledger:
            for file in (*sorted(EXAMPLES.glob("*.yaml")), erp):
                set_connector(ledger, file.stem, file, actor="it", reason=None)
        yield service


@pytest.fixture
def new_id() -> Callable[[str], str]:
    """A new id with this prefix."""
    return lambda prefix: f"{prefix}-{next(_numbers)}"


def order(id: str, /, **changes: Any) -> dict[str, Any]:
    """An order of the overseas CRM that was won."""
    return {
        "id": id,
        "stage": {"code": "won"},
        "closed_at": "2025-03-04T09:30:00+08:00",
        "owner": {"login": "a.chen"},
        "account": {"id": "C-201"},
        "amount": {"value": "128000.00", "currency": "CNY"},
    } | changes


@pytest.fixture(scope="module")
def lms(firm: Service) -> Iterator[httpx.Client]:
    """The learning system, which knows Basic authentication only."""
    token = Tokens(token_file(firm.settings.home)).make("integration", "lms")
    with httpx.Client(base_url=firm.url, auth=("lms", token), headers=VERSION, timeout=60) as client:
        yield client
