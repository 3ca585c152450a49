"""Importing a CSV of visits: ours against the csv module with eventsourcing's recorder, and bare COPY.

Ours reads the file through a mapping, decides on every fact, writes it and reconciles source and ledger.
The peer reads the rows with the csv module and appends them a hundred a call, with a condition on their keys;
it checks nothing. The limit is COPY of finished rows into a table with the journal's columns and indexes.
"""

import csv
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from uuid import uuid4

from api.importing import import_files
from api.intake import Intake, Submission
from benchmarks.append import Floor, Peer
from benchmarks.scratch import LEDGER, database, options
from domain.facts.selling import VisitRecorded
from domain.journal.append import Journal
from domain.journal.master import InMemory
from domain.journal.migrate import migrate
from domain.journal.vault import Vault

PEOPLE = 200
MAPPING = """\
source: benchmark/visits
files: ["visits*.csv"]
key: visit
facts:
  - type: visit_recorded
    occurred_at: {columns: [day, time]}
    data: {employee: employee, customer: customer, department: department, minutes: minutes}
"""


def write_files(place: Path, rows: int) -> Path:
    """A mapping and a file of so many visits, none of which was ever seen."""
    (place / "visits.mapping.yaml").write_text(MAPPING, encoding="utf-8")
    path, beginning = place / f"visits-{uuid4().hex}.csv", uuid4().hex[:12]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("visit", "day", "time", "employee", "customer", "department", "minutes"))
        writer.writerows(
            (
                f"{beginning}-{index}",
                "2025-03-03",
                "09:30",
                f"E{index % PEOPLE}",
                f"H{index % 3000}",
                "骨科",
                45,
            )
            for index in range(rows)
        )
    return path


def hire(intake: Intake, now: dt.datetime) -> None:
    """Opens a branch and hires everybody who visits."""
    hired = {"hired_on": "2024-01-01", "branch": "BJ", "post": "seller"}
    said: list[tuple[str, str, dict[str, object]]] = [
        ("branch_opened", "BJ", {"branch": "BJ", "title": "Beijing", "opened_on": "2020-01-01"}),
        *(("employee_hired", f"E{n}", {"employee": f"E{n}", **hired}) for n in range(PEOPLE)),
    ]
    intake.submit(
        [
            Submission(type=type, source="benchmark/hr", key=key, occurred_at=now, data=data)
            for type, key, data in said
        ],
        actor="benchmark",
        now=now,
        atomic=True,
    )


def ours(intake: Intake, journal: Journal, now: dt.datetime, path: Path) -> None:
    """Imports the file as `meritbook import` does."""
    report = import_files(intake, journal, [path], actor="benchmark", now=now)
    if not all(file.reconciled for file in report.files):
        raise SystemExit(f"not imported as it should be: {report}")


def peers(peer: Peer, path: Path) -> None:
    """Reads the rows and appends them, a hundred a call."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = iter(csv.DictReader(file))
        while page := list(islice(rows, 100)):
            peer.append(list(_visits(page)))


def _visits(page: Sequence[dict[str, str]]) -> Iterator[tuple[str, VisitRecorded]]:
    for row in page:
        yield (
            row["visit"],
            VisitRecorded(
                employee=row["employee"],
                customer=row["customer"],
                department=row["department"],
                minutes=int(row["minutes"]),
            ),
        )


def rate(rows: int, work: Callable[[], None]) -> float:
    """Rows per second."""
    began = time.perf_counter()
    work()
    return rows / (time.perf_counter() - began)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs all three in turn."""
    parser = options(__doc__)
    parser.add_argument("--rows", type=int, default=50_000, help="rows of the file")
    parser.add_argument("--repeats", type=int, default=3, help="measured runs of each")
    chosen = parser.parse_args(arguments)
    now, rows = dt.datetime.now(dt.UTC), chosen.rows
    rates: dict[str, list[float]] = {"ours": [], "peer": [], "bare COPY": []}
    with database(chosen.dsn) as dsn, tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        migrate(dsn, LEDGER)
        journal = stack.enter_context(Journal(dsn, LEDGER))
        vault = Vault(LEDGER, InMemory())
        intake, floor, peer = Intake(journal, vault), Floor(dsn), Peer(dsn)
        stack.callback(floor.close)
        stack.callback(peer.store.close)
        hire(intake, now)
        for _ in range(chosen.repeats):
            path = write_files(Path(place), rows)
            rates["ours"].append(rate(rows, lambda path=path: ours(intake, journal, now, path)))
            few = write_files(Path(place), rows // 10)
            rates["peer"].append(rate(rows // 10, lambda path=few: peers(peer, path)))
            floor.prepare(rows)
            rates["bare COPY"].append(rate(rows, lambda: floor.copy(rows)))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, median in medians.items():
        print(f"{name:<12}{median:>12,.0f} rows/s   ours is {medians['ours'] / median:.2f} of it")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
