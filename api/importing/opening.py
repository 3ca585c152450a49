"""Pairing files with their mappings, and opening them."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from api.importing.compiling import Compiled, compiled
from api.importing.csv_table import CsvTable
from api.importing.json_table import JsonTable
from api.importing.mapping import SUFFIX, Mapping, find, format_of, load
from api.importing.ndjson_table import NdjsonTable
from api.importing.rows import Table, Unusable
from api.importing.xlsx_table import XlsxTable

_FIRST = {"branch_opened": 0, "employee_hired": 1}
_OTHERS, _REFERRING = 2, 3


class Job(NamedTuple):
    """A file, and the mapping for it."""

    path: Path
    mapping_file: Path
    mapping: Compiled

    @property
    def rank(self) -> int:
        """Its place in an import: others speak of branches and people, and voids speak of others."""
        ranks = (
            _FIRST.get(fact.type, _REFERRING if fact.target else _OTHERS) for fact in self.mapping.makers
        )
        return min(ranks)


def jobs(paths: Sequence[Path], mapping: Path | None) -> Iterator[Job]:
    """Each file with `mapping`, or with the one beside it that has a pattern for its name.

    Raises: Unusable, MappingInvalid.
    """
    loaded: dict[Path, Mapping] = {}
    ready: dict[Path, Compiled] = {}
    for path in paths:
        if path.name.endswith(SUFFIX):
            continue  # a wildcard such as folder/* names the mappings too
        if not path.is_file():
            raise Unusable(path, "There is no such file.", "Check the name.")
        file = mapping or find(path, loaded)
        if file not in ready:
            ready[file] = compiled(loaded.get(file) or load(file), file)
        yield Job(path, file, ready[file])


def open_table(job: Job, files: ExitStack) -> Table:
    """The records of a file, open until `files` is closed.

    Raises: Unusable, also when it lacks columns that its mapping reads.
    """
    table = _table(job.path, job.mapping.mapping, files)
    if table.columns is not None:
        missing = sorted(job.mapping.columns - set(table.columns))
        if missing:
            detail = f"It lacks columns that {job.mapping_file.name} reads: {', '.join(missing)}."
            has = ", ".join(name for name in table.columns if name)
            raise Unusable(job.path, detail, f"It has {has}. Mend the mapping or the export.")
    return table


def sha256(path: Path) -> str:
    """SHA-256 of the bytes of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table(path: Path, mapping: Mapping, files: ExitStack) -> Table:
    kind = format_of(mapping, path)
    try:
        file = files.enter_context(path.open("rb"))
    except OSError as error:
        raise Unusable(path, f"It cannot be opened: {error.strerror}.", "Check who may read it.") from None
    match kind:
        case "csv":
            return CsvTable(
                file,
                path,
                encoding=mapping.encoding,
                delimiter=mapping.delimiter,
                header_row=mapping.header_row,
            )
        case "ndjson":
            return NdjsonTable(file, path, encoding=mapping.encoding)
        case "json":
            return JsonTable(file, path, records=mapping.records)
        case "xapi" | "facts":
            raise Unusable(
                path, f"A mapping of the format {kind} reads no files.", "Send its records over HTTP."
            )
        case "xlsx":
            table = XlsxTable(path, sheet=mapping.sheet, header_row=mapping.header_row)
            files.callback(table.close)
            return table
