"""Import of the files that a firm has: CSV, XLSX and NDJSON, through mapping files, into the ledger."""

from api.importing.importing import Progress, import_files
from api.importing.mapping import MappingInvalid, Problem
from api.importing.report import Balance, Fault, FileReport, ImportReport
from api.importing.rows import Unusable

__all__ = [
    "Balance",
    "Fault",
    "FileReport",
    "ImportReport",
    "MappingInvalid",
    "Problem",
    "Progress",
    "Unusable",
    "import_files",
]
