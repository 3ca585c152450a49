"""Facts of a working day, one of each kind, so that whatever a page rests on is touched by one of them.

On a day of steady work a page is hardly ever read twice without a fact between. So before each reading
somebody works and is rated or sells, somebody's place changes, a shift is planned or leave taken, and a
licence is renewed. Whoever a page is about is who works; before other pages their colleagues take turns.
"""

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple
from uuid import uuid4

from api.demo_data.firms import Firm
from api.roles import Role
from benchmarks.addresses import Ask, Scene

Told = tuple[str, dict[str, Any]]
"""Type and data of a fact."""

COLLEAGUES, LICENCES = 40, 100
"""So many of each take turns."""


class Touching(NamedTuple):
    """Who and what of a firm such facts are about. licences: id, holder and last day of some.

    moved: people whose own pages nobody walks.
    """

    firm: Firm
    scene: Scene
    colleagues: Sequence[str]
    moved: Sequence[str]
    licences: deque[tuple[str, str, dt.date]]
    numbers: Iterator[int]

    def facts(self, page: str) -> dict[Role, list[dict[str, Any]]]:
        """Some of which one touches what `page` rests on, by who sends them as one batch."""
        number = next(self.numbers)
        busy = dt.date.fromisoformat(self.scene.day)
        day = busy.replace(day=1 + number % busy.day)
        about = next((each for each in (self.scene.worker, *self.colleagues) if f"/{each}" in page), None)
        who = about or self.colleagues[number % len(self.colleagues)]
        mentored = {"employee": self.moved[number % len(self.moved)], "mentor": self.scene.leader}
        mentored |= {"effective_on": str(day)}
        away = {"employee": who, "from_on": str(day), "until_on": str(day), "kind": "annual"}
        found: dict[Role, list[Told]] = {
            "integration": [
                *_WORK[self.firm.folder](who),
                ("mentor_assigned", mentored),
                ("leave_taken", away),
            ]
        }
        if self.licences:
            licence, holder, expires_on = self.licences.popleft()
            longer = expires_on + dt.timedelta(days=1)
            self.licences.append((licence, holder, longer))
            renewal = {"employee": holder, "credential": licence}
            renewal |= {"effective_on": self.scene.day, "expires_on": str(longer)}
            found["hr_head"] = [("credential_renewed", renewal)]
        return {by: [_sent(each, day, number) for each in those] for by, those in found.items()}


def _sold(who: str) -> list[Told]:
    customer = {"employee": who, "customer": f"walk-{uuid4().hex[:8]}"}
    sold = {"deal": f"walk-{uuid4().hex[:8]}", "amount_minor": 1_000_000, "currency": "CNY", "kind": "new"}
    return [
        ("customer_registered", customer),
        ("visit_recorded", customer),
        ("deal_closed", customer | sold),
    ]


def _treated(who: str) -> list[Told]:
    performed = {"procedure": f"walk-{uuid4().hex[:8]}", "kind": "hernia repair", "role": "surgeon"}
    return [
        ("procedure_performed", {"employee": who, "quantity": 1, "minutes": 90} | performed),
        ("patient_rated", {"employee": who, "score": "9.5"}),
    ]


_WORK: dict[str, Callable[[str], list[Told]]] = {"huikang": _sold, "hospital": _treated}


def _sent(told: Told, day: dt.date, number: int) -> dict[str, Any]:
    type_, said = told
    at = dt.datetime.combine(day, dt.time(4, number % 60), tzinfo=dt.UTC)
    return {"key": uuid4().hex, "source": "walk", "type": type_, "occurred_at": at, "data": said}


def touching(ask: Ask, firm: Firm, scene: Scene) -> Touching:
    """Whom and what the facts of this firm are about."""
    people = ask(f"/v1/people?status=working&day={scene.day}", "hr_head")
    post = next(each["post"] for each in people if each["employee"] == scene.worker)
    alike = [each["employee"] for each in people if each["post"] == post and each["employee"] != scene.worker]
    held = ask(f"/v1/credentials?state=valid&order=expiry&day={scene.day}&limit={LICENCES}", "hr_head") or ()
    return Touching(
        firm,
        scene,
        alike[:COLLEAGUES],
        alike[COLLEAGUES:] or alike,
        deque((each["credential"], each["employee"], _last_day(each)) for each in held),
        count(),
    )


def _last_day(held: dict[str, Any]) -> dt.date:
    """Up to which a credential holds."""
    return dt.date.fromisoformat(held["expires_on"])
