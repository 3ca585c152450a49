"""Two processes answer at one address: what one of them gave or counted holds at the other."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from uuid import uuid4

import httpx
import psutil
import pytest
from conftest import new_database
from faults.embedded_user import until
from served import Service, fact, open_shanghai, served

WORKERS = 2
WORK = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TRIES = 200
"""The system shares connections out by chance: that all fall to one does not happen in so many."""


@pytest.fixture(scope="module")
def several(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("several"), arguments=("--workers", str(WORKERS))) as service,
    ):
        open_shanghai(service)
        yield service


@pytest.fixture
def workers(several: Service) -> Iterator[Callable[..., list[httpx.Client]]]:
    """Gives clients whose connections stay with one worker each, all of them different."""
    with ExitStack() as stack:

        def each(role: str = "integration") -> list[httpx.Client]:
            headers = several.client(role).headers
            found: dict[str, httpx.Client] = {}
            for _ in range(TRIES):
                if len(found) == WORKERS:
                    break
                limits = httpx.Limits(max_connections=1)
                client = stack.enter_context(
                    httpx.Client(base_url=several.url, headers=headers, limits=limits, timeout=60)
                )
                worker = client.get("/health/live").headers["x-request-id"].partition("-")[0]
                found.setdefault(worker, client)
            return list(found.values())

        yield each


def figure(client: httpx.Client, line: str) -> float:
    """A figure, as this worker tells it."""
    found = re.search(rf"^{re.escape(line)} (\S+)$", client.get("/metrics").text, re.M)
    return float(found[1]) if found else 0.0


STORED = 'meritbook_facts_total{outcome="stored"}'


def test_figures_are_those_of_all_workers(
    several: Service, workers: Callable[..., list[httpx.Client]]
) -> None:
    one, other = workers()
    before = figure(one, STORED)
    for client, number in ((one, 3), (other, 4)):
        for _ in range(number):
            data = {"employee": "E1", "customer": "C1", "kind": "demo"}
            assert client.post("/v1/facts", json=fact("visit_recorded", data)).status_code == 201
    assert [figure(client, STORED) - before for client in (one, other)] == [7, 7]
    shown = one.get("/metrics").text
    assert "pid=" not in shown
    for name in ("meritbook_counted_position", "meritbook_stream_clients", "meritbook_seal_stands_still"):
        assert len(re.findall(rf"^{name}(?:{{.*}})? ", shown, re.M)) == 1, name


def test_no_counter_falls_when_a_worker_dies(
    several: Service, workers: Callable[..., list[httpx.Client]]
) -> None:
    """Else a sum that falls would look like a service that began anew, and rates like a flood."""
    one, other = workers()
    for client in (one, other):
        client.get("/v1/employees/E1")
    asked = 'meritbook_request_seconds_count{method="GET",path="/v1/employees/{employee:str}",status="200"}'
    before = figure(one, asked)
    children = psutil.Process(several.process.pid).children
    killed = children()[-1]
    killed.kill()
    until(lambda: killed.pid not in [each.pid for each in children()], seconds=30)
    until(lambda: len(children()) == 1 + WORKERS, seconds=30)
    one, other = workers()
    assert figure(one, asked) == figure(other, asked) >= before


@pytest.mark.rule("R88")
def test_a_ticket_of_one_worker_opens_the_stream_of_another_and_once(
    workers: Callable[..., list[httpx.Client]],
) -> None:
    giving, taking = workers("manager")
    address = giving.post("/v1/stream/tickets").json()["address"]

    def opened(client: httpx.Client) -> int:
        with client.stream("GET", address, headers={"Authorization": ""}) as answer:
            return answer.status_code

    assert [opened(taking), opened(giving), opened(taking)] == [200, 401, 401]


def test_a_directory_that_asks_two_workers_at_once_makes_one_person(
    workers: Callable[..., list[httpx.Client]],
) -> None:
    clients = workers()
    for _ in range(3):
        said = {
            "schemas": [WORK],
            "userName": f"li.{uuid4().hex[:8]}@firm.example",
            "title": "seller",
            "userType": "contract",
            WORK: {"division": "SH"},
        }
        make = partial(httpx.Client.post, url="/scim/v2/Users", json=said)
        with ThreadPoolExecutor(WORKERS) as pool:
            answers = list(pool.map(make, clients))
        assert sorted(answer.status_code for answer in answers) == [201, 409], [a.text for a in answers]
