"""People on pages: looked up by name, with whom one does not reach left out."""

import httpx
from served import Service

HTML = {"Accept": "text/html"}


def page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_people_are_looked_up_by_name_or_id(firm: Service) -> None:
    """Each by name, with the id and a link; nobody's name out of reach; said so where nobody fits."""
    manager = firm.client("manager", "M1", "team")
    everybody = page(manager, "/people")
    assert "王芳" in everybody and "周经理" in everybody and "李强" not in everybody
    assert '<a class="person" href="/employees/E1' in everybody
    narrower = page(manager, "/people?q=e1&branch=SH")
    assert "王芳" in page(manager, "/people?q=e1") and '<a class="person" href="/employees/M1' not in narrower
    assert "没有符合的人员" in page(manager, "/people?q=李")
    assert "李强" in page(firm.client("hr"), "/people?q=李")


def test_people_are_leafed_through(firm: Service) -> None:
    """The part after the first person, and back; what was asked for stays."""
    hr = firm.client("hr")
    whole, rest = page(hr, "/people"), page(hr, "/people?offset=1&branch=SH")
    assert "上一页" not in whole and "下一页" not in whole
    first = whole.split('<ul class="people">')[1].split('href="/employees/')[1].split("/")[0]
    assert f"/employees/{first}/" in whole and f'href="/employees/{first}/' not in rest.split("</h2>")[1]
    assert "第 2 至" in rest and "/people?q=&amp;status=working&amp;branch=SH&amp;offset=0" in rest


def test_whoever_is_in_a_run_is_found_by_a_part_of_the_name(firm: Service) -> None:
    payroll = firm.client("payroll")
    people = "/v1/payroll/runs/2025-01/people"
    found = {
        search: payroll.get(people, params={"search": search}).json() for search in ("", "王", "e1", "无")
    }
    everybody = [each["name"] for each in found[""]["people"]]
    assert "王芳" in everybody and len(everybody) > 1
    assert {each["name"] for each in found["王"]["people"]} == {"王芳"} and found["无"]["total"] == 0
    assert all("e1" in each["employee"].casefold() for each in found["e1"]["people"])
