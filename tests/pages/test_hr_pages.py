"""Pages of HR without a browser: what they list, what their forms write, what they refuse at the field."""

import datetime as dt
import re
from collections import Counter
from typing import Any

import httpx
import pytest
from paged_firm import HIRED, now, today
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
    working = Counter(each["branch"] for each in firm.get("/v1/people", status="working"))
    assert told == {branch: (branch, working[branch]) for branch in told} and working["SH"] >= 2
    manager = firm.client("manager", "M1", "team")
    reached = {each["branch"]: each["people"] for each in manager.get("/v1/units").json()}
    below = manager.get("/v1/people", params={"status": "working"}).json()
    assert reached == {**dict.fromkeys(reached, 0), **Counter(each["branch"] for each in below)}


def test_credentials_stand_by_the_day_on_which_they_end(firm: Service) -> None:
    """With the days that are left and, for HR alone, the number; the share that has expired above them."""
    hr = firm.client("hr")
    [held] = firm.get("/v1/employees/E1/credentials")
    until = dt.date.fromisoformat(held["expires_on"])
    shown = text(page(hr, "/hr/credentials"))
    assert "driving licence 310104-77" in shown and "0 of 1" in shown
    assert f"{(until - today()).days} days left" in shown
    assert "王芳" not in page(hr, "/hr/credentials?state=expired")
    assert "expired" in page(hr, f"/hr/credentials?day={until + ONE_DAY}&state=expired")
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
        assert done.status_code == 303 and f"done={stored}" in done.headers["location"], text(done.text)
    assert "Every need is met" in page(hr, f"/hr/rosters?unit=BJ&from={monday}&span=week")
    own = text(page(hr, f"/employees/E9/today?day={monday}"))
    assert "Your next shifts today Early 08:00–16:00" in own
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


def test_somebody_is_hired_transferred_reviewed_and_leaves(firm: Service) -> None:
    """Each by a form; whom a name fits is found; what is refused stands at its field."""
    hr = firm.client("hr")
    day, later = str(today()), str(today() + 9 * ONE_DAY)
    new = {"employee": "E7", "name": "赵敏", "hired_on": day, "post": "seller", "branch": "SH"}
    refused = sent(hr, "/hr/hire", **new, manager="nobody")
    assert refused.status_code == 422 and 'value="赵敏"' in refused.text
    assert re.search(r'name="manager"[^>]*aria-invalid="true"', refused.text)
    hired = sent(hr, "/hr/hire", **new, manager="周经")
    assert hired.headers["location"] == "/hr/people/E7?done=hire"
    own = "/hr/people/E7"
    shown = text(page(hr, f"{own}?done=hire"))
    assert "✓ Hired." in shown and "赵敏" in shown and "周经理" in shown and "Implant basics" in shown
    again = sent(hr, "/hr/hire", **new)
    assert again.status_code == 409 and "赵敏 (E7)" in again.text
    moved = sent(hr, own, what="transfer", effective_on=later, branch="BJ")
    assert moved.status_code == 303 and "Transferred" in page(hr, own)
    lead = {"kind": "post", "id": "lead", "en": "Lead seller", "zh": "销售组长"}
    assert firm.record("title_set", lead).status_code == 201
    firm.get("/v1/plans")
    assert '<option value="Lead seller">' in page(hr, "/hr/hire")
    assert sent(hr, own, what="promote", effective_on=later, post="Lead seller").status_code == 303
    assert firm.get("/v1/people", q="E7", day=later)[0]["post"] == "lead"
    assert sent(hr, own, what="probation", ends_on=later).status_code == 303
    review = {"what": "review", "outcome": "confirmed", "reviewer": "M1"}
    bare = sent(hr, own, **review)
    assert bare.status_code == 422 and "evidence" in bare.text
    position = firm.record("survey_answered", _MOOD, **now()).json()["position"]
    firm.get("/v1/plans")
    assert f'name="evidence" value="{position}"' in page(hr, own)
    assert sent(hr, own, **review, evidence=str(position)).status_code == 303
    told = firm.get("/v1/employees/E7/dossier")
    assert (told["probation"]["outcome"], told["reviews"][0]["evidence"]) == ("confirmed", [position])
    assert "on 1 fact" in text(page(hr, own))
    assert sent(hr, own, what="leave", left_on="2020-01-01", cause="other").status_code == 422
    assert sent(hr, own, what="leave", left_on=day, cause="family").status_code == 303
    assert "does not work here" in page(hr, f"{own}?day={later}")
    assert sent(hr, own, what="erase").status_code == 422


_MOOD = {"employee": "E7", "stress": "4", "training_satisfaction": "7", "belonging": "6"}


def test_who_has_not_read_the_plan_is_listed_until_the_paper_is_filed(firm: Service) -> None:
    hr = firm.client("hr")
    shown = page(hr, "/hr/plans")
    assert "since 1 Jan 2025" in text(shown) and "李强" in shown
    carried = dict(re.findall(r'name="(plan|adopted_at|document_hash)" value="([^"]+)"', shown))
    unsigned = sent(hr, "/hr/plans", **carried, employee="E9")
    assert (unsigned.status_code, "E9" in unsigned.text) == (422, True)
    done = sent(hr, "/hr/plans", **carried, employee="李", signature="folder 12")
    assert done.headers["location"] == "/hr/plans?plan=selling&done=E9"
    after = text(page(hr, done.headers["location"]))
    assert "李强 has acknowledged it." in after


@pytest.mark.rule("R36", "R90")
def test_posts_pay_and_warnings_answer_whoever_looks_after_everybody(firm: Service) -> None:
    """With what there is; where there is nothing, that is said."""
    posts = {"branch": "BJ", "employment": "contract", "posts": 3, "effective_on": "2025-01-01"}
    assert firm.record("posts_established", posts).status_code == 201
    firm.get("/v1/plans")
    hr = firm.client("hr")
    assert re.search(r"BJ.* contract 3 1 2\b", text(page(hr, "/hr/posts?branch=BJ")))
    assert "leave in a month" in page(hr, "/hr/posts/forecast")
    assert "How right these rules were" in page(hr, "/hr/alerts?tried=true")
    assert "王芳" in page(hr, "/hr/pay?measure=selling/visits&period=2025-Q4")
    assert page(hr, "/hr/pay?measure=selling/visits&period=soon", 422).count('role="alert"') == 1
    assert "Choose a measure" in page(hr, "/hr/pay")
    page(hr, "/hr/alerts/selling/none", 404)


def test_an_id_is_given_a_name(firm: Service) -> None:
    """It is listed until it has one; pages say the name from then on; both languages are asked for."""
    head = firm.client("hr_head")
    fact_of = {"employee": "E9", "score": "8", "kind": "closing", "grader": "M1", "graded_as": "mentor"}
    assert head.post("/v1/facts", json=fact("skill_graded", fact_of)).status_code == 201
    firm.get("/v1/titles")
    answer = sent(head, "/hr/titles?kind=skill", kind="skill", id="closing", en="Closing", zh="")
    assert answer.status_code == 422 and "zh" in answer.text
    named = {"kind": "skill", "id": "closing", "en": "Closing a sale", "zh": "促成成交", "key": "named"}
    chinese = {**HTML, "Accept-Language": "zh"}
    assert "closing" in head.get("/hr/titles?kind=skill", headers=chinese).text
    answer = sent(head, "/hr/titles?kind=skill", **named)
    assert answer.status_code == 303 and answer.headers["location"] == "/hr/titles?kind=skill&done=closing"
    after = head.get("/hr/titles?kind=skill", headers=chinese).text
    assert ">closing<" not in after
    assert "促成成交" in head.get("/hr/titles?kind=skill&show=all", headers=chinese).text
    assert "促成成交" in head.get("/hr/people/E9", headers=chinese).text
