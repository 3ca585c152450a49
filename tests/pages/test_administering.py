"""What administrators do over HTTP: tokens, accounts, sessions, imports, storage; and what they may not."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from paged_firm import GOOD, account
from served import Service

from api.pages.admin.imports import example_mappings

HTML = {"Accept": "text/html"}
HEADER = "id,name,hired_on,branch,post,manager\n"
PEOPLE = example_mappings()["people/people"]


def name() -> str:
    return f"x{uuid4().hex[:8]}"


@pytest.mark.rule("R88")
def test_a_token_counts_until_it_is_revoked(firm: Service) -> None:
    """Shown once, by role and scope, with a trail; a second of its name is refused."""
    asked = {"role": "auditor", "name": name(), "days": 30}
    made = firm.http.post("/v1/tokens", json=asked)
    assert made.status_code == 201 and made.json()["token"]["state"] == "counts"
    with httpx.Client(base_url=firm.url) as client:
        client.headers["Authorization"] = f"Bearer {made.json()['secret']}"
        assert client.get("/v1/facts").status_code == 200
        assert client.get("/v1/tokens").status_code == 403
    assert made.json()["secret"] not in firm.http.get("/v1/tokens").text
    assert firm.http.post("/v1/tokens", json=asked).json()["field"] == "name"
    revoked = firm.http.post(f"/v1/tokens/{asked['name']}/revoke")
    assert revoked.json()["state"] == "revoked"
    trail = firm.get("/v1/audit/trail", type=["token_made", "token_revoked"], newest=True)["entries"]
    assert [each["type"] for each in trail[:2]] == ["token_revoked", "token_made"]
    assert all(asked["name"] in each["line"] for each in trail[:2])


@pytest.mark.rule("R88")
def test_nobody_becomes_head_of_hr_by_an_administrator(firm: Service) -> None:
    """Neither by a token, nor by an account, nor by the code of one that there is."""
    boss = name()
    account(firm, boss, "hr_head")
    tries = [
        firm.http.post("/v1/tokens", json={"role": "hr_head", "name": name()}),
        firm.http.post("/v1/accounts", json={"role": "hr_head", "name": name()}),
        firm.http.post(f"/v1/accounts/{boss}/changes", json={"change": "reset"}),
    ]
    assert [(each.status_code, each.json()["field"]) for each in tries] == [(403, "role")] * 3
    assert all("On the machine" in each.json()["remedy"] for each in tries)


def test_an_account_is_made_used_locked_and_its_session_ended(firm: Service) -> None:
    asked = {"name": name(), "role": "employee", "employee": "E9"}
    made = firm.http.post("/v1/accounts", json=asked).json()
    assert made["account"]["waits"] and len(made["code"]) == 23
    other = name()
    account(firm, other, "employee", "E1")
    with httpx.Client(base_url=firm.url, headers={"Origin": firm.url}) as browser:
        browser.post("/sign-in", data={"name": other, "password": GOOD})
        [own] = [each for each in firm.http.get("/v1/sessions").json() if each["name"] == f"account:{other}"]
        assert firm.http.post(f"/v1/sessions/{own['session']}/end").status_code in (200, 201)
    assert firm.http.post("/v1/sessions/none/end").status_code == 404
    for change, state in (("lock", "locked"), ("unlock", "open"), ("remove", "removed")):
        done = firm.http.post(f"/v1/accounts/{other}/changes", json={"change": change}).json()
        assert (done["account"]["state"], done["code"]) == (state, None)
    assert {other, asked["name"]} <= {each["name"] for each in firm.http.get("/v1/accounts").json()}


def tried(firm: Service, text: str, **more: Any) -> httpx.Response:
    content = b64encode(text.encode()).decode()
    return firm.http.post(
        "/v1/imports", json={"file": "people.csv", "content": content, "mapping": PEOPLE} | more
    )


def test_a_file_is_tried_reported_and_confirmed_once(firm: Service) -> None:
    """Nothing is stored before; rows that are refused stay out; afterwards the file is forgotten."""
    one, two = name(), name()
    rows = f"{one},张三,2026-01-05,SH,seller,\n{two},李四,2026-13-05,SH,seller,\n"
    run = tried(firm, HEADER + rows).json()
    assert (run["state"], run["report"]["stored"], run["report"]["rows_refused"]) == ("tried", 1, 1)
    [fault] = run["report"]["faults"]
    assert (fault["line"], fault["column"], fault["value"]) == (3, "hired_on", "2026-13-05")
    assert firm.http.get(f"/v1/employees/{one}").status_code == 404
    done = firm.http.post(f"/v1/imports/{run['id']}/confirm").json()
    assert (done["state"], done["report"]["stored"], done["report"]["reconciled"]) == ("stored", 1, True)
    assert done["report"]["faults"][0].get("value", "") == ""
    assert firm.get(f"/v1/employees/{one}")["employee"] == one
    again = firm.http.post(f"/v1/imports/{run['id']}/confirm")
    assert (again.status_code, again.json()["type"]) == (409, "/v1/problems/imported-before")
    assert firm.http.get("/v1/imports").json()[0]["id"] == run["id"]
    assert firm.http.get("/v1/imports/none").status_code == 404


@pytest.mark.rule("R88")
def test_an_import_writes_what_its_sender_may_write(firm: Service) -> None:
    """Credentials are for the head of HR alone, also when they come in a file."""
    mapping = """
source: licences
key: id
facts:
  - type: credential_granted
    occurred_at: on
    data: {employee: who, credential: id, kind: kind, granted_on: on}
"""
    text = "id,who,kind,on\nL1,E1,licence,2026-01-05\n"
    [fault] = tried(firm, text, mapping=mapping).json()["report"]["faults"]
    assert "does not write credential_granted" in fault["detail"]


@pytest.mark.parametrize(
    ("more", "field"),
    [({"mapping": "source: [x"}, "mapping"), ({"file": "people.exe"}, "file"), ({"file": ".."}, "file")],
)
def test_a_file_that_cannot_be_used_says_which_part(firm: Service, more: dict[str, str], field: str) -> None:
    answer = tried(firm, "id\nE1\n", **more)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert "/tmp" not in answer.text


def test_storage_says_what_the_ledger_takes(firm: Service) -> None:
    room = firm.http.get("/v1/storage").json()
    assert room["ledger_bytes"] == sum(each["bytes"] for each in room["tables"]) <= room["database_bytes"]
    assert {"journal", "credit", "tile_part"} <= {each["table"] for each in room["tables"]}


Form = Callable[..., httpx.Response]


def test_forms_of_the_pages_do_the_same_and_say_what_was_wrong(firm: Service) -> None:
    """A token shown once, a refused name with what was filled in, an import by its example, a code."""

    def sent(path: str, **said: Any) -> httpx.Response:
        return firm.http.post(path, headers=HTML, **said)

    fresh = name()
    made = sent("/admin/tokens", data={"name": fresh, "role": "integration", "days": "30"})
    assert made.status_code == 200 and "mb_" in made.text
    again = sent("/admin/tokens", data={"name": fresh, "role": "integration"})
    assert again.status_code == 422 and 'role="alert"' in again.text and f'value="{fresh}"' in again.text
    assert sent("/admin/tokens/revoke", data={"name": fresh}).status_code == 303
    code = sent("/admin/accounts", data={"name": name(), "role": "employee", "employee": "E9"})
    assert code.status_code == 200 and "shown-once" in code.text
    file = {"file": ("people.csv", f"{HEADER}{name()},王,2026-01-05,SH,seller,\n")}
    run = sent("/admin/imports", files=file, data={"example": "people/people"})
    assert run.status_code == 303
    assert sent(f"{run.headers['location']}/confirm").status_code == 303
    assert sent("/admin/imports", files=file).status_code == 422
