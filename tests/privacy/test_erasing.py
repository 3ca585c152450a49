"""Erasing somebody in a running service: nothing readable is left anywhere, and no result changes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import yaml
from given import LEDGER
from given_plan import document
from served import SERVE, Service, served

from api.erasing import erase
from api.erasures import erasure_file
from api.keys import rotate, status
from api.master_keys import HomeMasters
from api.ops import close_period, open_ledger
from api.planning import adopt_plan
from domain.journal.append import Journal
from domain.journal.master import KeysUnavailable
from domain.period import Period
from projections.replay import replay

PAY = "components: [{id: deals, title: Deals, kind: per_unit, measure: deals, rate: 50}]"
MARCH = Period.parse("2025-03")
EARLY = {"occurred_at": "2024-06-03T09:00:00+08:00"}
ROWS = """
select table_schema, table_name, string_agg(format('%I::text', column_name), ', ')
from information_schema.columns join information_schema.tables using (table_schema, table_name)
where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')
group by table_schema, table_name"""


class Office:
    """A service with two sellers, E1 and E2, a client and a visit with a note; E2 has left."""

    def __init__(self, service: Service, dsn: str) -> None:
        self.service, self.dsn = service, dsn
        mark = uuid4().hex[:12]
        self.names = {"E1": f"Wang{mark}", "E2": f"Zhang{mark}"}
        self.client, self.note, self.number = f"Hospital{mark}", f"phone{mark}", f"licence{mark}"
        self.said = [*self.names.values(), self.client, self.note, self.number]
        self.record("branch_opened", branch="SH", title="Shanghai", opened_on="2024-06-03")
        for employee, name in self.names.items():
            hired = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller", "name": name}
            self.record("employee_hired", employee=employee, **hired)
        self.record("customer_registered", employee="E2", customer="C1", name=self.client)
        self.visit = self.record("visit_recorded", employee="E2", customer="C1", note=self.note)
        licence = {"credential": "L2", "kind": "licence", "granted_on": "2024-06-03", "number": self.number}
        granted = service.client("hr_head").post(
            "/v1/facts",
            json={
                "type": "credential_granted",
                "source": "hr",
                "key": "L2",
                "data": {"employee": "E2", **licence},
                **EARLY,
            },
        )
        assert granted.status_code == 201, granted.text

    def record(self, type: str, **fields: str) -> int:
        """Sends a fact; its position."""
        answer = self.service.record(type, fields, **EARLY)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["position"])

    def read(self, position: int, owner: str = "E2") -> dict[str, Any]:
        """The personal text of a fact about the client, as its owner is shown it."""
        answer = self.service.client("employee", owner).get(f"/v1/facts/{position}/personal")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def numbers(self) -> list[str | None]:
        """The numbers of E2's credentials, as the head of HR is shown them."""
        hr = self.service.client("hr_head")
        answer = hr.get("/v1/employees/E2/credentials", params={"day": "2025-03-01"})
        return [each["number"] for each in answer.json()]

    def leave(self) -> None:
        """E2 leaves."""
        self.record("employee_left", employee="E2", left_on="2025-03-31", cause="other")

    def erase(self) -> int:
        """E2 is erased, by another process than the service."""
        with open_ledger(self.service.settings) as ledger:
            _, stored = erase(
                ledger, employee="E2", customer=None, reason="asked for it", actor="hr", approver="boss"
            )
        return stored.position

    def everything(self) -> str:
        """Every column of every table of the database as text."""
        with psycopg.connect(self.dsn) as owner:
            tables = owner.execute(ROWS).fetchall()
            found = [
                str(row)
                for schema, table, columns in tables
                for row in owner.execute(f'select {columns} from "{schema}"."{table}"')  # type: ignore[arg-type]
            ]
        assert len(found) > 20
        return "\n".join(found)


@pytest.fixture
def office(ledger_dsn: str, tmp_path: Path) -> Iterator[Office]:
    with served(ledger_dsn, tmp_path) as service:
        yield Office(service, ledger_dsn)


def _files(dsn: str) -> Iterator[bytes]:
    """What the server has on its disk."""
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("checkpoint")
        owner.execute("vacuum")
        row = owner.execute("show data_directory").fetchone()
    assert row is not None
    directory = Path(row[0])
    if not directory.is_dir():
        pytest.skip("the server's files are on another machine")
    for folder, _, names in os.walk(directory):  # passes over a folder that is gone
        for file in (Path(folder, name) for name in names):
            if file.is_file() and file.name != "postmaster.opts":
                with suppress(FileNotFoundError):  # of another test's database, which is gone
                    yield file.read_bytes()


def test_no_personal_text_is_in_the_database_its_files_or_the_log(office: Office) -> None:
    office.leave()
    office.service.http.post(
        "/v1/facts", json={"type": "employee_hired", "data": {"name": office.names["E1"]}}
    )
    office.service.record("visit_recorded", {"employee": "E9", "customer": "C1", "note": office.note})
    office.service.record("employee_hired", {"employee": "E1", "name": office.names["E1"] + "\x01"})
    assert office.service.get("/v1/employees/E2")["posting"] is None
    office.erase()
    everything = office.everything()
    assert "enc1." in everything, "what is looked for would be found"
    log = (office.service.settings.home / "service.log").read_text()
    for text in office.said:
        assert text not in everything
        assert text not in log
    for content in _files(office.dsn):
        for text in office.said:
            assert text.encode() not in content


@pytest.mark.rule("R59")
def test_names_are_shown_to_readers_until_they_are_erased(office: Office) -> None:
    service = office.service
    before = service.get("/v1/employees/E2", day="2025-03-01")
    assert before["posting"]["name"] == before["changes"][0]["name"] == office.names["E2"]
    assert before["erased"] is False
    assert service.http.get(f"/v1/facts/{office.visit}").json()["data"]["note"].startswith("enc1.")
    assert office.read(office.visit)["texts"] == {"note": office.note}
    assert office.numbers() == [office.number]
    office.leave()
    office.record("customer_assigned", employee="E1", customer="C1")
    office.erase()
    after = service.get("/v1/employees/E2", day="2025-03-01")
    assert after["posting"]["name"] is None and after["changes"][0]["name"] is None
    assert after["erased"] is True
    assert office.numbers() == [None]
    assert service.get("/v1/employees/E1", day="2025-03-01")["posting"]["name"] == office.names["E1"]
    assert office.read(office.visit, "E1")["texts"] == {"note": office.note}


def test_readers_who_may_not_are_refused(office: Office) -> None:
    others = [office.service.client(role) for role in ("integration", "hr_head", "administrator")]
    for client in (*others, office.service.client("employee", "E1")):
        assert client.get(f"/v1/facts/{office.visit}/personal").status_code == 403
    assert (
        office.service.client("employee", "E2").get(f"/v1/facts/{office.visit}/personal").status_code == 200
    )
    assert office.service.http.get("/v1/facts/1/personal").status_code == 404


def test_nobody_erases_by_sending_the_fact(office: Office) -> None:
    data = {"employee": "E2", "reason": "mine", "approver": "boss"}
    for role in ("administrator", "hr_head"):
        answer = office.service.client(role).post(
            "/v1/facts", json={"type": "subject_erased", "source": "x", "key": "x", "data": data, **EARLY}
        )
        assert answer.status_code == 403


def test_no_result_changes_with_an_erasure(office: Office, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(yaml.safe_dump(document(PAY)))
    settings = office.service.settings
    with open_ledger(settings) as ledger:
        adopt_plan(ledger, plan, adopted_by="hr", approver="boss")
    deal = {"customer": "C1", "deal": "D1", "amount_minor": 500_000, "currency": "CNY"}
    sold = office.service.record("deal_closed", {"employee": "E2", **deal})  # on 4 March
    assert sold.status_code == 201
    office.leave()
    with open_ledger(settings) as ledger:
        closed, _ = close_period(ledger, MARCH, actor="payroll")
    before = office.service.get("/v1/employees/E2/statements/2025-03")
    run = office.service.get("/v1/payroll/runs/2025-03")
    assert before["statement"]["lines"]
    assert {total["name"] for total in run["totals"]} == set(office.names.values())
    office.erase()
    after = office.service.get("/v1/employees/E2/statements/2025-03")
    anew = office.service.get("/v1/payroll/runs/2025-03")
    assert (after["digest"], after["statement"]) == (before["digest"], before["statement"])
    assert anew["statements_digest"] == run["statements_digest"] == closed.statements_digest
    assert [t["amount_minor"] for t in anew["totals"]] == [t["amount_minor"] for t in run["totals"]]
    assert {total["employee"]: total["name"] for total in anew["totals"]} == {**office.names, "E2": None}
    compared = replay(office.dsn, LEDGER, and_compare=True).compared  # has no key at all
    assert compared is not None and compared.difference is None


def test_the_service_does_not_start_without_the_master_key(office: Office, tmp_path: Path) -> None:
    settings = office.service.settings
    office.service.kill()
    kept = (settings.home / "master.key").rename(settings.home / "elsewhere")
    refused = pytest.raises(AssertionError, match=r"needs the master key \w{16}, which is not here")
    with refused, served(office.dsn, settings.home):
        pass
    assert not (settings.home / "master.key").exists(), "no new key over those in use"
    kept.chmod(0o640)
    kept.rename(settings.home / "master.key")
    with pytest.raises(KeysUnavailable, match="chmod 600"):
        HomeMasters(settings.home).held()
    (settings.home / "master.key").chmod(0o600)
    with open_ledger(settings) as ledger:
        ledger.vault.require(ledger.journal)


def test_the_master_key_changes_under_load(office: Office) -> None:
    settings, stop, positions = office.service.settings, threading.Event(), list[int]()
    http = office.service.client("integration")

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            data = {"employee": "E2", "customer": f"N{number}", "note": f"{office.note} {number}"}
            sent = {"type": "visit_recorded", "source": "load", "key": str(number), "data": data, **EARLY}
            answer = http.post("/v1/facts", json=sent)
            assert answer.status_code == 201, answer.text
            positions.append(answer.json()["position"])

    writer = threading.Thread(target=write)
    writer.start()
    with open_ledger(settings) as ledger:
        before = status(ledger).master
        rotated = []
        for _ in range(3):
            time.sleep(0.3)
            rotated.append(rotate(ledger, None, destroy_old=True)[0].fingerprint)
        time.sleep(0.3)
        stop.set()
        writer.join()
        assert status(ledger).master == rotated[-1] != before
        assert status(ledger).at_hand == [rotated[-1]], "those before it are gone"
    assert len(positions) > 10
    for number, position in enumerate(positions, 1):
        texts = office.read(position)["texts"]
        assert texts == {"note": f"{office.note} {number}"}


def test_an_erasure_among_writes_leaves_nothing_readable(office: Office) -> None:
    """Whoever was first: afterwards there is no key, and nothing new is taken."""
    settings, answers = office.service.settings, list[int]()
    http = office.service.client("integration")

    def write() -> None:
        for number in range(60):
            data = {"employee": "E1", "customer": "C1", "note": f"{office.note} {number}"}
            sent = {"type": "visit_recorded", "source": "race", "key": str(number), "data": data, **EARLY}
            answers.append(http.post("/v1/facts", json=sent).status_code)
            time.sleep(0.02)

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.3)
    with open_ledger(settings) as ledger:
        erase(ledger, employee=None, customer="C1", reason="asked", actor="hr", approver="boss")
    writer.join()
    late = {"employee": "E1", "customer": "C1", "note": "late"}
    assert office.service.record("visit_recorded", late).status_code == 409
    assert set(answers) == {201, 409}
    with Journal(office.dsn, LEDGER) as journal:
        visits = [record for record in journal.read(types=["visit_recorded"]) if record.source == "race"]
    for record in visits:
        texts = office.read(record.position)
        assert texts["texts"] == {"note": None} and texts["erased"]


@pytest.mark.faults
def test_a_killed_erasure_leaves_fact_and_destruction_or_neither(office: Office) -> None:
    office.leave()
    home = office.service.settings.home
    environment = {
        "MERITBOOK_HOME": str(home),
        "MERITBOOK_DATABASE_URL": office.dsn,
        "MERITBOOK_LEDGER": LEDGER,
    }
    command = [
        sys.executable,
        "-c",
        SERVE,
        "erase",
        "E2",
        "--by",
        "hr",
        "--approver",
        "boss",
        "--reason",
        "asked",
        "--yes",
    ]
    seen: set[tuple[bool, bool]] = set()
    for round in range(7):
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if round < 6:
            time.sleep(0.45 + 0.12 * round)
            process.send_signal(signal.SIGKILL)
        process.wait()
        with psycopg.connect(office.dsn) as owner:
            row = owner.execute(
                f"select exists (select from {LEDGER}.journal where type = 'subject_erased'),"
                f" (select wrapped is null from {LEDGER}.subject_key where subject = 'employee:E2')"
            ).fetchone()
        assert row is not None and row[0] == row[1]
        seen.add(row)
    assert (True, True) in seen, "the last one was not killed"
    assert b"employee" in erasure_file(home).read_bytes()
