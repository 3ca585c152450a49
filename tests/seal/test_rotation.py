"""A key is replaced in the middle of the log: one checkpoint, signed by both, names the next."""

from pathlib import Path

import pytest
from given import LEDGER, NOW, visits
from sealing import checkpoints, newest, require_true, seal_home, sealer

from domain.journal import sealed
from domain.journal.append import Journal
from domain.journal.seal_home import HomeUnusable, SealHome
from domain.journal.sealer import Sealer, StandsStill
from domain.journal.signing import new_signer


@pytest.fixture
def facts(journal: Journal) -> Journal:
    """A journal of three facts."""
    journal.append(visits(3), now=NOW)
    return journal


def test_one_checkpoint_links_the_old_key_to_the_new(facts: Journal, ledger_dsn: str, tmp_path: Path) -> None:
    seal = sealer(ledger_dsn, tmp_path)
    seal.catch_up()
    old = seal_home(tmp_path).signer()
    new = seal.rotate()
    facts.append(visits(2), now=NOW)
    seal.catch_up()
    assert old is not None and new != old.key and new.name == old.key.name
    before, link, after = checkpoints(facts)
    both = [old.key, new]
    assert [each.note.signers(both) for each in (before, link, after)] == [[old.key], both, [new]]
    assert (link.checkpoint.successor, link.hands_over) == (new, True)
    assert (after.checkpoint.successor, after.hands_over) == (None, False)
    with facts.cursor() as cursor:
        assert sealed.keys(cursor) == [(old.key, True), (new, True)]
    require_true(facts)
    assert not seal_home(tmp_path).next_key_file.exists()


def test_a_service_that_runs_takes_the_new_key_up(facts: Journal, ledger_dsn: str, tmp_path: Path) -> None:
    running = sealer(ledger_dsn, tmp_path)
    running.catch_up()
    new = sealer(ledger_dsn, tmp_path).rotate()
    facts.append(visits(1), now=NOW)
    running.catch_up()
    assert newest(facts).note.signers([new]) == [new]


def test_a_rotation_that_was_killed_before_the_file_moved_is_finished(
    facts: Journal, ledger_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = sealer(ledger_dsn, tmp_path)
    seal.catch_up()
    with monkeypatch.context() as killed:
        killed.setattr(SealHome, "promote", lambda home, key: False)
        new = seal.rotate()
    facts.append(visits(1), now=NOW)
    sealer(ledger_dsn, tmp_path).catch_up()
    assert newest(facts).note.signers([new]) == [new]
    require_true(facts)


def test_a_rotation_that_was_killed_before_the_commit_is_done_again_with_the_same_key(
    facts: Journal, ledger_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = sealer(ledger_dsn, tmp_path)
    seal.catch_up()
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(Sealer, "_register", _killed)
        seal.rotate()
    drawn = seal_home(tmp_path).next_signer()
    facts.append(visits(1), now=NOW)
    seal.catch_up()
    assert drawn is not None
    assert seal.rotate() == drawn.key
    require_true(facts)


def test_a_lost_key_is_replaced_without_a_link(facts: Journal, ledger_dsn: str, tmp_path: Path) -> None:
    seal = sealer(ledger_dsn, tmp_path)
    seal.catch_up()
    seal_home(tmp_path).key_file.unlink()
    with pytest.raises(StandsStill):
        seal.rotate()
    new = seal.rotate(lost=True)
    facts.append(visits(1), now=NOW)
    seal.catch_up()
    with facts.cursor() as cursor:
        assert [each.linked for each in sealed.keys(cursor)] == [True, False]
    assert not any(each.hands_over for each in checkpoints(facts))
    assert newest(facts).note.signers([new]) == [new]


def test_keys_from_the_environment_never_touch_the_home(
    facts: Journal, ledger_dsn: str, tmp_path: Path
) -> None:
    first, second = new_signer("meritbook/huikang"), new_signer("meritbook/huikang")
    home = SealHome(tmp_path / "seal", LEDGER, first)
    Sealer(ledger_dsn, LEDGER, home).catch_up()
    with pytest.raises(HomeUnusable, match="MERITBOOK_SEAL_KEY_NEXT"):
        Sealer(ledger_dsn, LEDGER, home).rotate()
    Sealer(ledger_dsn, LEDGER, SealHome(tmp_path / "seal", LEDGER, first, second)).rotate()
    facts.append(visits(1), now=NOW)
    Sealer(ledger_dsn, LEDGER, SealHome(tmp_path / "seal", LEDGER, second)).catch_up()
    assert newest(facts).checkpoint.origin == "meritbook/huikang"
    assert newest(facts).note.signers([second.key]) == [second.key]
    assert [path.name for path in (tmp_path / "seal").iterdir()] == [f"{LEDGER}.checkpoint"]
    require_true(facts)


def test_a_key_that_others_may_read_is_not_used(facts: Journal, ledger_dsn: str, tmp_path: Path) -> None:
    seal = sealer(ledger_dsn, tmp_path)
    seal.catch_up()
    facts.append(visits(1), now=NOW)
    seal_home(tmp_path).key_file.chmod(0o644)
    with pytest.raises(HomeUnusable, match="chmod 600"):
        seal.catch_up()


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
