"""The page of the interface for programs tells every address, and asks nobody else for anything."""

import re

import httpx
import pytest
from browsing import PHONE, chromium, reader
from served import Service

from api.pages.interface import WRITTEN, kind_of, written_out


@pytest.mark.rule("R24")
def test_every_address_of_the_document_stands_on_the_page(firm: Service) -> None:
    document = firm.http.get("/schema/openapi.json").json()
    operations = [
        said for item in document["paths"].values() for said in item.values() if "responses" in said
    ]
    answer = httpx.get(f"{firm.url}/interface")
    assert answer.status_code == 200
    assert set(re.findall(r'<details id="([^"]+)"', answer.text)) == {
        each["operationId"] for each in operations
    }
    assert all(path in answer.text for path in document["paths"])
    assert answer.num_bytes_downloaded < 60_000, "as it is sent: compressed"


def test_what_is_written_at_a_release_is_what_the_service_says_of_itself(firm: Service) -> None:
    assert written_out(firm.http.get("/schema/openapi.json").json()) == WRITTEN.read_bytes()


def test_a_browser_loads_it_from_here_alone_and_opens_an_address(firm: Service) -> None:
    """Also on a phone, where nothing is wider than the screen."""
    with chromium() as browser, reader(browser, firm) as somebody:
        page = somebody.open("/interface")
        page.set_viewport_size(PHONE)
        page.locator("summary").first.press("Enter")
        assert page.locator("details[open]").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert not somebody.faults
        assert all(address.startswith(firm.url) for address in somebody.asked)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date"}, "date"),
        ({"$ref": "#/components/schemas/Fact"}, "Fact"),
        ({"oneOf": [{"type": "integer"}, {"type": "null"}]}, "integer"),
        ({"type": ["string", "null"]}, "string"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Fact"}}, "Fact …"),
        ({"enum": ["up", "down"]}, "up | down"),
        ({}, ""),
    ],
)
def test_a_schema_is_told_shortly(schema: dict[str, object], told: str) -> None:
    assert kind_of(schema) == told
