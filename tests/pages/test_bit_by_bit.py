"""Pages that are sent bit by bit: the frame at once, then what came of it, also when that is nothing."""

import httpx
import pytest
from served import Service

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
