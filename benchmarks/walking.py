"""Every page of every audience of the example firms: how soon the first byte comes, what it weighs and takes.

The firms are loaded once into a folder that is kept. Each address is read by the role that it is for, one
reader at a time over one kept-alive connection, in turns with all others. Three kinds of turns are told
apart: the first in a process that has just begun and kept nothing; those between which nothing happens; and
those in which before each reading facts are recorded that touch what the page rests on
(`benchmarks.touching`), so that nothing kept is the answer. Beside the time stands how many times that of
the bare page it is, the one to sign in, which asks the ledger nothing: on a busy machine both take longer.
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
from benchmarks.addresses import Reader, Scene, addresses
from benchmarks.entering import entered
from benchmarks.processor import load_of_machine, used
from benchmarks.serving import SERVE, Served, started
from benchmarks.touching import Touching, touching
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
        self._tokens: dict[Reader, str] = {
            "employee": made.make("employee", f"{by}.own", scene.worker, scope="self"),
            "manager": made.make("manager", f"{by}.team", scene.leader, scope="team"),
        }
        for role in OF_EVERYBODY:
            self._tokens[role] = made.make(role, f"{by}.{role}", scope="all")
        self.cookies: dict[Reader, str] = {}

    def enter(self) -> None:
        """Lets somebody in by the forms, and somebody else who is to set up a second factor first."""
        url, administrator = self._served.url, self._tokens["administrator"]
        self.cookies["session"] = entered(url, administrator, "employee", self._worker)
        self.cookies["enrolling"] = entered(url, administrator, "payroll", self._worker)

    def ask(self, path: str, role: Reader) -> Any:
        """The JSON at an address of the API; None where there is nothing."""
        status, _, said = self._answer(path, role, "application/json")
        return msgspec.json.decode(said) if status == 200 else None

    def load(self, path: str, role: Reader) -> str:
        """The page at `path`, nothing where it shows nothing."""
        status, _, said = self._answer(path, role, "text/html")
        return _unpacked(said).decode() if status == 200 else ""

    def tell(self, type: str, data: dict[str, Any], role: Reader = "integration") -> None:
        """Records a fact, and waits until it is counted."""
        source = f"employee/{self._worker}" if role == "employee" else "walk"
        fact = {"key": uuid4().hex, "source": source, "type": type, "occurred_at": dt.datetime.now(dt.UTC)}
        self.tell_all([fact | {"data": data}], role)

    def tell_all(self, facts: Sequence[Mapping[str, Any]], role: Reader = "integration") -> None:
        """Records facts at once, and waits until they are counted, by a question about nobody."""
        outcomes = self.send("/v1/facts:batch", facts, role)["outcomes"]
        last = max(each["position"] for each in outcomes)
        assert self.ask(f"/v1/exchange-rates?limit=1&at_least={last}", "hr_head") is not None

    def send(self, path: str, said: object, role: Reader) -> Any:
        """The answer to what is sent as JSON."""
        headers = {"Authorization": f"Bearer {self._tokens[role]}", "Content-Type": "application/json"}
        self._connection.request("POST", path, msgspec.json.encode(said), headers)
        answer = self._connection.getresponse()
        found = answer.read()
        assert answer.status == 201, found
        return msgspec.json.decode(found)

    def walk(self, path: str, role: Reader) -> Walked | int:
        """The page at `path`; its status where it shows nothing."""
        before = used(self._served.process, self._database)
        began = time.perf_counter()
        status, first_byte, said = self._answer(path, role, "text/html")
        if status != 200:
            return status
        spent = used(self._served.process, self._database).since(before)
        processor = (spent.service + spent.database) * 1000
        return Walked((first_byte - began) * 1000, len(said) / 1024, len(_unpacked(said)) / 1024, processor)

    def _answer(self, path: str, role: Reader, wanted: str) -> tuple[int, float, bytes]:
        headers = {"Accept": wanted}
        if role in self.cookies:
            headers["Cookie"] = self.cookies[role]
        else:
            headers["Authorization"] = f"Bearer {self._tokens[role]}"
        if wanted == "text/html":
            headers["Accept-Encoding"] = "gzip"
        self._connection.request("GET", quote(path, safe="/?&=%:,"), headers=headers)
        answer = self._connection.getresponse()
        first_byte = time.perf_counter()
        return answer.status, first_byte, answer.read()


def _unpacked(said: bytes) -> bytes:
    return gzip.decompress(said) if said[:2] == b"\x1f\x8b" else said


class Readings(NamedTuple):
    """What one page took. first: in a process that kept nothing. touched: each just after facts about it."""

    page: str
    first: Sequence[Walked]
    later: Sequence[Walked]
    touched: Sequence[Walked]

    def told(self, bare: float) -> str:
        """Its line. bare: milliseconds of a page that asks nothing."""
        both = [*self.later, *self.touched]
        sent, raw = max(each.sent for each in both), max(each.raw for each in both)
        waits = [_p50(self.first), _p50(self.later), _p95(self.later)]
        waits += [_p50(self.touched), _p95(self.touched), _p50(self.touched) / bare]
        waits += [statistics.mean(each.processor for each in those) for those in (self.later, self.touched)]
        return f"{self.page[:58]:<60}" + "".join(f"{each:>8.1f}" for each in (*waits, sent, raw))


def fits(those: Sequence[Walked]) -> bool:
    """Whether `those` readings came as soon as wanted, and weighed as little."""
    return _p95(those) <= FIRST_BYTE_MILLISECONDS and max(each.sent for each in those) <= WEIGHT_KIB


def _p50(those: Sequence[Walked]) -> float:
    return statistics.median(each.first_byte for each in those)


def _p95(those: Sequence[Walked]) -> float:
    waits = [each.first_byte for each in those]
    return statistics.quantiles(waits, n=20, method="inclusive")[18] if len(waits) > 1 else waits[0]


def walk_all(home: Path, rounds: int) -> bool:
    """Prints what every page of both firms took; whether all is as wanted."""
    met = True
    for name, scene in SCENES.items():
        load(home, FIRMS[name])
        with served_firm(home, FIRMS[name]) as served:
            walker = Walker(served, _database(served), home, scene)
            _prepare(walker, scene)
            walker.enter()
            pages = dict(addresses(walker.ask, walker.load, scene))
            cookies = walker.cookies
            facts = touching(walker.ask, FIRMS[name], scene)
        with served_firm(home, FIRMS[name]) as served:
            walker = Walker(served, _database(served), home, scene)
            walker.cookies |= cookies
            met &= _report(name, walker, pages, facts, rounds)
    return met


def _report(name: str, walker: Walker, pages: Mapping[str, Reader], facts: Touching, rounds: int) -> bool:
    print(f"load of the machine {load_of_machine():.1f}, {os.cpu_count()} processors")
    groups = f"{'':>8}{'unchanged':>16}{'after a fact':>24}{'processor':>16}{'KiB':>16}"
    heads = ("cold", "p50", "p95", "p50", "p95", "bare ×", "unch.", "fact", "sent", "raw")
    print(f"{f'{name}: {len(pages)} pages, ms until the first byte':<60}{groups}")
    print(f"{'':<60}" + "".join(f"{each:>8}" for each in heads), flush=True)
    readings, away = _read(walker, pages, facts, rounds)
    bare = next(_p50(each.later) for each in readings if each.page == BARE)
    print("\n".join(each.told(bare) for each in readings))
    print("\n".join(f"{page[:58]:<60}{status:>8}" for page, status in away.items()))
    met = True
    for when, kind in (("cold", "first"), ("nothing changed", "later"), ("after a fact", "touched")):
        met &= _verdict(f"{name}, {when}", [(each, getattr(each, kind)) for each in readings], bare)
    return met


def _verdict(what: str, found: Sequence[tuple[Readings, Sequence[Walked]]], bare: float) -> bool:
    missed = [each for each, those in found if not fits(those)]
    print(
        f"{what}: {len(found) - len(missed)} of {len(found)} pages as wanted, p95 of the first byte "
        f"{FIRST_BYTE_MILLISECONDS:.0f} ms and {WEIGHT_KIB:.0f} KiB"
    )
    for each in missed:
        print(f"MISSED: {each.told(bare)}")
    return not missed


def _read(
    walker: Walker, pages: Mapping[str, Reader], facts: Touching, rounds: int
) -> tuple[list[Readings], dict[str, int]]:
    """What each page took, or its status where it showed nothing."""
    found: dict[str, list[list[Walked]]] = {page: [[], [], []] for page in pages}
    away: dict[str, int] = {}
    # One turn of settling before each kind: what is read now and then only is found, once.
    kinds = [0, *[1] * (rounds + 1), *[2] * (rounds + 1)]
    for kind in kinds:
        for page, role in pages.items():
            if page in away:
                continue
            if kind == 2:
                for by, sent in facts.facts(page).items():
                    walker.tell_all(sent, by)
            walked = walker.walk(page, role)
            if isinstance(walked, Walked):
                found[page][kind].append(walked)
            else:
                away[page] = walked
    readings = [
        Readings(page, first, later[1:], touched[1:])
        for page, (first, later, touched) in found.items()
        if page not in away
    ]
    return readings, away


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
