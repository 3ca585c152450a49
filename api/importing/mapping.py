"""Mapping files: how the rows of one source become facts, written by who knows the firm's files."""

import fnmatch
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import yaml

from api.importing.dates import USUAL
from api.importing.rows import Unusable
from api.yaml_names import TextLoader

SUFFIX = ".mapping.yaml"
Format = Literal["csv", "xlsx", "ndjson", "json", "xapi", "facts"]
"""json: records of any JSON, xapi: statements of an LMS; facts: sent as facts, so no mapping is needed."""

_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
}


class _Part(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A part of a mapping document."""


class Since(_Part):
    """What a text means from a day on, until the next of its list."""

    from_: str = msgspec.field(name="from")
    is_: str = msgspec.field(name="is")


class Value(_Part):
    """Where the value of a field comes from.

    column, columns: one, or several put together with `join`. const: the same for every row.
    map: what each text of the file is called in the ledger, always or by the day on which it happened;
    otherwise: refuse, keep or leave out other texts.
    default: stands for an empty cell; without it an empty cell leaves the field out.
    money: currency of an amount in major units, or the column that holds it as `{column: …}`.
    as: how to read the text where the field leaves a choice; hours become minutes, a share of 60 without a
    sign is a percentage, one of 0.6 a fraction; an amount of 123450 may be in minor units already.
    """

    column: str | None = None
    columns: list[str] | None = None
    join: str = " "
    const: str | None = None
    map: dict[str, str | list[Since]] | None = None
    otherwise: Literal["refuse", "keep", "leave_out"] = "refuse"
    default: str | None = None
    money: "str | Value | None" = None
    as_: Literal["hours", "percent", "fraction", "minor"] | None = msgspec.field(default=None, name="as")
    formats: list[str] | None = None


class CellTest(_Part):
    """A condition on a cell. filled: whether it holds anything. not_: none of these."""

    filled: bool | None = None
    not_: list[str] | None = msgspec.field(default=None, name="not")


class Key(_Part):
    """What tells one row from all others for ever.

    columns: those that hold the row's own id. hash_of: where it has none, those whose text identifies it;
    the same text again in one file is counted on, so a second export of the file gives the same keys.
    """

    columns: list[str] | None = None
    hash_of: list[str] | None = None


class Dates(_Part):
    """How days are written, in which zone, and what time a day without one is given."""

    formats: list[str] = msgspec.field(default_factory=lambda: list(USUAL))
    zone: str = "Asia/Shanghai"
    at: str = "12:00"


class Instant(_Part):
    """When it happened: a column, or a day and a time in two columns. What is absent is as in `dates`."""

    columns: list[str]
    formats: list[str] | None = None
    zone: str | None = None
    at: str | None = None


class Reference(_Part):
    """Another fact, by the source, key columns and suffix that it was recorded under."""

    source: str
    key: str | list[str]
    suffix: str


class CreditRule(_Part):
    """A part of the credits, where a row names somebody for it: a share, or a fixed amount, taken off first.

    role: in the firm's own words, as `{const: …}` where no column says it.
    each: in JSON, the path to a list of such parts; the paths of the other fields then begin with @.
    """

    employee: str | Value
    role: str | Value
    each: str | None = None
    share: str | Value | None = None
    amount_minor: Value | None = None


Conditions = dict[str, str | list[str] | CellTest]


class FactRule(_Part):
    """One fact that a row may give.

    when: conditions that must all hold. suffix: ends the fact's key, `row-key#suffix`; its type where absent.
    key: of this fact, where it is not the row's. refers_to: the fact that a void or confirmation names.
    data: its fields; one that is a list of parts is written as the list of its parts, each with its fields.
    credits: who else has a part in it; a row that names nobody leaves all to its employee.
    """

    type: str
    occurred_at: str | Instant
    data: dict[str, str | Value | list[dict[str, str | Value]]] = {}
    attributes: dict[str, str | Value] = {}
    credits: list[CreditRule] = []
    when: Conditions = {}
    suffix: str | None = None
    key: str | list[str] | Key | None = None
    refers_to: Reference | None = None


class Mapping(_Part):
    """How the files of one source become facts.

    source: who says it, the first half of every idempotency key. files: patterns of file names.
    ignore: rows to pass over, such as totals; a row that meets any of the conditions is.
    records: in JSON, the path to the records; the whole body, or each member of its list, where it is absent.
    quarantine: whether a connector keeps what it refuses, until somebody mends, releases or discards it.
    clients: names of the tokens that a connector takes records from; every one that may write them if absent.
    """

    source: str
    key: str | list[str] | Key = ""
    facts: list[FactRule] = []
    files: list[str] = []
    note: str = ""
    format: Format | None = None
    records: str | None = None
    quarantine: Literal["on", "off"] = "on"
    clients: list[str] = []
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 1
    dates: Dates = msgspec.field(default_factory=Dates)
    ignore: list[Conditions] = []


class Problem(NamedTuple):
    """A fault of a mapping. path: where in the document, such as `facts[0].data.amount_minor`."""

    path: str
    message: str
    remedy: str


class MappingInvalid(Unusable):
    """A mapping file has faults; all of them are listed."""

    def __init__(self, file: Path, problems: Sequence[Problem]) -> None:
        lines = (f"{path}: {message} {remedy}" for path, message, remedy in problems)
        super().__init__(file, "\n  ".join(("The mapping has faults:", *lines)), "")
        self.problems = tuple(problems)


def load(file: Path) -> Mapping:
    """The mapping in `file`, its shape checked; `compiling` checks what it means.

    Raises: MappingInvalid; Unusable when the file cannot be read.
    """
    return shaped(document_in(file), file)


def document_in(file: Path) -> object:
    """What the YAML of `file` says, every scalar as text.

    Raises: MappingInvalid; Unusable when the file cannot be read.
    """
    try:
        return yaml.load(file.read_text("utf-8-sig"), TextLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(
            file, f"It cannot be read: {error}.", "Save it as UTF-8 text where this user may read it."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else "the document"
        problem = getattr(error, "problem", None) or str(error)
        fault = Problem(line, f"It is not YAML: {problem}.", "Check indentation, colons and quotation marks.")
        raise MappingInvalid(file, [fault]) from None


def shaped(document: object, file: Path) -> Mapping:
    """The mapping that `document` says. file: by which name faults speak of it.

    Raises: MappingInvalid.
    """
    try:
        return msgspec.convert(document, Mapping, strict=False)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        fault = Problem(
            path.rstrip("`").lstrip(".") or "the document", f"{message}.", "See docs/howto/import.md."
        )
        raise MappingInvalid(file, [fault]) from None


def format_of(mapping: Mapping, path: Path) -> Format:
    """What kind of file `path` is.

    Raises: Unusable when neither the mapping nor the ending of the name says so.
    """
    kind = mapping.format or _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise Unusable(
            path,
            f"The ending {path.suffix!r} says nothing.",
            "State `format` in the mapping: csv, xlsx, ndjson or json.",
        )
    return kind


def find(path: Path, loaded: dict[Path, Mapping]) -> Path:
    """The one mapping beside `path` with a pattern for it; mappings read on the way are left in `loaded`.

    Raises: MappingInvalid; Unusable when none or several fit.
    """
    beside = sorted(path.parent.glob(f"*{SUFFIX}"))
    for file in beside:
        if file not in loaded:
            loaded[file] = load(file)
    fitting = [
        file for file in beside if any(fnmatch.fnmatch(path.name, form) for form in loaded[file].files)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = ", ".join(file.name for file in fitting)
        raise Unusable(path, f"Several mappings have a pattern for it: {names}.", "State one with --mapping.")
    raise Unusable(path, f"No {SUFFIX} beside it has a pattern for it.", "State one with --mapping.")
