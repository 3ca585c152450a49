"""Every page of every audience of the example firms: how soon the first byte comes, what it weighs and takes.

The firms are loaded once into a folder that is kept. Each address is read by the role that it is for, one
reader at a time over one kept-alive connection, in turns with all others. Told apart are the first turn, in
which nothing is kept yet, and a turn in which before each reading somebody is given a mentor: a fact after
which all that was found about everybody is found anew. Beside the time stands how many times that of the
bare page it is, the one to sign in, which asks the ledger nothing: on a busy machine both take longer.
"""

import datetime as dt
import gzip
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit
from uuid import uuid4

import msgspec
import psutil

from api.demo_data.firms import FIRMS, Firm
from api.roles import Role
from api.tokens import Tokens, token_file
from benchmarks.addresses import Scene, addresses
from benchmarks.processor import load_of_machine, used
from benchmarks.serving import SERVE, Served, started
from domain.plan.parse import document_hash

FIRST_BYTE_MILLISECONDS = 50.0
WEIGHT_KIB = 150.0
BARE = "/sign-in"
HOME = Path(tempfile.gettempdir()) / "meritbook-pages"
"""Where the example firms stand, unless another place is named."""

SCENES: Mapping[str, Scene] = {
    "huikang": Scene("HK002", "HK036", "SH", "2025-11-20", "2025-11"),
    "hospital": Scene("LJ0002", "LJ0305", "ZB/骨科", "2025-11-09", "2025-10"),
}


OF_EVERYBODY: tuple[Role, ...] = ("hr_head", "payroll", "auditor", "administrator", "integration")


class Walked(NamedTuple):
    """One reading. first_byte: milliseconds; sent, raw: KiB; processor: milliseconds of all that serve."""

    first_byte: float
    sent: float
    raw: float
    processor: float


class Walker:
    """Readers of a served firm, one of each role."""

    def __init__(self, served: Served, database: psutil.Process | None, home: Path, scene: Scene) -> None:
        self._served, self._database, self._worker = served, database, scene.worker
        address = urlsplit(served.url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        made, by = Tokens(token_file(home)), f"walk.{uuid4().hex[:8]}"
        self._tokens: dict[Role, str] = {
            "employee": made.make("employee", f"{by}.own", scene.worker, scope="self"),
            "manager": made.make("manager", f"{by}.team", scene.leader, scope="team"),
        }
        for role in OF_EVERYBODY:
            self._tokens[role] = made.make(role, f"{by}.{role}", scope="all")

    def ask(self, path: str, role: Role) -> Any:
        """The JSON at an address of the API; None where there is nothing."""
        status, _, said = self._answer(path, role, "application/json")
        return msgspec.json.decode(said) if status == 200 else None

    def load(self, path: str, role: Role) -> str:
        """The page at `path`, nothing where it shows nothing."""
        status, _, said = self._answer(path, role, "text/html")
        return _unpacked(said).decode() if status == 200 else ""

    def tell(self, type: str, data: dict[str, Any], role: Role = "integration") -> None:
        """Records a fact, and waits until it is counted."""
        source = f"employee/{self._worker}" if role == "employee" else "walk"
        fact = {"key": uuid4().hex, "source": source, "type": type, "occurred_at": dt.datetime.now(dt.UTC)}
        headers = {
            "Authorization": f"Bearer {self._tokens[role]}",
            "Content-Type": "application/json",
        }
        self._connection.request("POST", "/v1/facts", msgspec.json.encode(fact | {"data": data}), headers)
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status == 201, said
        counted = f"/v1/people?employee=nobody&at_least={msgspec.json.decode(said)['position']}"
        assert self.ask(counted, "hr_head") == []

    def walk(self, path: str, role: Role) -> Walked | int:
        """The page at `path`; its status where it shows nothing."""
        before = used(self._served.process, self._database)
        began = time.perf_counter()
        status, first_byte, said = self._answer(path, role, "text/html")
        if status != 200:
            return status
        spent = used(self._served.process, self._database).since(before)
        processor = (spent.service + spent.database) * 1000
        return Walked((first_byte - began) * 1000, len(said) / 1024, len(_unpacked(said)) / 1024, processor)

    def _answer(self, path: str, role: Role, wanted: str) -> tuple[int, float, bytes]:
        headers = {"Authorization": f"Bearer {self._tokens[role]}", "Accept": wanted}
        if wanted == "text/html":
            headers["Accept-Encoding"] = "gzip"
        self._connection.request("GET", quote(path, safe="/?&=%:,"), headers=headers)
        answer = self._connection.getresponse()
        first_byte = time.perf_counter()
        return answer.status, first_byte, answer.read()


def _unpacked(said: bytes) -> bytes:
    return gzip.decompress(said) if said[:2] == b"\x1f\x8b" else said


class Readings(NamedTuple):
    """What one page took. first: in a process that kept nothing. changed: just after one of the roster."""

    page: str
    first: Walked
    changed: Walked
    later: Sequence[Walked]

    @property
    def p50(self) -> float:
        """Milliseconds until the first byte, half of the times."""
        return statistics.median(each.first_byte for each in self.later)

    @property
    def p95(self) -> float:
        """Those of 95 times in a hundred."""
        return statistics.quantiles([each.first_byte for each in self.later], n=20, method="inclusive")[18]

    @property
    def fits(self) -> bool:
        """Whether it is as wanted."""
        sent = max(each.sent for each in self.later)
        return self.p95 <= FIRST_BYTE_MILLISECONDS and sent <= WEIGHT_KIB

    def told(self, bare: float) -> str:
        """Its line. bare: milliseconds of a page that asks nothing."""
        sent, raw = max(each.sent for each in self.later), max(each.raw for each in self.later)
        processor = statistics.mean(each.processor for each in self.later)
        waits = (
            f"{self.first.first_byte:>8.1f}{self.changed.first_byte:>9.1f}{self.p50:>8.1f}{self.p95:>8.1f}"
        )
        return f"{self.page[:58]:<60}{waits}{self.p50 / bare:>8.1f}{processor:>11.1f}{sent:>10.1f}{raw:>8.1f}"


def walk_all(home: Path, rounds: int) -> bool:
    """Prints what every page of both firms took; whether all is as wanted."""
    fits = True
    for name, scene in SCENES.items():
        load(home, FIRMS[name])
        with served_firm(home, FIRMS[name]) as served:
            walker = Walker(served, _database(served), home, scene)
            fits &= _report(name, walker, scene, rounds)
    return fits


def _report(name: str, walker: Walker, scene: Scene, rounds: int) -> bool:
    _prepare(walker, scene)
    pages = dict(addresses(walker.ask, walker.load, scene))
    print(f"load of the machine {load_of_machine():.1f}, {os.cpu_count()} processors")
    heads = f"{'first':>8}{'changed':>9}{'p50':>8}{'p95':>8}{'bare ×':>8}{'processor':>11}"
    heads += f"{'KiB sent':>10}{'raw':>8}"
    print(f"{f'{name}: {len(pages)} pages, ms until the first byte':<60}{heads}", flush=True)
    found: dict[str, list[Walked]] = {page: [] for page in pages}
    away: dict[str, int] = {}
    for turn in range(rounds + 3):
        for page, role in pages.items():
            if page in away:
                continue
            if turn == 1:
                walker.tell("mentor_assigned", _mentor(FIRMS[name], scene))
            walked = walker.walk(page, role)
            if isinstance(walked, Walked):
                found[page].append(walked)
            else:
                away[page] = walked
    # The third turn is one of settling: what the changes before other pages have undone is found again.
    readings = [
        Readings(page, those[0], those[1], those[3:]) for page, those in found.items() if page not in away
    ]
    bare = next(each.p50 for each in readings if each.page == BARE)
    print("\n".join(each.told(bare) for each in readings))
    print("\n".join(f"{page[:58]:<60}{status:>8}" for page, status in away.items()))
    missed = [each for each in readings if not each.fits]
    print(
        f"{name}: {len(readings) - len(missed)} of {len(readings)} pages as wanted, p95 of the first byte "
        f"{FIRST_BYTE_MILLISECONDS:.0f} ms and {WEIGHT_KIB:.0f} KiB"
    )
    for each in missed:
        print(f"MISSED: {each.told(bare)}")
    return not missed


def _prepare(walker: Walker, scene: Scene) -> None:
    """Puts a draft up and asks about a month, where nobody has: there are pages about both."""
    if not walker.ask("/v1/plans/drafts?limit=1", "hr_head"):
        plan = walker.ask(f"/v1/plans?day={scene.day}", "hr_head")[0]["plan"]
        document = walker.ask(f"/v1/plans/{plan}?day={scene.day}", "hr_head")["document"]
        draft = {"plan": plan, "draft": "walk", "effective_from": document["effective_from"]}
        draft |= {"document": document, "document_hash": document_hash(document)}
        walker.tell("plan_drafted", draft, "hr_head")
    if not walker.ask("/v1/inquiries?limit=1", "hr_head"):
        asked = {"inquiry": "walk", "employee": scene.worker, "period": scene.month, "kind": "question"}
        walker.tell("inquiry_opened", asked | {"note": "walk"}, "employee")


def _mentor(firm: Firm, scene: Scene) -> dict[str, Any]:
    """Of somebody whose own pages nobody walks: they grow longer with each such fact."""
    return {"employee": firm.adopts, "mentor": scene.leader, "effective_on": scene.day}


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
