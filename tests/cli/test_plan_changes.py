"""`plan override` says for whom it is asked before it opens anything."""

import pytest

from api import cli

OVERRIDE = "meritbook plan override selling clients 30 --from 2025-04-01 --reason r --by hr --approver boss"


@pytest.mark.parametrize("scopes", ["", "--branch SH --team T1", "--person E1 --branch SH"])
def test_an_override_is_for_one_branch_team_or_person(
    scopes: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", f"{OVERRIDE} {scopes}".split())
    with pytest.raises(SystemExit) as done:
        cli.main()
    assert done.value.code == 2
    assert "Give one of --branch, --team and --person." in capsys.readouterr().err
