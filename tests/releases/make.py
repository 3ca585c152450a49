"""Keeps a journal with every type of fact: `python tests/releases/make.py NAME`; without, its rows anew.

A journal once kept is never written again: whoever adds a type of fact teaches every_type.py to tell it and
keeps one journal more. Rows may be written anew when a read model takes another form, which its VERSION says.
"""

import sys
from pathlib import Path
from random import Random
from tempfile import mkdtemp

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from conftest import new_database  # noqa: E402
from faults.embedded_user import new_home  # noqa: E402
from given import LEDGER  # noqa: E402
from laws.simulation.sealing_laws import hand_over, seal  # noqa: E402
from laws.simulation.world import World  # noqa: E402
from releases.every_type import tell_all  # noqa: E402
from releases.folded_rows import rows_in  # noqa: E402
from verbatim import put, records_in  # noqa: E402

from api.embedded import EmbeddedPostgres  # noqa: E402
from api.exporting import export  # noqa: E402
from domain.journal import sealed  # noqa: E402
from domain.journal.connection import connect  # noqa: E402
from domain.journal.migrate import migrate  # noqa: E402
from projections import runner  # noqa: E402

CHANCE = "b"
"""A seed with which somebody is honoured and somebody erased."""


def keep(name: str, dsn: str, home: Path) -> None:
    """Tells a ledger every type of fact, seals it twice, and exports it to the directory `name`."""
    if HERE.joinpath(name).exists():
        sys.exit(f"{name} is kept already, for good; give this one a name of its own.")
    world = World(dsn, Path(mkdtemp(dir=home)), Random("release"))
    try:
        hand_over(world, Random(CHANCE))
        tell_all(world, Random(CHANCE))
        seal(world, Random(CHANCE))
        export(world.ledger, HERE / name)
        with world.ledger.journal.cursor() as cursor:
            (HERE / name / "log.vkey").write_text(f"{sealed.keys(cursor)[0].key}\n", "utf-8")
    finally:
        world.close()


def main() -> None:
    """Keeps what the command line names, and writes the rows of everything that is kept."""
    with new_home() as home, EmbeddedPostgres(home) as server:
        for name in sys.argv[1:]:
            with new_database(server.dsn) as dsn:
                keep(name, dsn, home)
        for place in sorted(each.parent for each in HERE.glob("*/records.ndjson")):
            with new_database(server.dsn) as dsn:
                migrate(dsn, LEDGER)
                put(dsn, LEDGER, records_in(place / "records.ndjson"))
                with connect(dsn, LEDGER, service=False) as connection:
                    runner.create(connection)
                runner.Runner(dsn, LEDGER).catch_up()
                with connect(dsn, LEDGER) as connection, connection.cursor() as cursor:
                    lines = [f"{line}\n" for line in rows_in(cursor)]
            (place / "rows.txt").write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
