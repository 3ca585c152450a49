"""What whoever leads people opens: who stands where, who needs help and why, and what is done about it."""

import datetime as dt

import httpx
import pytest
from paged_firm import now, today
from served import Service, fact

HTML = {"Accept": "text/html", "Accept-Language": "zh"}
LATER = "2099-01-31"


@pytest.fixture(scope="module")
def manager(firm: Service) -> httpx.Client:
    """M1, who leads E1."""
    return firm.client("manager", "M1", "team")


def page(client: httpx.Client, path: str, **form: str) -> httpx.Response:
    return client.post(path, data=form, headers=HTML) if form else client.get(path, headers=HTML)


def text(client: httpx.Client, path: str) -> str:
    answer = page(client, path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_team_stands_with_its_numbers_and_who_needs_help_with_the_reason(manager: httpx.Client) -> None:
    """E1 with targets, gap and pay; the warning with the number that raised it; nobody out of reach."""
    told = text(manager, "/team")
    assert "王芳" in told and "李强" not in told
    assert "成交偏少" in told and "规则：低于 2" in told
    assert "销售额" in told and "还差 ¥30,000" in told and "本月至今所得" in told
    nobody = text(manager, "/team?day=2024-01-01")
    assert "当天没有向您汇报的人员" in nobody


def test_a_person_is_shown_as_far_as_the_reader_may(firm: Service, manager: httpx.Client) -> None:
    """Help for those who look after people, pay for those who may read it; the page itself for both."""
    assert "成交偏少" in text(manager, "/employees/E1") and "本月至今所得" in text(manager, "/employees/E1")
    own = text(firm.client("employee", "E1"), "/employees/E1")
    assert "成交偏少" not in own and "王芳" in own
    assert "成交偏少" not in text(firm.client("payroll"), "/employees/E1")


def test_help_is_begun_and_ended_and_what_is_refused_is_told(firm: Service, manager: httpx.Client) -> None:
    """A wrong day marks its field, keeps what was typed, and says so in Chinese; a name finds its owner."""
    path = "/employees/E1/care"
    month = firm.get("/v1/employees/E1/progress")["period"]
    form = {
        "does": "begin",
        "key": "once",
        "about": f"selling/few_deals/{month}",
        "owner": "周",
        "actions": "陪同拜访三次\n每周面谈",
        "due_on": "soon",
    }
    refused = page(manager, path, **form)
    assert refused.status_code == 422 and "期限不是有效日期" in refused.text
    assert "陪同拜访三次" in refused.text and 'aria-invalid="true"' in refused.text
    several = page(manager, path, **form | {"due_on": LATER, "owner": "1"})
    assert several.status_code == 422 and several.text.count('name="owner"') == 2
    assert page(manager, path, **form | {"due_on": LATER}).status_code == 303
    assert "这份表单已提交过" in page(manager, path, **form | {"due_on": LATER}).text
    begun = firm.get("/v1/interventions", employee="E1")
    [care] = [each for each in begun if each["actions"] == ["陪同拜访三次", "每周面谈"]]
    assert (care["owner"], care["state"]) == ("M1", "open")
    assert "帮扶中" in text(manager, "/team")
    ended = {"does": "end", "key": "end1", "intervention": care["intervention"], "outcome": "helped"}
    assert page(manager, path, **ended).status_code == 303
    again = page(manager, path, **ended | {"key": "end2"})
    assert again.status_code == 409 and "该帮扶已经结束" in again.text
    seen = {"does": "see", "key": "see1", "about": f"selling/few_deals/{month}"}
    assert page(manager, path, **seen).status_code == 303
    [warning] = firm.get("/v1/alerts", employee="E1")
    assert warning["state"] == "acknowledged"
    auditor = text(firm.client("auditor"), path)
    assert "有效" in auditor and "<form" not in auditor.partition("<main")[2]


def test_targets_of_many_are_those_of_each(firm: Service) -> None:
    """What /v1/progress tells of all at once is what it tells of each alone."""
    of_all = {each["employee"]: each for each in firm.get("/v1/progress")}
    for employee in ("E1", "E9"):
        alone = firm.get(f"/v1/employees/{employee}/progress")
        assert of_all[employee] == {name: alone[name] for name in of_all[employee]}


def test_a_target_is_changed_by_two_and_the_change_stands_with_its_reason(
    firm: Service, manager: httpx.Client
) -> None:
    """The manager proposes it, their head approves; the new number holds, the history says who and why."""
    path = "/employees/E1/targets"
    form = {
        "key": "t1",
        "target": "visits",
        "value": "25",
        "effective_from": "2025-01-01",
        "effective_until": "",
        "reason": "展会两周",
    }
    refused = page(manager, path, **form | {"value": "many"})
    assert refused.status_code == 422 and "展会两周" in refused.text
    assert page(manager, path, **form | {"key": "t2"}).status_code == 303
    assert "有 1 项待另一人复核" in text(manager, path) and firm.get("/v1/employees/E1/target-changes") == []
    head = firm.client("hr_head", "boss")
    [asked] = firm.get("/v1/proposals")
    own = page(manager, "/proposals", does="approve", proposal=str(asked["position"]))
    assert own.status_code == 422 and "另一个人" in own.text
    assert page(head, "/proposals", does="approve", proposal=str(asked["position"])).status_code == 303
    told = text(manager, path)
    assert "拜访数 → 25" in told and "展会两周" in told and "boss 批准" in told and "个人调整" in told
    [change] = firm.get("/v1/employees/E1/target-changes")
    assert (change["value"], change["approver"], change["actor"], change["voided_at"]) == (
        "25",
        "boss",
        "M1",
        None,
    )
    firm.http.post("/v1/facts", json=fact("fact_voided", {"position": change["position"], "reason": "over"}))
    [voided] = firm.get("/v1/employees/E1/target-changes")
    assert voided["voided_at"] > change["position"] and "已撤销" in text(manager, path)


def test_a_swap_is_approved_once_its_colleague_consents_and_the_rules_are_kept(
    firm: Service, manager: httpx.Client
) -> None:
    """What stands in the way is said before one tries; whoever reaches both approves, and once only."""
    first, second = (str(today() + dt.timedelta(days=days)) for days in (60, 61))
    asked = {"swap": "W1", "employee": "E1", "on": first, "pattern": "E", "colleague": "E9"}
    for type, said in (
        ("shift_assigned", {"employee": "E1", "on": first, "pattern": "E"}),
        ("shift_assigned", {"employee": "E9", "on": second, "pattern": "E"}),
        ("swap_asked", asked | {"colleague_on": second, "colleague_pattern": "E"}),
    ):
        told = firm.record(type, said, **now())
        assert told.status_code == 201, told.text
    firm.get("/v1/plans")
    hr = firm.client("hr", "M1")
    assert "等待对方同意" in text(hr, "/team/swaps")
    [check, seen] = [each.get("/v1/shifts/swaps/W1/check").json() for each in (hr, manager)]
    assert check["problem"]["type"] == seen["problem"]["type"] == "/v1/problems/consent-missing"
    firm.record("swap_consented", {"swap": "W1", "employee": "E9", "signature": "file 7"}, **now())
    firm.get("/v1/plans")
    assert "符合双方排班规则" in text(hr, "/team/swaps")
    assert hr.get("/v1/shifts/swaps/W1/check").json()["problem"] is None
    form = {"does": "approve", "swap": "W1", "employee": "E1", "colleague": "E9"}
    assert page(manager, "/team/swaps", **form | {"key": "w1"}).status_code == 403
    assert page(hr, "/team/swaps", **form | {"key": "w2"}).status_code == 303
    assert "已批准" in text(hr, "/team/swaps")
    again = page(hr, "/team/swaps", **form | {"key": "w3"})
    assert again.status_code == 409 and "该换班已批准或已拒绝" in again.text


def test_work_is_confirmed_and_a_question_answered(firm: Service, manager: httpx.Client) -> None:
    """A visit with the manager counts once confirmed; then it waits no more."""
    month = firm.get("/v1/employees/E1/progress")["period"]
    waiting = manager.get("/v1/confirmations").json()
    assert {each["employee"] for each in waiting} <= {"E1", "M1"} and waiting
    position = waiting[0]["fact"]["position"]
    assert (waiting[0]["measure"], waiting[0]["role"]) == ("joint", "manager")
    form = {"does": "confirm", "key": "c1", "position": str(position), "role": "manager"}
    assert page(manager, "/team/waiting", **form).status_code == 303
    left = [each["fact"]["position"] for each in firm.get("/v1/confirmations")]
    assert position not in left and len(left) >= len(waiting) - 1
    said = {"inquiry": "Q9", "employee": "E1", "period": month, "kind": "question", "note": "怎么算的？"}
    assert firm.record("inquiry_opened", said, **now()).status_code == 201
    firm.get("/v1/plans")
    assert "怎么算的？" in text(manager, "/team/waiting")
    answer = {"does": "answer", "inquiry": "Q9", "employee": "E1"}
    empty = page(manager, "/team/waiting", **answer | {"key": "a1"})
    assert empty.status_code == 422 and "说明尚未填写" in empty.text
    assert page(manager, "/team/waiting", **answer | {"key": "a2", "note": "按次计算"}).status_code == 303
    settle = {"does": "resolve", "inquiry": "Q9", "employee": "E1", "outcome": "rejected", "key": "a3"}
    assert page(manager, "/team/waiting", **settle).status_code == 303
    assert firm.get("/v1/inquiries/Q9")["resolution"]["outcome"] == "rejected"


def test_newcomers_and_pairs(manager: httpx.Client) -> None:
    """The review has the curriculum, milestones and mood of each; another week is asked by its name."""
    told = text(manager, "/team/newcomers")
    assert "拜访十次" in told and "植入物基础" in told and "李强" not in told
    assert page(manager, "/team/newcomers?week=soon").status_code == 422
    assert "没有搭档" in text(manager, "/team/pairs")
