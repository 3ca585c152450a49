"""Import of a firm's files: read, translate, submit, reconcile."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from api.importing.opening import Job, jobs, open_table, sha256
from api.importing.reconciling import Reconciliation
from api.importing.report import Fault, FileReport, ImportReport
from api.importing.rows import BadRow, Row, Unusable
from api.importing.translating import Made, Translator
from api.intake import Intake, Outcome, Refused, Rehearsal, Stored, Submission
from domain.journal.append import Journal
from domain.refusals import (
    DealAlreadyClosed,
    Refusal,
    UnknownBranch,
    UnknownDeal,
    UnknownEmployee,
    UnknownFact,
    Withheld,
)

BATCH = 5_000
MAX_WAITING = 20_000
"""Facts of a file that wait for others, such as people for their manager; more are refused at once."""

_MAY_PASS = (DealAlreadyClosed, UnknownBranch, UnknownDeal, UnknownEmployee, UnknownFact)
"""What a later row can change: it hires, opens, closes a deal, or voids the deal that stands in the way."""


class Progress(NamedTuple):
    """How far an import is. share: of the file, 0 to 1. rows: of the file, so far."""

    file: Path
    share: float
    rows: int


class Errand(NamedTuple):
    """What all files of one import have in common. rehearsal: where nothing is to be stored.

    on_refused: hears of each refused row, what it gave and what is wrong with it. permit: lets each fact
    pass, or says why it may not be written; all may where it is None.
    """

    intake: Intake
    journal: Journal
    actor: str
    now: dt.datetime
    on_progress: Callable[[Progress], None] | None
    rehearsal: Rehearsal | None = None
    on_refused: Callable[[Row, Sequence[Made], Sequence[Fault]], None] | None = None
    permit: Callable[[Submission], Submission | Refusal] | None = None

    def submit(self, batch: Sequence[Made]) -> list[Outcome]:
        """What became of each; what may not be written never comes before the intake."""
        permit = self.permit
        asked = [each.submission if permit is None else permit(each.submission) for each in batch]
        permitted = [each for each in asked if isinstance(each, Submission)]
        outcomes = iter(
            self.intake.submit(
                permitted, actor=self.actor, now=self.now, atomic=False, rehearsal=self.rehearsal
            )
        )
        return [next(outcomes) if isinstance(each, Submission) else Refused(each) for each in asked]


def import_file(job: Job, errand: Errand) -> FileReport:
    """Imports one file by a mapping that is at hand.

    Raises: Unusable before anything is stored.
    """
    with ExitStack() as files:
        open_table(job, files)
    [report] = _run([job], errand)
    return report


def import_files(
    intake: Intake,
    journal: Journal,
    paths: Sequence[Path],
    *,
    actor: str,
    now: dt.datetime,
    mapping: Path | None = None,
    dry_run: bool = False,
    atomic: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Imports files: those that open branches first, then those that hire, then the others, then voids.

    mapping: for all of them; else each has the one mapping beside it with a pattern for its name.
    atomic: one refused row in any file withholds them all. dry_run: everything is checked and nothing stored.
    Raises: Unusable before anything is stored, for a faulty mapping as MappingInvalid.
    """
    todo = sorted(jobs(paths, mapping), key=lambda job: job.rank)
    for job in todo:
        with ExitStack() as files:
            open_table(job, files)
    errand = Errand(intake, journal, actor, now, on_progress)
    if dry_run or atomic:
        tried = _run(todo, errand._replace(rehearsal=Rehearsal()))
        if dry_run:
            return ImportReport(mode="dry-run", files=tried)
        if any(report.rows_refused or report.broke_off for report in tried):
            return ImportReport(mode="withheld", files=tried)
    return ImportReport(mode="stored", files=_run(todo, errand))


def _run(todo: Sequence[Job], errand: Errand) -> list[FileReport]:
    """Takes in the files, then what waited for rows further down or in another file."""
    files = [FileImport(job, errand) for job in todo]
    for file in files:
        file.read()
    while sum(file.settle() for file in files):
        pass
    return [file.close() for file in files]


class FileImport:
    """One file on its way into the ledger."""

    def __init__(self, job: Job, errand: Errand) -> None:
        self._job, self._errand = job, errand
        self._translator = Translator(job.mapping, job.path.name)
        self._balance = Reconciliation()
        self._batch: list[Made] = []
        self._in_batch: set[tuple[str, str]] = set()
        self._waiting: list[Made] = []
        self._report = FileReport(
            file=str(job.path),
            mapping=str(job.mapping_file),
            source=job.mapping.mapping.source,
            sha256=sha256(job.path),
        )

    def read(self) -> None:
        """Takes in the whole file, batch by batch."""
        report = self._report
        with ExitStack() as files:
            table = open_table(self._job, files)
            report.encoding = table.encoding
            named = table.columns or ()
            report.unused_columns = [name for name in named if name and name not in self._job.mapping.columns]
            try:
                for row in table.rows():
                    self._take(row)
                    if len(self._batch) >= BATCH:
                        self._flush()
                        self._tell(table.progress())
            except Unusable as broken:
                report.broke_off = str(broken)
            self._flush()
            self._tell(1.0)

    def settle(self) -> bool:
        """Submits again what waited; whether that let something in."""
        waiting, self._waiting = self._waiting, []
        self._submit(waiting, may_wait=True)
        return len(self._waiting) < len(waiting)

    def close(self) -> FileReport:
        """Refuses what still waits; the report."""
        waiting, self._waiting = self._waiting, []
        self._submit(waiting, may_wait=False)
        self._report.faults.sort(key=lambda fault: fault.line)
        self._balance.close(self._report, stored=self._errand.rehearsal is None)
        return self._report

    def _take(self, row: Row | BadRow) -> None:
        self._report.rows_read += 1
        if isinstance(row, BadRow):
            self._report.rows_refused += 1
            self._report.tell(self._translator.unread(row))
            return
        translation = self._translator.translate(row)
        if translation.faults:
            self._report.rows_refused += 1
            for fault in translation.faults:
                self._report.tell(fault)
            self._tell_refused(row, (), translation.faults)
            for untold in translation.untold:
                self._balance.missed(untold)
        elif not translation.made:
            self._report.rows_passed_over += 1
        self._report.facts_made += len(translation.made)
        # A reference is looked up in the journal, so what it names must stand there.
        if any(made.submission.refers_to in self._in_batch for made in translation.made):
            self._flush()
        self._batch += translation.made
        self._in_batch.update((made.submission.source, made.submission.key) for made in translation.made)

    def _flush(self) -> None:
        batch, self._batch = self._batch, []
        self._in_batch.clear()
        self._submit(batch, may_wait=True)

    def _submit(self, batch: list[Made], may_wait: bool) -> None:
        if not batch:
            return
        errand = self._errand
        outcomes = errand.submit(batch)
        accepted: list[Made] = []
        for row in _rows(zip(batch, outcomes, strict=True)):
            refusals = [outcome.refusal for _, outcome in row if isinstance(outcome, Refused)]
            room = may_wait and len(self._waiting) + len(row) <= MAX_WAITING
            if room and any(isinstance(refusal, _MAY_PASS) for refusal in refusals):
                self._waiting += [made for made, _ in row]
                continue
            self._report.rows_refused += bool(refusals)
            if refusals:
                faults = [
                    self._translator.fault(made, outcome)
                    for made, outcome in row
                    if isinstance(outcome, Refused) and not isinstance(outcome.refusal, Withheld)
                ]
                self._tell_refused(row[0][0].row, [made for made, _ in row], faults)
            for made, outcome in row:
                if isinstance(outcome, Refused):
                    self._refuse(made, outcome)
                elif self._accept(made, outcome):
                    accepted.append(made)
        if errand.rehearsal is None and accepted:
            with errand.journal.cursor() as cursor:
                self._balance.accepted(accepted, errand.intake, cursor)

    def _tell_refused(self, row: Row, made: Sequence[Made], faults: Sequence[Fault]) -> None:
        if self._errand.on_refused is not None:
            self._errand.on_refused(row, made, faults)

    def _refuse(self, made: Made, refused: Refused) -> None:
        self._report.refused += 1
        self._balance.refused(made)
        if not isinstance(refused.refusal, Withheld):
            self._report.tell(self._translator.fault(made, refused))

    def _accept(self, made: Made, stored: Stored) -> bool:
        """Counts a fact that the ledger holds; whether this file gives it for the first time."""
        if stored.position and self._balance.repeats(stored):
            self._report.repeated += 1
            self._balance.repeated(made)
            return False
        if stored.hit:
            self._report.hits += 1
        else:
            self._report.stored += 1
        return True

    def _tell(self, share: float) -> None:
        if self._errand.on_progress is not None:
            self._errand.on_progress(Progress(self._job.path, share, self._report.rows_read))


def _rows(pairs: Iterable[tuple[Made, Outcome]]) -> Iterator[list[tuple[Made, Outcome]]]:
    """Submissions with what became of them, those of one row together."""
    for _, group in groupby(pairs, key=lambda pair: pair[0].row.line):
        yield list(group)
