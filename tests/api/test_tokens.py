"""Tokens: made once, kept as hashes, one guard for all roles."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.auth import Caller, Tokens, token_file
from api.roles import MAY, MAY_RECORD, ROLES
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


@pytest.mark.parametrize(("role", "employee"), [("employee", None), ("hr", "E1")])
def test_an_employees_token_and_no_other_belongs_to_a_person(
    tokens: Tokens, role: str, employee: str | None
) -> None:
    with pytest.raises(ValueError, match="one person"):
        tokens.make(role, "x", employee)  # type: ignore[arg-type]


def test_an_employee_reads_about_themselves_only() -> None:
    me = Caller(name="me", role="employee", employee="E1")
    me.require_about("E1")
    with pytest.raises(NotAllowed):
        me.require_about("E2")
    Caller(name="hr", role="hr").require_about("E2")


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
