"""Accounts from the command line: made, listed, changed, locked, reset and removed, each in the trail."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from commanded import ran
from conftest import new_database
from given import LEDGER

from domain.journal.connection import connect

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, str]]:
    """A ledger that was opened, and what runs a command about accounts."""
    with new_database(postgres, template) as dsn:
        home: Path = tmp_path_factory.mktemp("home")
        environment = {
            "MERITBOOK_HOME": str(home),
            "MERITBOOK_DATABASE_URL": dsn,
            "MERITBOOK_LEDGER": LEDGER,
        }
        assert ran(environment, "migrate").returncode == 0
        assert ran(environment, "init", "--name", "firm").returncode == 0
        yield lambda *arguments: ran(environment, "account", *arguments), dsn


@pytest.mark.rule("R88")
def test_an_account_from_its_making_to_its_end(firm: tuple[Run, str]) -> None:
    run, dsn = firm
    made = run("make", "li.zong", "--role", "payroll", "--json")
    assert made.returncode == 0, made.stderr
    code = json.loads(made.stdout)["code"]
    assert len(code) >= 16

    def listed() -> dict[str, object]:
        answer = run("list", "--json")
        assert answer.returncode == 0 and code not in answer.stdout
        [found] = json.loads(answer.stdout)
        return dict(found)

    first = listed()
    assert (first["role"], first["scope"], first["has_password"], first["locked_at"]) == (
        "payroll",
        "all",
        False,
        None,
    )
    with connect(dsn, LEDGER, autocommit=True) as connection:
        connection.execute("update account set failures = 6, failed_at = '2025-03-04 10:00+08'")
    shown = run("list").stdout
    assert "account make" not in shown and "li.zong: payroll" in shown
    assert "6 wrong tries, the last at 2025-03-04" in shown and listed()["wrong_tries"] == 6
    assert run("change", "li.zong", "--role", "auditor").stdout == "The account li.zong is changed.\n"
    assert run("lock", "li.zong").returncode == 0 and listed()["locked_at"] is not None
    assert json.loads(run("unlock", "li.zong", "--json").stdout) == {"name": "li.zong", "done": "unlocked"}
    assert listed()["wrong_tries"] == 0
    again = run("reset", "li.zong", "--second-factor")
    assert again.returncode == 0 and again.stdout.strip() not in ("", code)
    assert run("remove", "li.zong").returncode == 0
    gone = listed()
    assert gone["removed_at"] is not None and gone["role"] == "auditor"
    with connect(dsn, LEDGER) as connection:
        trail = connection.execute(
            "select data ->> 'change', actor from journal where type = 'access_changed' order by position"
        ).fetchall()
    assert [change for change, _ in trail] == [
        "made",
        "role_changed",
        "locked",
        "unlocked",
        "reset",
        "second_factor_removed",
        "removed",
    ]
    assert all(actor.startswith("os:") for _, actor in trail)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("make", "Wang Li", "--role", "hr"), "cannot name an account"),
        (("make", "wang.li", "--role", "boss"), "boss"),
        (("make", "wang.li", "--role", "manager"), "employee"),
        (("make", "wang.li", "--role", "manager", "--employee", "nobody"), "nobody"),
        (("lock", "nobody"), "nobody"),
        (("reset", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    firm: tuple[Run, str], arguments: tuple[str, ...], said: str
) -> None:
    answer = firm[0](*arguments)
    assert answer.returncode in (1, 2)
    assert said in answer.stderr, answer.stderr
    assert "Traceback" not in answer.stderr
