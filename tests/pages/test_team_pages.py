"""What whoever leads people opens: who stands where, who needs help and why, and what is done about it."""

import httpx
import pytest
from served import Service

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
    [care] = firm.get("/v1/interventions", employee="E1")
    assert (care["owner"], care["actions"], care["state"]) == ("M1", ["陪同拜访三次", "每周面谈"], "open")
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
