"""What was sealed is not altered by anybody, and checkpoints are thinned out by one rule."""

import datetime as dt
from pathlib import Path

import psycopg
import pytest
from given import LEDGER, NOW, visits
from sealing import seal_home, sealer

from domain.journal import sealer as sealing
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.sealer import Sealer


@pytest.mark.parametrize(
    "alteration",
    [
        "update tile_part set hashes = hashes",
        "delete from tile_part",
        "truncate tile_part",
        "update checkpoint set note = ''",
        "truncate checkpoint cascade",
        "delete from checkpoint",
        "update seal_key set linked = false",
        "delete from seal_key",
        "update cosignature set line = ''",
    ],
)
def test_nothing_sealed_is_altered_even_by_the_owner(
    journal: Journal, ledger_dsn: str, tmp_path: Path, alteration: str
) -> None:
    journal.append(visits(3), now=NOW)
    sealer(ledger_dsn, tmp_path).catch_up()
    for service in (True, False):
        with (
            connect(ledger_dsn, LEDGER, service=service) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(alteration.encode())


def test_old_checkpoints_are_thinned_to_the_last_of_their_hour(
    journal: Journal, ledger_dsn: str, tmp_path: Path
) -> None:
    """And to the last cosigned one of it; those of the last day all stay."""
    start = dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0) - dt.timedelta(days=2)
    instants = iter([start + dt.timedelta(minutes=minutes) for minutes in (1, 2, 3, 61, 62)])
    late = dt.datetime.now(dt.UTC)
    home = seal_home(tmp_path)
    seal = Sealer(ledger_dsn, LEDGER, home, clock=lambda: next(instants, late))
    home.first_signer()
    with connect(ledger_dsn, LEDGER, autocommit=True) as connection:
        signer = home.signer()
        assert signer is not None
        connection.execute("insert into seal_key values (1, %s, true, now())", [str(signer.key)])
    for _ in range(7):
        journal.append(visits(1), now=NOW)
        seal.catch_up()
    with connect(ledger_dsn, LEDGER, autocommit=True) as connection:
        connection.execute("insert into cosignature values (2, 'w+1+x', 'line', now())")
        connection.execute(sealing.THIN)
        kept = connection.execute("select number from checkpoint order by number").fetchall()
    assert [number for (number,) in kept] == [2, 3, 5, 6, 7]
