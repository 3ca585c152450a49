"""Tokens: made once, kept as hashes, one guard for all roles."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from api.caller import Caller
from api.roles import MAY, MAY_RECORD, ROLES, Role
from api.tokens import Tokens, token_file
from domain.facts.registry import FACT_TYPES
from domain.refusals import NotAllowed


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(token_file(tmp_path / "home"))


def test_a_token_names_its_caller_and_only_its_hash_is_kept(tokens: Tokens, tmp_path: Path) -> None:
    token = tokens.make("payroll", "payroll.wang", None)
    caller = tokens.caller(token)
    assert caller is not None
    assert (caller.name, caller.role) == ("payroll.wang", "payroll")
    file = token_file(tmp_path / "home")
    assert token.removeprefix("mb_") not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert tokens.caller(token + "x") is None
    assert tokens.caller("") is None


def test_a_token_made_while_the_service_runs_counts_at_once(tokens: Tokens, tmp_path: Path) -> None:
    assert len(tokens) == 0
    token = Tokens(token_file(tmp_path / "home")).make("auditor", "audit", None)
    assert tokens.caller(token) is not None


def test_a_name_is_given_once(tokens: Tokens) -> None:
    tokens.make("hr", "hr", None)
    with pytest.raises(ValueError, match="named hr already"):
        tokens.make("hr", "hr", None)


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    ("role", "employee", "asked"),
    [
        ("employee", None, {}),
        ("employee", "E1", {"scope": "all"}),
        ("manager", None, {}),
        ("hr", None, {"scope": "self"}),
        ("hr", None, {"scope": "branch"}),
        ("hr", None, {"scope": "all", "branches": ("SH",)}),
        ("manager", "M1", {"branches": ("SH",)}),
    ],
)
def test_a_token_that_reaches_nobody_for_sure_is_not_made(
    tokens: Tokens, role: Role, employee: str | None, asked: dict[str, Any]
) -> None:
    """An employee reaches nobody else; a team is somebody's; a branch is named, or somebody's."""
    with pytest.raises(ValueError, match="give --"):
        tokens.make(role, "x", employee, **asked)
    assert tokens.entries() == []


@pytest.mark.rule("R88")
def test_a_token_that_names_no_scope_has_the_narrowest_of_its_role(tokens: Tokens) -> None:
    made = [tokens.make("employee", "e", "E1"), tokens.make("manager", "m", "M1"), tokens.make("hr", "h")]
    callers = [tokens.caller(token) for token in made]
    assert [caller and caller.scope for caller in callers] == ["self", "team", "all"]
    assert [caller and caller.within for caller in callers] == [{"E1"}, {"M1"}, None]


@pytest.mark.rule("R88")
def test_a_token_counts_until_the_instant_of_its_expiry(tmp_path: Path) -> None:
    """And not at it."""
    day = dt.datetime(2025, 3, 4, 9, tzinfo=dt.UTC)
    clock = [day]
    tokens = Tokens(token_file(tmp_path), lambda: clock[0])
    token = tokens.make("hr", "hr", days=1)
    for after, counts in ((0, True), (86_399, True), (86_400, False), (10**9, False)):
        clock[0] = day + dt.timedelta(seconds=after)
        assert (tokens.caller(token) is not None) is counts, after


@pytest.mark.rule("R88")
def test_a_revoked_token_stops_to_count_within_a_second_and_its_name_stays_taken(
    tokens: Tokens, tmp_path: Path
) -> None:
    token, other = tokens.make("hr", "hr"), tokens.make("hr", "hr2")
    assert tokens.caller(token) is not None
    elsewhere = Tokens(token_file(tmp_path / "home"))
    elsewhere.revoke("hr")
    until = time.monotonic() + 1
    while tokens.caller(token) is not None and time.monotonic() < until:
        time.sleep(0.01)
    assert tokens.caller(token) is None
    assert tokens.caller(other) is not None
    with pytest.raises(ValueError, match="was revoked"):
        elsewhere.revoke("hr")
    with pytest.raises(ValueError, match="no token named"):
        elsewhere.revoke("nobody")
    with pytest.raises(ValueError, match="named hr already"):
        elsewhere.make("hr", "hr")


def test_an_employee_reads_about_themselves_only() -> None:
    me = Caller(name="me", role="employee", employee="E1")
    me.require_about("E1")
    with pytest.raises(NotAllowed):
        me.require_about("E2")
    Caller(name="hr", role="hr", scope="all").require_about("E2")


def test_every_role_has_its_actions_and_nobody_writes_what_only_commands_write() -> None:
    assert set(MAY) == set(ROLES)
    for role, types in MAY_RECORD.items():
        assert "record" in MAY[role]
        assert types <= set(FACT_TYPES)
        assert not types & {"period_closed", "ledger_opened"}
    assert all("record" not in MAY[role] for role in set(ROLES) - set(MAY_RECORD))


def test_tokens_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    """Two people may run the command at once; neither's token is lost."""
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda n: Tokens(token_file(tmp_path)).make("auditor", f"a{n}", None), range(24))
        )
    kept = Tokens(token_file(tmp_path))
    assert all(kept.caller(token) is not None for token in made)
