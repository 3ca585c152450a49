"""Personal data on its way into the journal: encrypted once, recognised again, refused about the erased."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from given import LEDGER, NOW
from psycopg import Cursor

from api.intake import Intake, Outcome, Refused, Rehearsal, Stored, Submission
from api.keys import USE, rewrap
from domain.facts.personal import is_token, personal_texts
from domain.facts.registry import decode
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.master import InMemory, KeysUnavailable, MasterKey, new_master
from domain.journal.vault import Keys, Undecipherable, Vault
from domain.journal.vault import Stored as StoredText

DAY = dt.datetime(2025, 1, 6, 1, tzinfo=dt.UTC)
HIRED = {"employee": "E1", "hired_on": "2025-01-06", "branch": "BJ", "post": "seller", "name": "王芳"}
LEFT = {"employee": "E1", "left_on": "2025-02-28", "cause": "other"}
VISIT = {"employee": "E1", "customer": "H1", "note": "院长的电话是 13800000000"}
ERASED = {"employee": "E1", "reason": "asked for it", "approver": "boss"}


class Office:
    """A ledger whose names are encrypted. masters: by which its vault was opened."""

    def __init__(self, journal: Journal) -> None:
        self.journal, self.masters = journal, InMemory()
        self.vault = Vault(LEDGER, self.masters)
        self.intake = Intake(journal, self.vault)
        self.bring("branch_opened", {"branch": "BJ", "title": "Beijing", "opened_on": "2020-01-01"}, "BJ")

    def brought(self, type: str, data: dict[str, str], key: str) -> Submission:
        """A submission."""
        return Submission(type=type, source="hr", key=key, occurred_at=DAY, data=data)

    def bring(self, type: str, data: dict[str, str], key: str, **more: Rehearsal) -> Outcome:
        """What becomes of one fact."""
        submission = self.brought(type, data, key)
        [outcome] = self.intake.submit([submission], actor="hr", now=NOW, atomic=True, **more)
        return outcome

    def erase(self, **changes: str) -> Outcome:
        """E1 leaves and is erased."""
        self.bring("employee_left", LEFT, "E1-left")
        return self.bring("subject_erased", {**ERASED, **changes}, "E1-erased")

    def stored(self, position: int, subject: str, field: str) -> StoredText:
        """The encrypted text at a position."""
        record = self.journal.at(position)
        assert record is not None
        text = personal_texts(decode(record.type, record.data))[field]
        return StoredText(position, subject, field, text)

    def said(self, position: int, subject: str, field: str) -> str | None:
        """What the encrypted text at a position says."""
        asked = self.stored(position, subject, field)
        with self.journal.cursor() as cursor:
            return self.vault.reveal(cursor, [asked])[asked]

    def keys(self) -> dict[str, bool]:
        """Who has a key, and whether it is still there."""
        with self.journal.cursor() as cursor:
            rows = cursor.execute("select subject, wrapped is not null from subject_key order by subject")
            return {subject: there for subject, there in rows if subject != "ledger:probe"}


@pytest.fixture
def office(journal: Journal) -> Iterator[Office]:
    yield Office(journal)


def kind(outcome: Outcome) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.refusal.kind


def test_a_name_is_stored_as_a_token_and_read_back(office: Office) -> None:
    assert office.bring("employee_hired", HIRED, "E1") == Stored(2, False, NOW)
    record = office.journal.at(2)
    assert record is not None
    assert is_token(personal_texts(decode(record.type, record.data))["name"])
    assert "王芳".encode() not in record.data
    assert office.said(2, "employee:E1", "name") == "王芳"
    assert office.keys() == {"employee:E1": True}


def test_a_redelivery_is_a_hit_also_by_another_process(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    office.bring("visit_recorded", VISIT, "v1")
    another = Intake(office.journal, Vault(LEDGER, office.masters))
    again = [office.brought("employee_hired", HIRED, "E1"), office.brought("visit_recorded", VISIT, "v1")]
    outcomes = another.submit([*again, *again], actor="hr", now=NOW, atomic=False)
    assert [(o.position, o.hit) for o in outcomes if isinstance(o, Stored)] == [(2, True), (3, True)] * 2


def test_another_note_under_the_same_key_is_refused(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    office.bring("visit_recorded", VISIT, "v1")
    assert kind(office.bring("visit_recorded", {**VISIT, "note": "other"}, "v1")) == "key-reused"
    assert kind(office.bring("visit_recorded", {"employee": "E1", "customer": "H1"}, "v1")) == "key-reused"
    assert office.journal.head() == 3


def test_one_fact_alone_is_encrypted_too(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    visit = office.brought("visit_recorded", VISIT, "v2")
    assert office.intake.plain(visit, actor="hr", now=NOW) is None, "the client has no key yet"
    office.bring("visit_recorded", VISIT, "v1")
    draft = office.intake.plain(visit, actor="hr", now=NOW)
    assert draft is not None
    assert b"13800000000" not in draft.data
    office.journal.append([draft], now=NOW)
    assert office.said(4, "customer:H1", "note") == VISIT["note"]
    assert office.bring("visit_recorded", VISIT, "v2") == Stored(4, True, NOW)


def test_a_rehearsal_and_a_refusal_make_no_key(office: Office) -> None:
    rehearsal = Rehearsal()
    first = office.bring("employee_hired", HIRED, "E1", rehearsal=rehearsal)
    again = office.bring("employee_hired", HIRED, "E1", rehearsal=rehearsal)
    assert isinstance(first, Stored) and isinstance(again, Stored) and again.hit
    assert kind(office.bring("visit_recorded", {**VISIT, "employee": "E9"}, "v1")) == "unknown-employee"
    assert office.keys() == {}


def test_without_a_vault_personal_data_is_refused_and_all_else_is_taken(
    journal: Journal, office: Office
) -> None:
    bare = Intake(journal)
    with pytest.raises(KeysUnavailable):
        bare.submit([office.brought("employee_hired", HIRED, "E1")], actor="hr", now=NOW, atomic=True)
    nameless = {name: value for name, value in HIRED.items() if name != "name"}
    [outcome] = bare.submit(
        [office.brought("employee_hired", nameless, "E1")], actor="hr", now=NOW, atomic=True
    )
    assert isinstance(outcome, Stored)


def test_another_master_key_is_refused_and_writes_nothing(journal: Journal, office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    stranger = Intake(journal, Vault(LEDGER, InMemory(new_master())))
    for data, key in ((HIRED, "E1"), ({**HIRED, "employee": "E2"}, "E2")):
        with pytest.raises(KeysUnavailable, match="master"):
            stranger.submit([office.brought("employee_hired", data, key)], actor="hr", now=NOW, atomic=True)
    assert office.keys() == {"employee:E1": True}


def test_keys_that_were_left_out_of_a_dump_are_not_made_anew(
    journal: Journal, ledger_dsn: str, office: Office
) -> None:
    office.bring("employee_hired", HIRED, "E1")
    with psycopg.connect(ledger_dsn, autocommit=True) as owner:
        owner.execute(f"delete from {LEDGER}.subject_key")
    with pytest.raises(KeysUnavailable, match="import"):
        office.bring("employee_hired", {**HIRED, "employee": "E2"}, "E2")
    with pytest.raises(KeysUnavailable, match="import"):
        office.said(2, "employee:E1", "name")


def test_a_token_moved_to_another_record_is_not_read(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    office.bring("visit_recorded", VISIT, "v1")
    record = office.journal.at(2)
    assert record is not None
    token = personal_texts(decode(record.type, record.data))["name"]
    with office.journal.cursor() as cursor, pytest.raises(Undecipherable):
        office.vault.reveal(cursor, [StoredText(3, "employee:E1", "name", token)])


def test_many_at_once_share_one_key(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    intakes = [Intake(office.journal, Vault(LEDGER, office.masters)) for _ in range(4)]

    def bring(number: int) -> Outcome:
        visit = office.brought("visit_recorded", VISIT, f"v{number}")
        return intakes[number % 4].submit([visit], actor="hr", now=NOW, atomic=True)[0]

    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(bring, range(16)))
    assert all(isinstance(each, Stored) for each in stored)
    assert {office.said(position, "customer:H1", "note") for position in range(3, 19)} == {VISIT["note"]}


def test_an_erasure_destroys_the_key_with_the_fact(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    office.bring("visit_recorded", VISIT, "v1")
    assert isinstance(office.erase(), Stored)
    assert office.keys() == {"customer:H1": True, "employee:E1": False}
    assert office.said(2, "employee:E1", "name") is None
    assert office.said(3, "customer:H1", "note") == VISIT["note"]


def test_what_was_read_is_forgotten_when_another_process_erases(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    office.bring("employee_hired", {**HIRED, "employee": "E2", "name": "李强"}, "E2")
    reader = Vault(LEDGER, office.masters)
    told = [office.stored(2, "employee:E1", "name"), office.stored(3, "employee:E2", "name")]
    for erased, said in ((False, ["王芳", "李强"]), (True, [None, "李强"])):
        if erased:
            office.erase()
        with office.journal.cursor() as cursor:
            for _ in range(2):
                found = reader.reveal(cursor, told)
                assert [found[each] for each in told] == said


class Changing(InMemory):
    """Master keys of which the first look finds that the one in use was changed just now, and destroyed."""

    def __init__(self, dsn: str, before: MasterKey) -> None:
        super().__init__(before)
        self._dsn, self._before = dsn, before

    def held(self) -> Sequence[MasterKey]:
        if self._keys == [self._before]:
            self._keys = [after := new_master()]
            with connect(self._dsn, LEDGER, service=False) as connection, connection.cursor() as cursor:
                rewrap(cursor, self._before, after, LEDGER)
                cursor.execute(USE, {"fingerprint": after.fingerprint})
        return self._keys


def test_a_master_key_destroyed_between_two_looks_is_asked_for_anew(office: Office, ledger_dsn: str) -> None:
    office.bring("employee_hired", HIRED, "E1")
    [before] = office.masters.held()
    told = office.stored(2, "employee:E1", "name")
    with office.journal.cursor() as cursor:
        first = Vault(LEDGER, Changing(ledger_dsn, before))
        assert first.reveal(cursor, [told]) == {told: "王芳"}
        now = first.master(cursor)
        assert Vault(LEDGER, Changing(ledger_dsn, now)).master(cursor).fingerprint != now.fingerprint
        with pytest.raises(KeysUnavailable, match=f"needs the master key (?!{now.fingerprint})"):
            Vault(LEDGER, InMemory(now)).look(cursor, ["employee:E1"])


def test_what_is_read_while_somebody_is_erased_is_not_kept(office: Office) -> None:
    """Keys seen before the erasure, and texts that would be kept after another reader knew of it."""
    office.bring("employee_hired", HIRED, "E1")
    reader = Vault(LEDGER, office.masters)
    told = office.stored(2, "employee:E1", "name")
    look = reader.look

    def looked_and_erased(cursor: Cursor[Any], subjects: Collection[str]) -> Keys:
        keys = look(cursor, subjects)
        office.erase()
        with office.journal.cursor() as another:
            look(another, ["employee:E2"])
        return keys

    with patch.object(reader, "look", looked_and_erased), office.journal.cursor() as cursor:
        assert reader.reveal(cursor, [told]) == {told: "王芳"}
    with office.journal.cursor() as cursor:
        assert reader.reveal(cursor, [told]) == {told: None}


def test_nothing_personal_is_taken_about_somebody_erased(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    office.bring("visit_recorded", VISIT, "v1")
    assert office.intake.plain(office.brought("visit_recorded", VISIT, "v2"), actor="hr", now=NOW)
    office.erase()
    customer = {"customer": "H1", "reason": "asked for it", "approver": "boss"}
    assert isinstance(office.bring("subject_erased", customer, "H1-erased"), Stored)
    again = {**HIRED, "hired_on": "2025-06-02"}
    assert kind(office.bring("employee_hired", again, "E1-again")) == "already-erased"
    assert kind(office.bring("visit_recorded", VISIT, "v3")) == "already-erased"
    assert office.intake.plain(office.brought("visit_recorded", VISIT, "v3"), actor="hr", now=NOW) is None
    nameless = {name: value for name, value in again.items() if name != "name"}
    assert isinstance(office.bring("employee_hired", nameless, "E1-again"), Stored)


def test_a_redelivery_about_somebody_erased_is_still_recognised(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    office.erase()
    assert office.bring("employee_hired", HIRED, "E1") == Stored(2, True, NOW)
    assert kind(office.bring("employee_hired", {**HIRED, "post": "nurse"}, "E1")) == "key-reused"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"approver": "hr"}, "second-person-needed"),
        ({"approver": "E1"}, "second-person-needed"),
        ({"customer": "H1"}, "bad-field"),
        ({"employee": "E9"}, "unknown-employee"),
    ],
)
def test_an_erasure_takes_two_others_and_one_subject(
    office: Office, changes: dict[str, str], refused: str
) -> None:
    office.bring("employee_hired", HIRED, "E1")
    assert kind(office.erase(**changes)) == refused
    assert office.keys() == {"employee:E1": True}


def test_who_works_here_is_not_erased_and_nobody_is_erased_twice(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    assert kind(office.bring("subject_erased", ERASED, "early")) == "still-here"
    assert isinstance(office.erase(), Stored)
    assert office.erase() == Stored(4, True, NOW)
    assert kind(office.bring("subject_erased", ERASED, "another")) == "already-erased"
    assert kind(office.bring("fact_voided", {"position": "4", "reason": "no"}, "void")) in ("bad-field",)


def test_the_service_destroys_keys_but_changes_and_deletes_none(office: Office) -> None:
    office.bring("employee_hired", HIRED, "E1")
    for forbidden in (
        "delete from subject_key",
        "update subject_key set wrapped = null",
        "truncate subject_key",
        "update master_key set fingerprint = ''",
    ):
        with office.journal.cursor() as cursor, pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor.execute(forbidden)
