"""Question banks out of files: checked, and published."""

from pathlib import Path
from uuid import uuid4

from api.intake import Stored, Submission
from api.ops import SOURCE, Ledger, now, submit_one
from api.plan_text import with_lines
from api.planning import read_document
from domain.learning.bank import Bank, BankInvalid, read_bank
from domain.plan.parse import document_hash, plan_document
from projections.module_tests import BankVersion, banks_in_use


def check_bank(file: Path) -> Bank:
    """The bank in `file`.

    Raises: Malformed; BankInvalid with every fault and its line.
    """
    document = read_document(file, BankInvalid)
    try:
        return read_bank(document, file=str(file))
    except BankInvalid as invalid:
        raise BankInvalid(str(file), with_lines(invalid.problems, file.read_bytes())) from None


def publish_bank(ledger: Ledger, file: Path, *, actor: str) -> tuple[Bank, BankVersion | Stored]:
    """Lets tests be drawn from the bank in `file`; the version that is in use already is left as it is.

    Raises: Malformed, BankInvalid and the Refusals of the intake.
    """
    bank = check_bank(file)
    document = plan_document(read_document(file, BankInvalid))
    digest = document_hash(document)
    ledger.runner().catch_up()
    with ledger.pool.connection() as connection, connection.cursor() as cursor:
        in_use = next(iter(banks_in_use(cursor, bank.bank)), None)
    if in_use is not None and in_use.document_hash == digest:
        return bank, in_use
    submission = Submission(
        type="question_bank_published",
        source=SOURCE,
        key=f"question-bank-published/{uuid4().hex}",
        occurred_at=now(),
        data={"bank": bank.bank, "module": bank.module, "document": document, "document_hash": digest},
    )
    return bank, submit_one(ledger, submission, actor)
