"""The live stream over HTTP: whoever listens has what the server has, however often the line breaks."""

import json
import random
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import new_database
from given_plan import adoption, document
from served import Service, fact, served
from stream_client import StreamClient

from api.tokens import Tokens, token_file

APRIL = "2025-04"
PEOPLE = ("E1", "E2", "E3", "E4")
BRANCHES = {"E1": "SH", "E2": "SH", "E3": "BJ", "E4": "BJ"}
DAY = {"occurred_at": "2024-06-03T09:00:00+08:00"}


@pytest.fixture(scope="module")
def service(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service over two branches of two sellers each, with a plan that has a board."""
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("home")) as made,
    ):
        for branch in ("SH", "BJ"):
            opened = {"branch": branch, "title": branch, "opened_on": "2024-06-03"}
            assert made.record("branch_opened", opened, **DAY).status_code == 201
        for employee, branch in BRANCHES.items():
            hired = {"employee": employee, "hired_on": "2024-06-03", "branch": branch, "post": "seller"}
            assert made.record("employee_hired", hired, **DAY).status_code == 201
        yield made


def visited(service: Service, *employees: str) -> list[int]:
    """Visits of April in one batch; their positions."""
    at = {"occurred_at": "2025-04-03T09:00:00+08:00"}
    facts = [fact("visit_recorded", {"employee": employee, "customer": "C1"}, **at) for employee in employees]
    answer = service.http.post("/v1/facts:batch", json=facts)
    assert answer.status_code == 201, answer.text
    return [each["position"] for each in answer.json()["outcomes"]]


def voided(service: Service, position: int) -> int:
    answer = service.record("fact_voided", {"position": position, "reason": "twice"})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["position"])


def test_rows_come_at_once_then_what_changes_and_a_void_takes_away(service: Service) -> None:
    before = visited(service, "E1")[0]
    client = StreamClient(service, employee="E1")
    client.follow(before)
    begun = int(client.rows["E1", "visit_recorded"]["count"])
    first = visited(service, "E1", "E1", "E1")
    client = StreamClient(service, employee="E1")
    client.follow(first[-1])
    assert client.rows["E1", "visit_recorded"]["count"] == str(begun + 3)
    assert client.events[0] == "snapshot"
    assert set(client.rows) == {("E1", "visit_recorded")}, "nobody else's"
    at = client.position
    others = visited(service, "E2")
    last = voided(service, first[0])
    client.follow(last)
    assert client.started_at[1] == at, "it goes on where it was"
    assert client.events[1:] == ["delta"] * (len(client.events) - 1)
    assert client.rows["E1", "visit_recorded"]["count"] == str(begun + 2)
    assert others[0] < last == client.position


def test_an_employee_follows_nobody_else(service: Service) -> None:
    own = service.client("employee", "E1")
    assert own.get("/v1/stream", params={"employee": "E2"}).status_code == 403
    position = visited(service, "E1")[0]
    visited(service, "E2")
    client = StreamClient(service)
    client.http = own
    client.follow(position)
    assert {employee for employee, _ in client.rows} == {"E1"}


def test_a_token_that_is_revoked_hears_nothing_more(service: Service) -> None:
    tokens = Tokens(token_file(service.settings.home))
    client = StreamClient(service, employee="E3")
    token = tokens.make("hr", "leaving", None)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=service.url, headers=headers) as client.http, client.connected() as source:
        events = source.iter_sse()
        client.take(next(events))
        tokens.revoke("leaving")
        time.sleep(1.1)
        visited(service, "E3")
        assert [event.event for event in events] == ["delta", "must-refetch"]


@pytest.mark.parametrize(
    ("query", "headers", "field"),
    [
        ({"period": "April"}, {}, "period"),
        ({"board": "none"}, {}, "board"),
        ({"board": "x", "branch": "SH"}, {}, "branch"),
        ({"after": "-1"}, {}, "after"),
        ({}, {"Last-Event-ID": "abc"}, "Last-Event-ID"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    service: Service, query: dict[str, str], headers: dict[str, str], field: str
) -> None:
    refused = service.http.get("/v1/stream", params=query, headers=headers)
    assert 400 <= refused.status_code < 500
    assert (refused.json()["field"], bool(refused.json()["remedy"])) == (field, True)


def test_who_comes_back_from_another_history_begins_anew(service: Service) -> None:
    client = StreamClient(service, employee="E1")
    client.position = service.head() + 1_000_000
    client.follow(0)
    assert client.events == ["snapshot"]
    assert client.started_at[0] <= service.head()


def test_a_transfer_sends_those_away_who_follow_a_branch(service: Service) -> None:
    client = StreamClient(service, branch="SH")
    with client.connected() as source:
        events = source.iter_sse()
        client.take(next(events))
        moved = {"employee": "E4", "branch": "SH", "effective_on": "2025-04-01"}
        assert service.record("employee_transferred", moved).status_code == 201
        assert next(events).event == "must-refetch"
        assert next(events, None) is None
    back = {"employee": "E4", "branch": "BJ", "effective_on": "2025-04-02"}
    assert service.record("employee_transferred", back).status_code == 201


def test_clients_have_what_the_server_has_however_often_the_line_breaks(service: Service, say: Any) -> None:
    """Client state = server state at the same position, for every filter, after random disconnects."""
    seed = random.randrange(1_000_000)
    dice = random.Random(seed)
    queries: Iterable[dict[str, Any]] = (
        {},
        {"employee": ["E1", "E3"]},
        {"employee": "E2"},
        {"branch": "SH"},
        {"branch": ["SH", "BJ"]},
    )
    clients = [StreamClient(service, **query) for query in queries]
    done = threading.Event()

    def listen(client: StreamClient, own: random.Random) -> None:
        while not done.is_set():
            client.follow(1 << 60, lambda: done.is_set() or own.random() < 0.3)
            time.sleep(own.random() * 0.05)

    threads = [
        threading.Thread(target=listen, args=(client, random.Random(f"{seed} {number}")))
        for number, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    live: list[int] = []

    def broken() -> int:
        return sum(len(client.started_at) - 1 for client in clients)

    for turn in range(600):  # however slow the machine is, until lines broke often enough
        if turn >= 30 and broken() > 20:
            break
        live += visited(service, *dice.choices(PEOPLE, k=dice.randrange(1, 5)))
        if dice.random() < 0.4:
            voided(service, live.pop(dice.randrange(len(live))))
        time.sleep(dice.random() * 0.03)
    done.set()
    last = visited(service, *PEOPLE)[-1]  # everybody hears once more, and hangs up
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    for client in clients:
        if (client.position or 0) < last:
            client.follow(last)
        fresh = StreamClient(service, **client.query)
        fresh.follow(client.position or 0)
        assert (fresh.position or 0) >= last, "what came since are traces of reading"
        assert fresh.rows == client.rows, (seed, client.query)
    say(f"stream: {len(clients)} clients, {broken()} broken lines, all equal to the server")
    assert broken() > 20


def test_a_board_is_followed_through_broken_lines(service: Service) -> None:
    """Places, values and who is gone, as a fresh reading of the board gives them."""
    most = {"id": "most", "title": "Most visits", "measure": "seen", "period": "month", "size": 2}
    adopted = adoption(document("measures: {seen: {count: visit_recorded}}", boards=[most]))
    service.adopt(adopted, **DAY)
    assert service.get("/v1/boards/most", period=APRIL)["places"] is not None
    client = StreamClient(service, board="most")
    with StreamClient(service, board="most").connected():  # as long as somebody follows, changes are kept
        for number in range(6):
            last = visited(service, *[PEOPLE[number % 4]] * (30 + 10 * number))[-1]
            client.follow(last)
            board = service.get("/v1/boards/most", period=APRIL)
            assert [client.rows[place["employee"], ""] for place in board["places"]] == board["places"]
            assert len(client.rows) == len(board["places"]) == 2
    assert client.events.count("snapshot") == 1
    assert "delta" in client.events


def test_a_service_that_stops_says_so_and_is_not_held_up(ledger_dsn: str, tmp_path: Path) -> None:
    with served(ledger_dsn, tmp_path) as service, ExitStack() as lines:
        sources = [lines.enter_context(StreamClient(service).connected()) for _ in range(5)]
        heard = [source.iter_sse() for source in sources]
        assert {next(each).event for each in heard} == {"snapshot"}
        assert "meritbook_stream_clients 5.0" in httpx.get(f"{service.url}/metrics").text
        started = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        for each in heard:
            event = next(each)
            assert (event.event, event.id) == ("must-refetch", "")
            assert json.loads(event.data) == {"reason": "service-stops"}
        service.process.wait(timeout=60)
        assert time.monotonic() - started < 10
