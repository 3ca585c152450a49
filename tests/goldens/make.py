"""Writes the goldens anew: `python tests/goldens/make.py`. What then differs in git moves somebody's pay.

A change of a statement needs a decision record that says whose; a new case of its own needs none.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1])]

from faults.embedded_user import new_home  # noqa: E402
from firms import FIRMS  # noqa: E402

from api.embedded import EmbeddedPostgres  # noqa: E402
from api.results_file import closed_results, write_results  # noqa: E402
from domain.journal.append import Journal  # noqa: E402
from domain.journal.migrate import migrate  # noqa: E402
from domain.journal.record import record_line  # noqa: E402


def main() -> None:
    """Tells every firm its history, and writes its records and what it paid."""
    with new_home() as home, EmbeddedPostgres(home) as server:
        for name, make in FIRMS.items():
            migrate(server.dsn, name)
            with Journal(server.dsn, name) as journal:
                make(journal, server.dsn, name)
                lines = [record_line(record) for record in journal.read()]
                (HERE / f"{name}.records.ndjson").write_bytes(b"".join(line + b"\n" for line in lines))
                with journal.cursor() as cursor, (HERE / f"{name}.statements.ndjson").open("wb") as sink:
                    written = write_results(sink, closed_results(cursor))
            sys.stderr.write(f"{name}: {len(lines)} records, {written} statements\n")


if __name__ == "__main__":
    main()
