"""Every page of every audience of the example firms: how soon the first byte comes, what it weighs and takes.

The firms are loaded once into a folder that is kept. Each address is read by the role that it is for, one
reader at a time over one kept-alive connection, in turns with all others; the first turn, in which nothing
is kept yet, is told apart.
"""

import gzip
import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

import msgspec
import psutil

from api.demo_data.firms import FIRMS, Firm
from api.pages.routes import OPEN, PAGES
from api.roles import Role
from api.tokens import Tokens, token_file
from benchmarks.processor import used
from benchmarks.serving import SERVE, Served, started

FIRST_BYTE_MILLISECONDS = 50.0
WEIGHT_KIB = 150.0
HOME = Path(tempfile.gettempdir()) / "meritbook-pages"
"""Where the example firms stand, unless another place is named."""


class Scene(NamedTuple):
    """What of a firm is looked at. leader, worker: people who lead and who work; day, month: busy ones."""

    leader: str
    worker: str
    unit: str
    day: str
    month: str


SCENES: Mapping[str, Scene] = {
    "huikang": Scene("HK002", "HK036", "SH", "2025-11-20", "2025-11"),
    "hospital": Scene("LJ0002", "LJ0305", "ZB/骨科", "2025-11-09", "2025-10"),
}

AUDIENCES: tuple[tuple[str, Role], ...] = (
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


class Walked(NamedTuple):
    """One reading. first_byte: milliseconds; sent, raw: KiB; processor: milliseconds of all that serve."""

    first_byte: float
    sent: float
    raw: float
    processor: float


class Walker:
    """Readers of a served firm, one of each role."""

    def __init__(self, served: Served, database: psutil.Process | None, home: Path, scene: Scene) -> None:
        self._served, self._database = served, database
        address = urlsplit(served.url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        made = Tokens(token_file(home))
        self._tokens = {
            role: made.make(role, f"walk.{uuid4().hex[:8]}", employee, scope=scope)
            for role, employee, scope in (
                ("employee", scene.worker, "self"),
                ("manager", scene.leader, "team"),
                *((each, None, "all") for each in ("hr_head", "payroll", "auditor", "administrator")),
            )
        }

    def ask(self, path: str, role: Role = "administrator") -> Any:
        """The JSON at an address of the API; None where there is nothing."""
        status, _, said = self._answer(path, role, "application/json")
        return msgspec.json.decode(said) if status == 200 else None

    def walk(self, path: str, role: Role) -> Walked | int:
        """The page at `path`; its status where it shows nothing."""
        before = used(self._served.process, self._database)
        began = time.perf_counter()
        status, first_byte, said = self._answer(path, role, "text/html")
        if status != 200:
            return status
        whole = gzip.decompress(said) if said[:2] == b"\x1f\x8b" else said
        spent = used(self._served.process, self._database).since(before)
        processor = (spent.service + spent.database) * 1000
        return Walked((first_byte - began) * 1000, len(said) / 1024, len(whole) / 1024, processor)

    def _answer(self, path: str, role: Role, wanted: str) -> tuple[int, float, bytes]:
        headers = {"Authorization": f"Bearer {self._tokens[role]}", "Accept": wanted}
        if wanted == "text/html":
            headers["Accept-Encoding"] = "gzip"
        self._connection.request("GET", quote(path, safe="/?&=%:,"), headers=headers)
        answer = self._connection.getresponse()
        first_byte = time.perf_counter()
        return answer.status, first_byte, answer.read()


def addresses(walker: Walker, scene: Scene) -> Iterator[tuple[str, Role]]:
    """Every page, as far as the firm has something of the kind, and some that are asked for more."""
    places = _places(walker, scene)
    asking = [
        (path, handler.opt.get("asks", ()))
        for handler in (*OPEN, *PAGES)
        if "GET" in handler.http_methods
        for path in sorted(handler.paths)[:1]
        if "{name" not in path and "{lang" not in path and "issuer" not in path
    ]
    for written, asks in asking:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", written)
        if path.startswith("/hr/alerts/") and "alert" not in places:
            continue
        if all(name in places for name in re.findall(r"\{(\w+)\}", path)):
            query = {name: places[name] for name in ("plan", "measure", "day") if name in asks}
            query |= {"period": scene.month} if "period" in asks and "{period}" not in path else {}
            filled = re.sub(r"\{(\w+)\}", lambda found: quote(places[found[1]], safe=""), path)
            yield filled + (f"?{urlencode(query)}" if query else ""), _audience(path)
    for more in MORE:
        if all(name in places for name in re.findall(r"\{(\w+)\}", more)):
            yield re.sub(r"\{(\w+)\}", lambda found: quote(places[found[1]], safe=""), more), _audience(more)


def _audience(path: str) -> Role:
    return next((role for start, role in AUDIENCES if path.startswith(start)), "administrator")


def _places(walker: Walker, scene: Scene) -> dict[str, str]:
    """What stands for the variable parts of addresses."""
    found = {
        "employee": scene.worker,
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
        listed = walker.ask(path)
        if listed and isinstance(listed, list):
            found[name] = str(listed[0][field])
    for plan in walker.ask(f"/v1/plans?day={scene.day}") or ():
        document = walker.ask(f"/v1/plans/{plan['plan']}?day={scene.day}")["document"]
        if "boards" in document and "newcomer" not in plan["plan"] and "board" not in found:
            found |= {"plan": plan["plan"], "board": document["boards"][0]["id"]}
            found["measure"] = f"{plan['plan']}/{document['boards'][0]['measure']}"
        if "alerts" in document and "alert" not in found:
            found["alert"] = document["alerts"][0]["id"]
    return found


def walk_all(home: Path, rounds: int) -> bool:
    """Prints what every page of both firms took; whether all is as wanted."""
    fits = True
    for name, scene in SCENES.items():
        load(home, FIRMS[name])
        with served_firm(home, FIRMS[name]) as served:
            walker = Walker(served, _database(served), home, scene)
            fits &= _report(name, walker, dict(addresses(walker, scene)), rounds)
    return fits


def _report(name: str, walker: Walker, pages: Mapping[str, Role], rounds: int) -> bool:
    heads = f"{'first':>8}{'p50':>8}{'p95':>8}{'KiB sent':>10}{'raw':>8}{'processor':>11}"
    print(f"{name + ': ' + str(len(pages)) + ' pages, ms until the first byte':<62}{heads}")
    found: dict[str, list[Walked]] = {page: [] for page in pages}
    away: dict[str, int] = {}
    for _ in range(rounds + 1):
        for page, role in pages.items():
            walked = walker.walk(page, role) if page not in away else 0
            if isinstance(walked, Walked):
                found[page].append(walked)
            elif walked:
                away[page] = walked
    slow = [page for page, those in found.items() if those and not _line(page, those)]
    for page, status in away.items():
        print(f"{page[:60]:<62}{status:>8}")
    for page in slow:
        print(f"MISSED: {page}")
    return not slow


def _line(page: str, those: Sequence[Walked]) -> bool:
    """Prints what a page took; whether it is as wanted."""
    first, *later = those
    waits = [each.first_byte for each in later]
    p50, p95 = statistics.median(waits), statistics.quantiles(waits, n=20, method="inclusive")[18]
    sent, raw = max(each.sent for each in later), max(each.raw for each in later)
    processor = statistics.mean(each.processor for each in later)
    print(
        f"{page[:60]:<62}{first.first_byte:>8.1f}{p50:>8.1f}{p95:>8.1f}{sent:>10.1f}{raw:>8.1f}{processor:>11.1f}"
    )
    return p95 <= FIRST_BYTE_MILLISECONDS and sent <= WEIGHT_KIB


def _environment(home: Path, firm: Firm) -> dict[str, str]:
    said = {"MERITBOOK_HOME": str(home), "MERITBOOK_PORT": "0", "NO_COLOR": "1"}
    said |= {f"MERITBOOK_{kind}_REQUESTS_PER_SECOND": "100000" for kind in ("TOKEN", "SESSION")}
    return said | ({"MERITBOOK_LEDGER": firm.ledger} if firm.ledger else {})


def load(home: Path, firm: Firm) -> None:
    """Loads the firm, unless it stands there already."""
    home.mkdir(mode=0o711, exist_ok=True)
    command = [sys.executable, "-c", SERVE, "demo", "--no-serve", "--firm", _name(firm)]
    environment = os.environ | _environment(home, firm)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _name(firm: Firm) -> str:
    return next(name for name, each in FIRMS.items() if each == firm)


def served_firm(home: Path, firm: Firm) -> AbstractContextManager[Served]:
    """The service over the ledger of `firm`."""
    return started([sys.executable, "-c", SERVE, "serve"], _environment(home, firm))


def _database(served: Served) -> psutil.Process | None:
    """The first process of the service's own database server."""
    for each in psutil.Process(served.process).children(recursive=True):
        if "postgres" in each.name() and (parent := each.parent()) and "postgres" not in parent.name():
            return each
    return None
