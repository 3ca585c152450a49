"""A directory provisions people and teams: each change is the facts that HR would have written."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from served import Service

from api.roles import ROLES

WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
TODAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date().isoformat()


@pytest.fixture
def scim(directory: Service) -> httpx.Client:
    client = directory.client("integration")
    client.base_url = f"{directory.url}/scim/v2"
    return client


@pytest.fixture
def who() -> str:
    return f"wang.{uuid4().hex[:8]}@firm.example"


def user(who: str, **more: Any) -> dict[str, Any]:
    """A user as Entra ID sends one, with attributes that nobody here keeps."""
    said = {"schemas": [WORK], "userName": who, "title": "seller", "userType": "contract", "active": True}
    kept_elsewhere = {"emails": [{"type": "work", "value": who}], "name": {"givenName": "Fang"}}
    return said | kept_elsewhere | {"displayName": "王芳", WORK: {"division": "SH"}} | more


def told(directory: Service, who: str) -> list[dict[str, Any]]:
    """The facts about a person, in order."""
    page = directory.http.get("/v1/audit/trail", params={"employee": who, "limit": 100}).json()
    positions = [each["position"] for each in page["entries"]]
    found = [directory.http.get(f"/v1/facts/{position}").json() for position in positions]
    return [each for each in found if each["source"] == "scim"]


def patch(scim: httpx.Client, path: str, *operations: dict[str, Any], **more: Any) -> httpx.Response:
    return scim.patch(path, json={"schemas": [PATCH], "Operations": list(operations)}, **more)


def test_a_user_is_a_hire_and_a_repetition_is_refused(
    directory: Service, scim: httpx.Client, who: str
) -> None:
    made = scim.post("/Users", json=user(who, externalId=None) | {WORK: {"division": "SH", "manager": "E1"}})
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"{directory.url}/scim/v2/Users/{who}"
    assert made.headers["Content-Type"] == "application/scim+json"
    body = made.json()
    assert (body["id"], body["displayName"], body["active"]) == (who, "王芳", True)
    assert body[WORK]["manager"]["value"] == "E1"
    again = scim.post("/Users", json=user(who.upper()))
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    facts = told(directory, who)
    assert [each["type"] for each in facts] == ["employee_hired", "directory_entry_set"]
    hired = facts[0]["data"]
    assert (hired["branch"], hired["post"], hired["hired_on"], hired["manager"]) == (
        "SH",
        "seller",
        TODAY,
        "E1",
    )
    assert hired["name"].startswith("enc1.") and facts[1]["data"]["user_name"].startswith("enc1.")
    person = directory.client("hr").get(f"/v1/employees/{who}").json()
    assert person["posting"]["name"] == "王芳"


def test_of_two_creates_of_one_user_at_the_same_moment_one_is_refused(
    directory: Service, scim: httpx.Client
) -> None:
    """Whichever comes second is told so; there is one hire and one entry."""
    with ThreadPoolExecutor(2) as threads:
        for _ in range(5):
            who = f"twin.{uuid4().hex[:8]}@firm.example"
            both = [user(who), user(who.upper(), displayName="Another")]
            answers = list(threads.map(lambda each: scim.post("/Users", json=each), both))
            statuses = sorted(each.status_code for each in answers)
            assert statuses == [201, 409], [each.text for each in answers]
            [refused] = [each.json() for each in answers if each.status_code == 409]
            assert refused["scimType"] == "uniqueness"
            facts = [each["type"] for one in (who, who.upper()) for each in told(directory, one)]
            assert facts == ["employee_hired", "directory_entry_set"]


def test_entras_patches_are_understood_and_each_is_one_batch(
    directory: Service, scim: httpx.Client, who: str
) -> None:
    """Capital letters, texts for truth, dotted names without a path, attributes that are not kept."""
    scim.post("/Users", json=user(who))
    path = f"/Users/{who}"
    changed = patch(
        scim,
        path,
        {"op": "Add", "path": f"{WORK}:department", "value": "Key accounts"},
        {"op": "Replace", "path": "title", "value": "supervisor"},
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "other@firm.example"},
        {"op": "Replace", "value": {"displayName": "王小芳", f"{WORK}:manager": "E1", "name.givenName": "X"}},
    )
    assert changed.status_code == 200, changed.text
    body = changed.json()
    assert (body["title"], body["displayName"]) == ("supervisor", "王小芳")
    assert (body[WORK]["department"], body[WORK]["manager"]["value"]) == ("Key accounts", "E1")
    before = told(directory, who)
    assert [each["type"] for each in before[2:]] == [
        "employee_transferred",
        "employee_promoted",
        "employee_named",
    ]
    assert len({each["recorded_at"] for each in before[2:]}) == 1
    same = patch(scim, path, {"op": "Replace", "path": "title", "value": "supervisor"})
    assert same.status_code == 200 and len(told(directory, who)) == len(before)
    removed = patch(scim, path, {"op": "Remove", "path": f"{WORK}:manager"})
    assert "manager" not in removed.json()[WORK]
    assert told(directory, who)[-1]["data"]["cleared"] == ["manager"]
    half = patch(
        scim,
        path,
        {"op": "replace", "path": "title", "value": "x"},
        {"op": "replace", "path": f"{WORK}:division", "value": "MARS"},
    )
    assert (half.status_code, half.json()["scimType"]) == (400, "invalidValue")
    assert scim.get(path).json()["title"] == "supervisor"


def test_whoever_is_no_longer_active_has_left_and_may_come_back(
    directory: Service, scim: httpx.Client, who: str
) -> None:
    scim.post("/Users", json=user(who))
    path = f"/Users/{who}"
    ended = patch(scim, path, {"op": "Replace", "path": "active", "value": "False"})
    assert ended.json()["active"] is False
    left = told(directory, who)[-1]
    assert (left["type"], left["data"]["left_on"]) == ("employee_left", TODAY)
    back = patch(scim, path, {"op": "Replace", "value": {"active": True}})
    assert back.json()["active"] is True
    assert told(directory, who)[-1]["data"]["position"] == left["position"]
    assert scim.delete(path).status_code == 204
    assert scim.get(path).status_code == 404
    assert [each["type"] for each in told(directory, who)[-2:]] == [
        "employee_left",
        "directory_entry_removed",
    ]
    assert scim.post("/Users", json=user(who)).status_code == 201
    assert scim.get(path).json()["active"] is True


def test_whoever_the_directory_makes_inactive_is_out_at_once(
    directory: Service, scim: httpx.Client, who: str
) -> None:
    """Their token does not count any more, though today is their last day; nor is anybody else put out."""
    scim.post("/Users", json=user(who))
    own, path = directory.client("employee", who), f"/Users/{who}"

    def answers() -> int:
        for _ in range(100):  # it is asked once a second whether somebody has left
            status = own.get("/v1/plans").status_code
            if status != before:
                break
            time.sleep(0.1)
        return status

    before = 401
    assert answers() == 200
    before = 200
    assert patch(scim, path, {"op": "Replace", "path": "active", "value": "False"}).status_code == 200
    assert answers() == 401
    before = 401
    assert patch(scim, path, {"op": "Replace", "value": {"active": True}}).status_code == 200
    assert answers() == 200
    hr = {"employee": who, "left_on": TODAY, "cause": "other"}
    assert directory.record("employee_left", hr).status_code == 201
    time.sleep(1.2)
    assert own.get("/v1/plans").status_code == 200, "told by HR, the last day is a day of work"


def test_a_version_guards_a_change(scim: httpx.Client, who: str) -> None:
    made = scim.post("/Users", json=user(who))
    first, path = made.headers["ETag"], f"/Users/{who}"
    assert scim.get(path, headers={"If-None-Match": first}).status_code == 304
    title = {"op": "replace", "path": "title", "value": "nurse"}
    assert patch(scim, path, title, headers={"If-Match": first}).status_code == 200
    assert patch(scim, path, title, headers={"If-Match": first}).status_code == 412
    assert scim.put(path, json=user(who), headers={"If-Match": first}).status_code == 412
    assert scim.put(path, json=user(who)).json()["title"] == "seller"


def test_people_are_found_by_filters_and_read_page_by_page(scim: httpx.Client, who: str) -> None:
    scim.post("/Users", json=user(who, externalId=f"x{who}", displayName="Li Lei"))

    def found(filter: str, **more: Any) -> list[str]:
        answer = scim.get("/Users", params={"filter": filter, "count": 1000, **more})
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json().get("Resources", ())]

    id = f"x{who}"
    assert found(f'userName eq "{who.upper()}"') == [id]
    assert found(f'externalId eq "{id}" and active eq true') == [id]
    assert found(f'externalId eq "{id.upper()}"') == []
    assert found(f'{WORK}:division eq "SH" and not (userName ne "{who}")') == [id]
    assert id in found('title sw "SELL" or title co "nobody"')
    assert id in found("displayName pr") and id not in found(f'id eq "{id}" and {WORK}:manager pr')
    page = scim.get("/Users", params={"startIndex": 2, "count": 1, "sortBy": "userName"}).json()
    assert (page["startIndex"], page["itemsPerPage"]) == (2, 1) and page["totalResults"] >= 2
    only = scim.get(f"/Users/{id}", params={"attributes": f"userName,{WORK}:division"}).json()
    assert set(only) == {"id", "schemas", "userName", WORK} and set(only[WORK]) == {"division"}
    for bad in ("userName", 'userName is "x"', '(userName eq "x"', "userName eq x", "(" * 50 + 'a eq "b"'):
        answer = scim.get("/Users", params={"filter": bad})
        assert (answer.status_code, answer.json().get("scimType")) == (400, "invalidFilter"), bad


def test_a_group_is_a_team_and_its_members_move(directory: Service, scim: httpx.Client, who: str) -> None:
    scim.post("/Users", json=user(who))
    team = f"North {uuid4().hex[:6]}"
    made = scim.post("/Groups", json={"displayName": team, "members": [{"value": who}]})
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    assert [each["value"] for each in made.json()["members"]] == [who]
    assert told(directory, who)[-1]["data"]["team"] == team
    assert scim.post("/Groups", json={"displayName": team.upper()}).status_code == 409
    lean = scim.get("/Groups", params={"filter": f'displayName eq "{team}"', "excludedAttributes": "members"})
    assert "members" not in lean.json()["Resources"][0]
    gone = patch(scim, f"/Groups/{id}", {"op": "Remove", "path": f'members[value eq "{who}"]'})
    assert "members" not in gone.json()
    assert told(directory, who)[-1]["data"]["cleared"] == ["team"]
    added = patch(scim, f"/Groups/{id}", {"op": "Add", "path": "members", "value": [{"value": who}]})
    assert len(added.json()["members"]) == 1
    patch(scim, f"/Groups/{id}", {"op": "Remove", "path": "members", "value": [{"value": who}]})
    assert (
        patch(
            scim, f"/Groups/{id}", {"op": "Add", "path": "members", "value": [{"value": "nobody"}]}
        ).status_code
        == 400
    )
    assert scim.delete(f"/Groups/{id}").status_code == 204
    assert scim.get(f"/Groups/{id}").status_code == 404


def test_a_branch_is_a_group_that_keeps_its_name_and_people(scim: httpx.Client) -> None:
    branch = scim.get("/Groups/branch:SH").json()
    assert branch["displayName"] == "Shanghai" and {"E1"} <= {each["value"] for each in branch["members"]}
    renamed = patch(scim, "/Groups/branch:SH", {"op": "replace", "path": "displayName", "value": "S"})
    emptied = patch(scim, "/Groups/branch:SH", {"op": "remove", "path": "members"})
    for refused in (renamed, emptied, scim.delete("/Groups/branch:SH")):
        assert (refused.status_code, refused.json()["scimType"]) == (400, "mutability")


@pytest.mark.rule("R88")
def test_only_hr_and_integrations_of_everybody_provision_and_it_leaves_a_trail(directory: Service) -> None:
    may = {"integration", "hr", "hr_head", "administrator"}
    for role in ROLES:
        client = directory.client(role, "E1" if role == "employee" else None)
        for path in ("/scim/v2/Users", "/scim/v2/Users/E1", "/scim/v2/Groups", "/scim/v2/Schemas"):
            answer = client.get(path)
            assert answer.status_code == (200 if role in may else 403), (role, path, answer.text)
            assert answer.headers["Content-Type"].startswith("application/scim+json"), answer.text
        assert (client.post("/scim/v2/Users", json={}).status_code == 403) == (role not in may)
        assert (client.delete("/scim/v2/Users/none").status_code == 403) == (role not in may)
    narrow = directory.client("hr", "E1", "branch")
    assert narrow.get("/scim/v2/Users").status_code == 403
    nobody = httpx.get(f"{directory.url}/scim/v2/Users")
    assert nobody.status_code == 401 and nobody.json()["status"] == "401"
    read = directory.http.get("/v1/facts", params={"type": "personal_data_read", "limit": 1000}).json()[
        "facts"
    ]
    assert any("/scim/v2/Users" in each["data"]["operation"] for each in read)
