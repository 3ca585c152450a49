"""A service, two branches, a receiver of webhooks: what tests of deliveries share."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
from receiving import Came, Receiver, Reply, receiving
from served import Service, served

from domain.journal.connection import connect

ANY = {"If-Match": "*"}
DAY = {"occurred_at": "2024-06-03T09:00:00+08:00"}
BRANCHES = {"E1": "SH", "E2": "SH", "E3": "BJ"}


class Scene(NamedTuple):
    """A service over two branches, a receiver, and its address."""

    service: Service
    receiver: Receiver
    url: str

    def make(self, client: httpx.Client | None = None, **asked: Any) -> tuple[str, str, str]:
        """A webhook to a path of its own: its id, its path, its secret."""
        path = f"/{uuid4().hex[:8]}"
        body = {"name": "test", "url": f"{self.url}{path}", "events": ["fact.deal_closed"], **asked}
        answer = (client or self.service.http).post("/v1/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return made["webhook"]["webhook"], path, made["secret"]

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at `path`."""
        answer = self.service.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def hasten(self, webhook: str) -> None:
        """Makes what waits due now."""
        self.change(
            "update webhook_delivery set next_at = now() where state = 'waiting' and webhook = %s", webhook
        )

    def change(self, statement: str, *named: Any) -> None:
        """Changes something behind the service's back."""
        assert self.service.settings.database_url
        with connect(self.service.settings.database_url, self.service.settings.ledger) as connection:
            connection.execute(statement, named)  # type: ignore[arg-type]


@contextmanager
def webhook_scene(dsn: str, home: Path) -> Generator[Scene]:
    """Three sellers in two branches, served over the ledger of `dsn`."""
    with receiving() as (receiver, url), served(dsn, home, webhook_hosts="127.0.0.1") as service:
        for branch in ("SH", "BJ"):
            opened = {"branch": branch, "title": branch, "opened_on": "2024-06-03"}
            assert service.record("branch_opened", opened, **DAY).status_code == 201
        for employee, branch in BRANCHES.items():
            hired = {"employee": employee, "hired_on": "2024-06-03", "branch": branch, "post": "seller"}
            assert service.record("employee_hired", {**hired, "name": "王芳"}, **DAY).status_code == 201
        yield Scene(service, receiver, url)


def deal(employee: str = "E1", **more: Any) -> dict[str, Any]:
    named = {"employee": employee, "customer": "C1", "deal": f"D-{uuid4().hex[:8]}"}
    return {**named, "amount_minor": 1_234_500, "currency": "CNY", **more}


def sold(scene: Scene, employee: str = "E1") -> int:
    """A deal is recorded; its position."""
    answer = scene.service.record("deal_closed", deal(employee))
    assert answer.status_code == 201, answer.text
    return int(answer.json()["position"])


def failing(path: str, reply: Reply, times: int) -> Callable[[Came], Reply]:
    """Answers so at `path`, the first few times."""
    left = [times]

    def answer(came: Came) -> Reply:
        if came.path != path or left[0] == 0:
            return Reply()
        left[0] -= 1
        return reply

    return answer


def tries(scene: Scene, webhook: str) -> int:
    """How often the one delivery was tried."""
    listed = scene.get(f"/v1/webhooks/{webhook}/deliveries")["deliveries"]
    return int(listed[0]["tries"]) if listed else 0


def delivered(scene: Scene, webhook: str) -> list[dict[str, Any]]:
    page = scene.get(f"/v1/webhooks/{webhook}/deliveries", state="delivered")
    found: list[dict[str, Any]] = page["deliveries"]
    return found


def change(scene: Scene, webhook: str, **asked: Any) -> None:
    answer = scene.service.http.patch(f"/v1/webhooks/{webhook}", json=asked, headers=ANY)
    assert answer.status_code == 200, answer.text


def replayed(scene: Scene, webhook: str, **asked: Any) -> int:
    answer = scene.service.http.post(f"/v1/webhooks/{webhook}/replays", json=asked)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["replayed"])


def trail(scene: Scene, webhook: str) -> list[dict[str, Any]]:
    """What is in the journal of a webhook."""
    params: dict[str, Any] = {"type": "webhook_changed", "limit": 1000}
    found = scene.service.http.get("/v1/facts", params=params).json()["facts"]
    return [each for each in found if each["data"]["webhook"] == webhook]
