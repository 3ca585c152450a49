"""Which pages of a firm are walked, and by whom: every one for which the firm has something of the kind."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlencode

from api.pages.routes import OPEN, PAGES
from api.roles import Role


class Scene(NamedTuple):
    """What of a firm is looked at. leader, worker: people who lead and who work; day, month: busy ones."""

    leader: str
    worker: str
    unit: str
    day: str
    month: str


Reader = Role | Literal["session", "enrolling"]
"""A role, with a token; or somebody who signed in by the forms, or who is to set up a second factor."""

AUDIENCES: tuple[tuple[str, Reader], ...] = (
    ("/account", "session"),
    ("/sign-in/enrol", "enrolling"),
    ("/payroll", "payroll"),
    ("/audit", "auditor"),
    ("/admin", "administrator"),
    ("/set-up", "administrator"),
    ("/team", "manager"),
    ("/employees/{employee}/care", "manager"),
    ("/employees/{employee}/targets", "manager"),
    ("/employees/{employee}/", "employee"),
    ("/employees/{employee}", "manager"),
    ("/people", "hr_head"),
    ("/hr", "hr_head"),
    ("/plan", "hr_head"),
    ("/what-if", "hr_head"),
    ("/boards", "employee"),
)
"""Who reads what begins so; anything else whoever is signed in, an administrator."""

MORE = (
    "/hr/rosters?unit={unit}&from={first}&span=month&day={day}",
    "/hr/rosters?unit={unit}&from={first}&span=fortnight&day={day}",
    "/hr/posts/forecast?months=12&day={day}",
    "/hr/alerts?day={day}",
    "/people?q=王&day={day}",
    "/payroll/{month}?search=王",
    "/payroll/{month}?show=changed&order=amount",
    "/boards/{board}?plan={plan}&period={month}&day={day}&wall=true",
    "/audit?type=fact_voided",
    "/what-if?source=plan:{plan}&from={month}&until={month}",
)
"""Addresses that ask for more than the plain page."""

LINKED = (("/employees/{employee}/pay/{month}", "/evidence?"),)
"""Pages from which the first link that says so is followed."""

NOT_WALKED = ("{name", "{lang", "issuer")
"""What is no page: a file, a choice, and the way to the issuer and back."""

Ask = Callable[[str, Reader], Any]
Load = Callable[[str, Reader], str]


def addresses(ask: Ask, load: Load, scene: Scene) -> Iterator[tuple[str, Reader]]:
    """Each address with its reader. ask, load: the JSON at an address of the API, the page at one of ours."""
    places = _places(ask, scene)
    for handler in (*OPEN, *PAGES):
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", min(handler.paths))
        if "GET" not in handler.http_methods or any(each in path for each in NOT_WALKED):
            continue
        role = _audience(path)
        here = _seen_by(role, path, places)
        if all(here.get(name) for name in re.findall(r"\{(\w+)\}", path)):
            asks = handler.opt.get("asks", ())
            query = {name: here[name] for name in ("plan", "measure", "day") if name in asks and name in here}
            query |= {"period": scene.month} if "period" in asks and "{period}" not in path else {}
            if "/evidence" not in path:
                yield _filled(path, here) + (f"?{urlencode(query)}" if query else ""), role
    for more in MORE:
        if all(name in places for name in re.findall(r"\{(\w+)\}", more)):
            yield _filled(more, places), _audience(more)
    for path, part in LINKED:
        role = _audience(path)
        links = re.findall(r'href="([^"]+)"', load(_filled(path, _seen_by(role, path, places)), role))
        if found := next((unescape(each) for each in links if part in each and each.startswith("/")), None):
            yield found, role


def _filled(path: str, places: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: quote(places[found[1]], safe=""), path)


def _audience(path: str) -> Reader:
    for start, reader in AUDIENCES:
        if path.startswith(start):
            return reader
    return "administrator"


def _seen_by(role: Reader, path: str, places: Mapping[str, str]) -> dict[str, str]:
    """What stands in `path`: a manager reads about one of their own, an alert is of its plan."""
    here = dict(places)
    if role == "manager":
        here["employee"] = places["led"]
    if path.startswith("/hr/alerts/"):
        here["plan"] = places.get("alert_plan", "")
    return here


def _places(ask: Ask, scene: Scene) -> dict[str, str]:
    """What stands for the variable parts of addresses."""
    led = ask(f"/v1/people?status=working&day={scene.day}", "manager")
    found = {
        "employee": scene.worker,
        "led": next(each["employee"] for each in led if each["employee"] != scene.leader),
        "period": scene.month,
        "month": scene.month,
        "day": scene.day,
        "first": f"{scene.day[:8]}01",
        "unit": scene.unit,
        "position": "5000",
        "example": "device-rep",
    }
    for name, path, field in (
        ("hold", "/v1/payroll/holds?limit=1", "hold"),
        ("inquiry", "/v1/inquiries?limit=1", "inquiry"),
        ("draft", "/v1/plans/drafts?limit=1", "draft"),
        ("webhook", "/v1/webhooks?limit=1", "webhook"),
        ("entry", "/v1/quarantine?limit=1", "entry"),
        ("id", "/v1/imports?limit=1", "id"),
    ):
        listed = ask(path, "administrator" if name in ("webhook", "entry", "id") else "hr_head")
        if listed and isinstance(listed, list):
            found[name] = str(listed[0][field])
    for plan in ask(f"/v1/plans?day={scene.day}", "hr_head") or ():
        document = ask(f"/v1/plans/{plan['plan']}?day={scene.day}", "hr_head")["document"]
        if "boards" in document and "newcomer" not in plan["plan"] and "board" not in found:
            found |= {"plan": plan["plan"], "board": document["boards"][0]["id"]}
            found["measure"] = f"{plan['plan']}/{document['boards'][0]['measure']}"
        if "alerts" in document and "alert" not in found:
            found |= {"alert": document["alerts"][0]["id"], "alert_plan": plan["plan"]}
    return found
