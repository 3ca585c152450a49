"""A mapping tried on a file of records, against a ledger in which nothing is stored."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from api.connectors.documents import Connector, check_connector
from api.connectors.receipts import ConnectorReceipt, receipt
from api.connectors.taking import take
from api.importing.opening import Job, open_table
from api.importing.rows import Unusable
from api.intake import Outcome, Rehearsal, Submission
from api.ops import Ledger, now


def try_file(ledger: Ledger, mapping: Path, file: Path) -> ConnectorReceipt:
    """What the records in `file` would give.

    Raises: MappingInvalid, Unusable.
    """
    _, ready = check_connector(mapping)
    if not file.is_file():
        raise Unusable(file, "There is no such file.", "Check the name.")
    rehearsal = Rehearsal()

    def submit(submissions: Sequence[Submission]) -> list[Outcome]:
        return ledger.intake.submit(
            submissions, actor="meritbook connector try", now=now(), atomic=False, rehearsal=rehearsal
        )

    with ExitStack() as files:
        rows = list(open_table(Job(file, mapping, ready), files).rows())
    told = take(rows, ready, file.name, submit)
    return receipt(Connector(mapping.name, 0, "", ready), told, {}, dry_run=True)
