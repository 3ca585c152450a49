"""Pages of HR without a browser: what they list, what their forms write, what they refuse at the field."""

import datetime as dt
import re
from typing import Any

import httpx
import pytest
from paged_firm import HIRED, today
from served import Service, fact

HTML = {"Accept": "text/html", "Accept-Language": "en"}
OWN = "/hr/people/E1/credentials"
ONE_DAY = dt.timedelta(days=1)


def page(client: httpx.Client, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    return answer.text


def sent(client: httpx.Client, path: str, **form: str) -> httpx.Response:
    return client.post(path, data=form, headers=HTML)


def text(html: str) -> str:
    """What of a page is read, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_units_count_the_people_whom_a_token_reaches(firm: Service) -> None:
    told = {each["branch"]: (each["title"], each["people"]) for each in firm.get("/v1/units")}
    assert (told["SH"], told["BJ"]) == (("SH", 2), ("BJ", 1))
    reached = firm.client("manager", "M1", "team").get("/v1/units").json()
    assert {each["branch"]: each["people"] for each in reached} == {"SH": 2, "BJ": 0}


def test_credentials_stand_by_the_day_on_which_they_end(firm: Service) -> None:
    """With the days that are left and, for HR alone, the number; the share that has expired above them."""
    hr = firm.client("hr")
    shown = text(page(hr, "/hr/credentials"))
    assert "driving licence 310104-77" in shown and "40 days left" in shown and "0 of 1" in shown
    assert "王芳" not in page(hr, "/hr/credentials?state=expired")
    assert "expired" in page(hr, f"/hr/credentials?day={today() + 41 * ONE_DAY}&state=expired")
    manager = page(firm.client("manager", "M1", "team"), "/hr/credentials")
    assert "driving licence" in manager and "310104-77" not in manager


def test_a_credential_is_suspended_and_reinstated(firm: Service) -> None:
    """By the head of HR alone; what is missing is said at its field, and nothing else is lost."""
    head = firm.client("hr_head")
    said = {"what": "suspend", "credential": "C1", "effective_on": str(today())}
    refused = sent(head, OWN, **said)
    assert refused.status_code == 422
    assert re.search(r'name="reason"[^>]*aria-invalid="true"', refused.text), refused.text
    assert sent(firm.client("hr"), OWN, **said, reason="late").status_code == 403
    done = sent(head, OWN, **said, reason="training is late")
    assert done.headers["location"] == f"{OWN}?done=suspend"
    shown = text(page(head, done.headers["location"]))
    assert "✓ Suspended." in shown and "training is late" in shown and "Reinstate" in shown
    again = sent(head, OWN, **said, reason="twice")
    assert (again.status_code, "suspended" in again.text) == (409, True)
    back = said | {"what": "reinstate", "reason": "trained"}
    assert sent(head, OWN, **back).status_code == 303
    assert "Only the head of HR" in page(firm.client("hr"), OWN)


@pytest.mark.rule("R53")
def test_a_roster_is_searched_for_and_adopted(firm: Service) -> None:
    """The grid shows whom a day lacks; the proposal says how it ended; adopted twice, it is stored once."""
    monday = today() + (28 - today().weekday()) * ONE_DAY
    need = {"branch": "BJ", "pattern": "E", "count": 1, "effective_on": str(monday), "weekdays": [1, 2]}
    assert firm.record("shift_need_set", need, **HIRED).status_code == 201
    firm.get("/v1/plans")
    hr = firm.client("hr")
    unit = {"unit": "BJ", "from": str(monday), "span": "week"}
    lacking = page(hr, f"/hr/rosters?unit=BJ&from={monday}&span=week")
    assert "李强" in lacking and "2 shifts lack people" in lacking and lacking.count("0/1") == 2
    found = sent(hr, "/hr/rosters/search", **unit, effort="1", seconds="10")
    assert found.status_code == 200 and "The best roster there is, proven." in found.text, found.text
    carried: dict[str, Any] = dict(re.findall(r'name="(proposal|at|given)" value="([^"]+)"', found.text))
    assert carried["given"] == f"E9/{monday}/E E9/{monday + ONE_DAY}/E"
    for stored in (2, 0):
        done = sent(hr, "/hr/rosters/adopt", **unit, **carried)
        assert (done.status_code, f"done={stored}" in done.headers["location"]) == (303, True), done.text
    assert "Every need is met" in page(hr, f"/hr/rosters?unit=BJ&from={monday}&span=week")
    away = {"employee": "E9", "kind": "sick", "from_on": str(monday), "until_on": str(monday)}
    assert firm.client("hr").post("/v1/facts", json=fact("leave_taken", away)).status_code == 201
    firm.get("/v1/plans")
    shown = page(hr, f"/hr/rosters?unit=BJ&from={monday}&span=week")
    assert 'href="#fault-1"' in shown and 'id="fault-1"' in shown and "is on sick leave" in shown


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"unit": "BJ", "from": "soon"}, 422, "is not a day"),
        ({"unit": "BJ", "from": "2026-01-05", "effort": "x"}, 422, "is not a whole number"),
        ({"unit": "XX", "from": "2026-01-05"}, 422, "Nobody works in XX"),
    ],
    ids=["day", "effort", "unit"],
)
def test_a_search_that_cannot_be_made_is_refused_on_the_page(
    firm: Service, form: dict[str, str], status: int, told: str
) -> None:
    answer = sent(firm.client("hr"), "/hr/rosters/search", **form)
    assert (answer.status_code, told in answer.text) == (status, True), answer.text
