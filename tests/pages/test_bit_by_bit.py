"""Pages that are sent bit by bit: the frame at once, then what came of it, also when that is nothing."""

import asyncio
from typing import Any, cast

import httpx
import pytest
from served import Service

from api.bulk.tables import TABLES
from api.pages.bit_by_bit import LOOK_SECONDS, awaited
from api.pages.page import Page
from api.reading import counted_position
from domain.journal.connection import connect
from domain.period import Period

HTML = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def auditor(firm: Service) -> httpx.Client:
    return firm.client("auditor")


def test_a_month_to_take_away_shows_its_frame_then_its_files(auditor: httpx.Client) -> None:
    told = auditor.get("/audit/exports?period=2025-01&format=csv", headers=HTML)
    assert told.status_code == 200 and "default-src 'self'" in told.headers["content-security-policy"]
    form, running, files, end = (
        told.text.index(part) for part in ("<select", "Making the files", "facts-2025-01", "</html>")
    )
    assert form < running < files < end
    address = told.text.split('href="/v1/exports/')[1].split('"')[0].replace("&amp;", "&")
    assert auditor.get(f"/v1/exports/{address}").status_code == 200


@pytest.mark.parametrize("period", ["2025-W01", "2025", "x"])
def test_what_is_no_month_is_refused_before_anything_is_sent(auditor: httpx.Client, period: str) -> None:
    told = auditor.get("/audit/exports", params={"period": period}, headers=HTML)
    assert told.status_code == 422 and "Making the files" not in told.text


class Heard:
    """A page that writes down what it is to show."""

    async def html(self, template: str, **shown: Any) -> str:
        return f"{template} {shown.get('share')}"


def test_whatever_is_awaited_tells_how_far_it_is_as_often_as_that_is_more() -> None:
    shares = iter([0.0, 0.25, 0.25, 0.5])

    async def make() -> str:
        while next(remaining, None):
            await asyncio.sleep(LOOK_SECONDS)
        return "made"

    async def told() -> list[str]:
        page = cast("Page", Heard())
        return [each async for each in awaited(page, "words", make, lambda: next(shares, 0.5))]

    remaining = iter(range(1, 6))
    said = asyncio.run(told())
    assert said[0] == "running.html 0" and said[-1] == "made"
    assert said[1:-1] == ["running.html 25", "running.html 50"]


@pytest.mark.parametrize("table", ["facts", "results"])
def test_a_table_tells_how_much_of_it_is_read(firm: Service, table: str) -> None:
    assert firm.settings.database_url is not None
    heard: list[float] = []
    with connect(firm.settings.database_url, firm.settings.ledger) as connection:
        cursor = connection.cursor()
        upto = counted_position(cursor)
        for _ in TABLES[table].batches(lambda ask: ask(cursor), Period.parse("2025-01"), upto, heard.append):
            pass
    assert heard == sorted(heard) and all(0 <= each <= 1 for each in heard)
    assert table == "results" or heard[-1] == 1
