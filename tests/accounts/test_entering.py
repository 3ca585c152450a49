"""Signing in with an account, against a real ledger: each step, guessing, second factors, what is told."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import new_database
from given import LEDGER
from pyotp.totp import TOTP

from api.accounts.account import accounts, hashed
from api.accounts.changing import AccountTaken, Changing, UnknownAccount
from api.accounts.entering import Entering, From, In, Next, StepGone, WrongCode, WrongSecret
from api.accounts.guessing import FREE, LONGEST_SECONDS, TryLater
from api.ops import Ledger, open_book, open_ledger
from api.reading import Reading
from api.sessions import Lifetime, Sessions
from api.settings import Settings
from api.trail import Refusing
from domain.facts.base import Fact
from domain.journal.connection import connect
from domain.refusals import BadField, UnknownEmployee

NOW = dt.datetime(2025, 3, 4, 9, 30, tzinfo=dt.UTC)
GOOD = "kestrel-moon-tea"
HERE = From("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0", "")


class Heard:
    """A trail that remembers."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.refusals: list[Refusing] = []

    async def note(self, fact: Fact, actor: str) -> None:
        self.facts.append(fact)

    async def refused(self, kind: Refusing, times: int = 1) -> None:
        self.refusals.append(kind)


class Door:
    """The way into one ledger, at a time of its own."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.now, self.heard = ledger, NOW, Heard()
        reading = Reading(ledger.pool, ledger.today, 5)
        trail: Any = self.heard
        required = frozenset({"payroll"})
        self.sessions = Sessions(reading, Lifetime(), lambda: self.now)
        self.another_process = lambda: Entering(
            reading, ledger.vault, lambda: trail, self.sessions, required, lambda: self.now
        )
        self.entering = self.another_process()

    @contextmanager
    def changing(self) -> Iterator[Changing]:
        with self.ledger.pool.connection() as connection, connection.cursor() as cursor:
            yield Changing(cursor, self.ledger.intake, "os:root", self.now)

    def account(self, name: str, role: Any = "hr", password: str | None = GOOD) -> str | None:
        with self.changing() as changing:
            return changing.make(name, role, None, "all", (), password)

    def later(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)

    def enter(self, name: str, password: str = GOOD, where: From = HERE) -> In | Next:
        return asyncio.run(self.entering.with_password(name, password, "/today", where))

    def enrol(self, name: str) -> tuple[str, In]:
        """Signs in somebody who has to set up a second factor; its secret, and how they are in."""
        due = self.enter(name)
        assert isinstance(due, Next) and due.step == "enrol"
        _, secret = asyncio.run(self.entering.secret(due.id))
        code = TOTP(secret).at(self.now)
        return secret, asyncio.run(self.entering.with_first_code(due.id, code, HERE))

    def code(self, id: str, code: str) -> In | Next:
        return asyncio.run(self.entering.with_code(id, code, HERE))


@pytest.fixture(scope="module")
def door(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    home: Path = tmp_path_factory.mktemp("home")
    with new_database(postgres, template) as dsn:
        settings = Settings(home=home, database_url=dsn, ledger=LEDGER)
        with open_ledger(settings, prepare_it=True) as ledger:
            open_book(ledger, name="firm", zone="Asia/Shanghai", currency="CNY", actor="test")
            yield Door(ledger)


@pytest.fixture(autouse=True)
def afresh(door: Door) -> None:
    door.now, door.heard.facts, door.heard.refusals = NOW, [], []


def refused(door: Door, name: str, password: str, where: From = HERE) -> str:
    with pytest.raises((WrongSecret, TryLater)) as caught:
        door.enter(name, password, where)
    return type(caught.value).__name__


@pytest.mark.rule("R88")
def test_a_password_lets_its_owner_in_and_nobody_else(door: Door) -> None:
    door.account("wang.li")
    entered = door.enter(" Wang.Li ")
    assert isinstance(entered, In) and entered.next == "/today"
    session = asyncio.run(door.sessions.session(entered.session))
    assert session and session.caller.name == "account:wang.li" and session.device == "Chrome · Windows"
    assert [fact.TYPE for fact in door.heard.facts] == ["signed_in"]
    for name, password in (
        ("wang.li", "kestrel-moon-te"),
        ("wang.li", ""),
        ("nobody", GOOD),
        ("'; --", GOOD),
    ):
        assert refused(door, name, password) == "WrongSecret"
    told = [(kind.caller, kind.reason) for kind in door.heard.refusals]
    assert told[0][0] == "account:wang.li" and told[2][0] is None
    assert GOOD not in str(door.heard.refusals) and "nobody" not in str(door.heard.refusals)
    assert len({reason for _, reason in told}) == 1, "it does not say which of the two is wrong"


@pytest.mark.rule("R88")
def test_guessing_waits_ever_longer_and_a_known_browser_does_not(door: Door) -> None:
    door.account("liu")
    entered = door.enter("liu")
    assert isinstance(entered, In)
    known = From("", entered.device)
    assert [refused(door, "liu", "wrong") for _ in range(FREE)] == ["WrongSecret"] * FREE
    assert refused(door, "liu", GOOD) == "TryLater", "also the right one, else waiting protects nothing"
    door.later(29)
    assert refused(door, "liu", GOOD) == "TryLater"
    door.later(2)
    assert refused(door, "liu", "wrong") == "WrongSecret"
    door.later(31)
    assert refused(door, "liu", "wrong") == "TryLater", "it waits for twice as long"
    assert isinstance(door.enter("liu", where=known), In), "their own browser is not locked out"
    for _ in range(FREE + 12):
        refused(door, "liu", "wrong")
        door.later(LONGEST_SECONDS + 1)
    assert isinstance(door.enter("liu"), In), "nobody is locked out for longer than a quarter of an hour"
    assert [refused(door, "liu", "wrong", known) for _ in range(FREE * 2 + 1)][-1] == "TryLater"
    with door.changing() as changing:
        changing.do("unlock", "liu")
    assert isinstance(door.enter("liu"), In)


@pytest.mark.rule("R88")
def test_a_name_that_nobody_has_waits_like_one_that_somebody_has(door: Door) -> None:
    assert [refused(door, "ghost", GOOD) for _ in range(FREE + 1)] == ["WrongSecret"] * FREE + ["TryLater"]
    door.later(31)
    assert refused(door, "ghost", GOOD) == "WrongSecret"


@pytest.mark.rule("R88")
def test_tries_count_whichever_process_they_come_to(door: Door) -> None:
    """Of names that nobody has, as of others: else a second process would tell the two apart."""
    processes = [door.entering, door.another_process(), door.another_process()]
    for number in range(FREE):
        door.entering = processes[number % 3]
        assert refused(door, "phantom", GOOD) == "WrongSecret"
    for door.entering in processes:
        assert refused(door, "phantom", GOOD) == "TryLater"


@pytest.mark.rule("R88")
def test_a_one_time_code_is_followed_by_a_password_and_counts_once(door: Door) -> None:
    code = door.account("chen", password=None)
    assert code and refused(door, "chen", GOOD) == "WrongSecret"
    due = door.enter("chen", code.lower())
    assert isinstance(due, Next) and due.step == "password"
    for bad in ("short", "password1234", "chenchenchen"):
        with pytest.raises(BadField):
            asyncio.run(door.entering.with_new_password(due.id, bad, HERE))
    assert isinstance(asyncio.run(door.entering.with_new_password(due.id, GOOD, HERE)), In)
    with pytest.raises(StepGone):
        asyncio.run(door.entering.with_new_password(due.id, "another-good-one", HERE))
    assert refused(door, "chen", code) == "WrongSecret"
    assert isinstance(door.enter("chen"), In)
    late = door.account("late", password=None)
    door.later(3 * 24 * 3600 + 1)
    assert late and refused(door, "late", late) == "WrongSecret"


@pytest.mark.rule("R88")
def test_roles_with_power_have_a_second_factor_and_no_code_counts_twice(door: Door) -> None:
    door.account("pay", "payroll")
    secret, entered = door.enrol("pay")
    assert len(entered.codes) == 10
    due = door.enter("pay")
    assert isinstance(due, Next) and due.step == "code"
    totp = TOTP(secret)
    wrong = f"{(int(totp.at(door.now)) + 1) % 1_000_000:06}"
    for code in (wrong, "12345", "abcdef", totp.at(door.now)):
        with pytest.raises(WrongCode):
            door.code(due.id, code)
    with pytest.raises(TryLater):
        door.code(due.id, totp.at(door.now))
    door.later(60)
    assert isinstance(door.code(due.id, f" {totp.at(door.now)} "), In)
    again = door.enter("pay")
    assert isinstance(again, Next)
    with pytest.raises(WrongSecret):
        door.code(again.id, totp.at(door.now))
    assert isinstance(door.code(again.id, entered.codes[3].upper()), In)
    once_more = door.enter("pay")
    assert isinstance(once_more, Next)
    with pytest.raises(WrongSecret):
        door.code(once_more.id, entered.codes[3])
    door.later(601)
    with pytest.raises(StepGone):
        door.code(once_more.id, totp.at(door.now))
    methods = [getattr(fact, "method", None) for fact in door.heard.facts if fact.TYPE == "signed_in"]
    assert methods == ["password+totp", "password+totp", "password+recovery"]


@pytest.mark.rule("R88")
def test_no_secret_of_an_account_stands_readable_in_the_database(door: Door) -> None:
    code = door.account("secretive", password=None)
    door.account("factor", "payroll")
    secret, entered = door.enrol("factor")
    with connect(door.ledger.dsn, LEDGER) as connection:
        kept = str(connection.execute("select a::text from account a").fetchall())
        kept += str(connection.execute("select s::text from sign_in_step s").fetchall())
        kept += str(connection.execute("select j.data::text from journal j").fetchall())
        rows = connection.execute("select recovery from account where name = 'factor'").fetchall()
    assert code and not [each for each in (code, GOOD, secret, *entered.codes) if each in kept]
    assert bytes(rows[0][0][0]) == hashed(entered.codes[0].replace("-", ""))


def test_locking_resetting_and_removing_sign_out_and_leave_a_trace(door: Door) -> None:
    door.account("gone")

    def counts(entered: In | Next) -> bool:
        assert isinstance(entered, In)
        sessions = Sessions(Reading(door.ledger.pool, door.ledger.today, 5), Lifetime(), lambda: door.now)
        return asyncio.run(sessions.session(entered.session)) is not None

    entered = door.enter("gone")
    assert counts(entered)
    with door.changing() as changing:
        changing.do("lock", "gone")
    assert not counts(entered)
    assert refused(door, "gone", GOOD) == "WrongSecret"
    with door.changing() as changing:
        changing.do("unlock", "gone")
        code = changing.reset("gone", factor_too=True)
    assert refused(door, "gone", GOOD) == "WrongSecret"
    assert isinstance(door.enter("gone", code), Next)
    with door.changing() as changing:
        changing.change("gone", "auditor", None, None, ())
        changing.do("remove", "gone")
    for verb in ("lock", "unlock", "remove"):
        with door.changing() as changing, pytest.raises(UnknownAccount):
            changing.do(verb, "gone")
    with pytest.raises(AccountTaken):
        door.account("gone")
    with door.ledger.pool.connection() as connection:
        [left] = [each for each in accounts(connection.cursor()) if each.name == "gone"]
    assert left.removed_at and not left.password_hash and not left.code_hash and not left.devices
    with connect(door.ledger.dsn, LEDGER) as connection:
        rows = connection.execute(
            "select data->>'change', actor from journal where type = 'access_changed' "
            "and data->>'holder' = 'account:gone' order by position"
        ).fetchall()
    changes = "made locked unlocked reset second_factor_removed role_changed removed".split()
    assert rows == [(change, "os:root") for change in changes]


def test_an_account_is_of_a_person_a_role_and_a_scope_that_go_together(door: Door) -> None:
    for name, role, employee, scope, error in (
        ("Wang Li", "hr", None, None, BadField),
        ("x", "clerk", None, None, BadField),
        ("x", "integration", None, None, BadField),
        ("x", "employee", None, None, BadField),
        ("x", "hr", None, "planet", BadField),
        ("x", "employee", "E404", None, UnknownEmployee),
    ):
        with door.changing() as changing, pytest.raises(error):
            changing.make(name, role, employee, scope, (), GOOD)
    with door.ledger.pool.connection() as connection:
        assert "x" not in {each.name for each in accounts(connection.cursor())}
