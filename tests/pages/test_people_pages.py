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
    assert "王芳" in page(manager, "/people?q=e1") and "周经理" not in page(manager, "/people?q=e1&branch=SH")
    assert "没有符合的人员" in page(manager, "/people?q=李")
    assert "李强" in page(firm.client("hr"), "/people?q=李")
