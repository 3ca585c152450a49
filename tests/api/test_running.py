"""Whether the service says truly how it fares, and stops without losing what it acknowledged."""

import json
import re
import signal
import threading
import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import psycopg
import pytest
from given import LEDGER
from served import Service, fact, open_shanghai

from domain.journal.connection import connect

VISIT = {"employee": "E1", "customer": "H1"}

FROM_THE_FUTURE = """
insert into journal
    (position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, causation, data)
select max(position) + 1, 'moon_walked', 'x', 'x', %(hash)s, '{}', now(), max(recorded_at), 'x', null, '{}'
from journal"""


def readiness(service: Service) -> httpx.Response:
    """The answer of /health/ready, which needs no token."""
    return httpx.get(f"{service.url}/health/ready")


def test_a_service_that_counts_is_ready(service: Service) -> None:
    service.get("/v1/plans")
    answer = readiness(service)
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["reasons"] == []
    assert httpx.get(f"{service.url}/health/live").json() == {"status": "alive"}


def test_read_models_that_stand_still_are_not_ready_and_say_where(serve: Callable[..., Service]) -> None:
    """A fact of a type that this program does not know stops them before it; writing goes on."""
    service = serve()
    open_shanghai(service)
    with connect(str(service.settings.database_url), LEDGER, service=False) as connection:
        connection.execute(FROM_THE_FUTURE, {"hash": bytes(32)})
    position = service.head()
    assert service.record("visit_recorded", VISIT).status_code == 201
    deadline = time.monotonic() + 20
    while readiness(service).status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    answer = readiness(service)
    assert answer.status_code == 503
    assert f"at position {position} (moon_walked)" in answer.text
    started = time.monotonic()
    behind = service.http.get("/v1/plans", params={"at_least": position}, headers={"Prefer": "wait=1"})
    assert 0.9 < time.monotonic() - started < 10
    assert (behind.status_code, behind.json()["type"]) == (503, "/v1/problems/behind")
    assert behind.headers["Retry-After"] == "1"


def test_readers_do_not_notice_that_idle_connections_died(service: Service) -> None:
    """A restart of the database kills all of them; a question is asked again on a new one."""
    service.get("/v1/plans")
    for _ in range(3):
        with psycopg.connect(str(service.settings.database_url), autocommit=True) as killer:
            killer.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert readiness(service).status_code == 200
        service.get("/v1/plans")


def test_figures_are_by_address_and_name_nobody(service: Service) -> None:
    service.record("visit_recorded", VISIT)
    service.http.get("/v1/employees/E1")
    figures = httpx.get(f"{service.url}/metrics").text
    assert 'path="/v1/employees/{employee}"' in figures
    assert 'meritbook_facts_total{outcome="stored"}' in figures
    assert "E1" not in figures


def test_every_answer_carries_a_request_id_and_the_senders_own_is_kept(service: Service) -> None:
    own = service.http.get("/health/live", headers={"X-Request-Id": "crm-77"})
    assert own.headers["X-Request-Id"] == "crm-77"
    refused = service.http.get("/v1/facts/0")
    assert refused.json()["request_id"] == refused.headers["X-Request-Id"]
    assert refused.json()["request_id"] in service.settings.home.joinpath("service.log").read_text()


def test_an_answer_and_the_log_stay_in_the_trace_that_the_sender_brought(service: Service) -> None:
    trace = uuid4().hex
    refused = service.http.get("/v1/facts/0", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    version, trace_id, step, flags = refused.headers["traceparent"].split("-")
    assert (version, trace_id, flags) == ("00", trace, "01") and step != "00f067aa0ba902b7"
    lines = service.settings.home.joinpath("service.log").read_text().splitlines()
    line = next(json.loads(line) for line in lines if trace in line and '"refused"' in line)
    assert (line["event"], line["trace_id"]) == ("refused", trace)
    assert line["request_id"] == refused.headers["X-Request-Id"]
    begun = {service.http.get("/health/live").headers["traceparent"].split("-")[1] for _ in range(2)}
    assert len(begun) == 2 and trace not in begun


def test_commits_folding_and_refusals_by_kind_are_counted(service: Service) -> None:
    def value(line: str) -> float:
        found = re.search(rf"^{re.escape(line)} (\S+)$", httpx.get(f"{service.url}/metrics").text, re.M)
        return float(found[1]) if found else 0.0

    refusals = 'meritbook_refusals_total{kind="not-found"}'
    commits = 'meritbook_append_seconds_count{way="together"}'
    facts = 'meritbook_appended_facts_total{way="together"}'
    before = value(refusals), value(commits), value(facts)
    assert service.record("visit_recorded", VISIT).status_code == 201
    assert service.http.get("/v1/nowhere").status_code == 404
    service.get("/v1/plans")
    assert (value(refusals) > before[0], value(commits) > before[1], value(facts) > before[2]) == (True,) * 3
    assert value("meritbook_fold_seconds_count") > 0


@pytest.mark.faults
def test_a_service_that_is_stopped_has_stored_all_that_it_acknowledged(serve: Callable[..., Service]) -> None:
    service = serve()
    open_shanghai(service)
    acknowledged: list[str] = []

    def send(client: httpx.Client) -> None:
        try:
            while True:
                sent = fact("visit_recorded", VISIT)
                if client.post("/v1/facts", json=sent).status_code == 201:
                    acknowledged.append(sent["key"])
        except httpx.HTTPError:
            return

    threads = [threading.Thread(target=send, args=[service.client("integration")]) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=30) in (0, -signal.SIGTERM)
    for thread in threads:
        thread.join()
    with psycopg.connect(str(service.settings.database_url)) as connection:
        rows = connection.execute(f"select key from {LEDGER}.journal").fetchall()
    assert len(acknowledged) > 10
    assert set(acknowledged) <= {key for (key,) in rows}
