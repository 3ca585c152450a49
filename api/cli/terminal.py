"""How commands speak: results on standard output, all else on standard error, exit status 0, 1 or 2."""

import os
import sys
from collections.abc import Callable, Generator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from api.payslip_words import Lang
    from api.settings import Settings
    from domain.plan.fields import Title
    from domain.plan.problems import FaultyDocument

FAILED = 1
USAGE = 2
PIPE_COLUMNS = 200

Scheduler = Annotated[
    str | None,
    typer.Option(
        help="Who computes: local:N processes here, or a Dask cluster, tls://host:8786. Else this process."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for programs.")]
LANGUAGE_VARIABLE = "MERITBOOK_LANG"
_WORDED = frozenset({"state", "what", "told", "to", "move", "level"})
"""Headings under which stand words of the program, not ids or words of the firm."""
Language = Annotated[
    Literal["en", "zh"], typer.Option(envvar=LANGUAGE_VARIABLE, help="Language of the sentences.")
]


class Failed(Exception):
    """A command could not do its work. remedy: what the reader can do about it."""

    def __init__(self, detail: str, remedy: str, status: int = FAILED) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.status = status


def take_language(environment: MutableMapping[str, str]) -> None:
    """Speaks Chinese where the locale is Chinese and MERITBOOK_LANG says nothing else."""
    said = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), ""
    )
    if said.startswith("zh"):
        environment.setdefault(LANGUAGE_VARIABLE, "zh")


def language() -> "Lang":
    """In which language commands speak."""
    return "zh" if os.environ.get(LANGUAGE_VARIABLE) == "zh" else "en"


def say(key: str, **values: object) -> str:
    """A sentence of `web/words/cli.yaml` in that language."""
    from api.pages.words import told

    return told(language(), f"cli.{key}", values)


def settings() -> "Settings":
    """The settings in the environment.

    Raises: Failed with the status of a wrong usage.
    """
    from api.embedded.account import default_home
    from api.settings import SettingRefused, read_settings

    try:
        return read_settings(os.environ, default_home())
    except SettingRefused as refused:
        raise Failed(str(refused), "", USAGE) from None


def output() -> "Console":
    """Where results go."""
    from rich.console import Console

    # A pipe has no width; lines that are cut at 80 columns would lose what programs look for.
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPE_COLUMNS)


def notes() -> "Console":
    """Where progress and messages go."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def print_json(result: object) -> None:
    """Writes `result` as JSON to standard output."""
    import msgspec

    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(result, enc_hook=str)) + b"\n")
    sys.stdout.flush()


@contextmanager
def progress(title: str, total: float | None, quiet: bool = False) -> Generator[Callable[..., None]]:
    """A bar on standard error while something long is done; gives the function that says how far it is.

    It also takes the `title` of what is done from then on, and the `total` of that.
    """
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=notes(),
        transient=True,
        disable=quiet or not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(title, total=total)

        def reach(done: float, title: str | None = None, total: float | None = None) -> None:
            bar.update(task, completed=done, description=title, total=total)

        yield reach


def say_failure(detail: str, remedy: str, lang: "Lang | None" = None) -> None:
    """One clear message on standard error. lang: in which it is said already; else it is put into words."""
    from rich.markup import escape

    from api.problem_words import told

    if lang is None:
        lang = language()
        detail, remedy = told(detail, lang), told(remedy, lang)
    console = notes()
    mark = "错误：" if lang == "zh" else "error: "
    console.print(f"[bold red]{mark}[/]{escape(detail)}", soft_wrap=True)
    if remedy:
        console.print(f"       {escape(remedy)}", soft_wrap=True)


def tell_faults(file: Path, faulty: "FaultyDocument", json: bool, lang: "Lang") -> None:
    """Everything that is wrong with a document: for a program, or a line and a remedy each."""
    from api.problem_words import told

    if json:
        print_json({"file": str(file), "problems": faulty.problems})
        return
    for problem in faulty.problems:
        at = f"{file}:{problem.line}" if problem.line else str(file)
        place = f"{at}: {problem.path}" if problem.path else at
        say_failure(f"{place}: {told(problem.message, lang)}", told(problem.remedy, lang), lang)


def expected_failure(error: BaseException) -> tuple[str, str, int] | None:
    """Detail, remedy and exit status of an error that a user may well meet; None for a bug."""
    from psycopg import OperationalError

    from api.backup import BackupRefused
    from api.cluster.failure import ClusterFailed
    from api.embedded.failure import EmbeddedFailed
    from api.importing import Unusable
    from api.ops import NotReady
    from api.workers import WorkersFailed
    from domain.journal.migrate import MigrationFailed
    from domain.journal.seal_home import HomeUnusable
    from domain.journal.sealer import StandsStill
    from domain.refusals import Refusal
    from projections.compare import UpgradeDiffers
    from projections.put_away import NothingPutAway
    from projections.replay import UnknownReadModel
    from projections.runner import RebuildNeeded, UnfoldableFact
    from projections.scratch import ScratchInUse

    match error:
        case Failed():
            return error.detail, error.remedy, error.status
        case Refusal():
            return f"{error.field}: {error.detail}" if error.field else error.detail, error.remedy, FAILED
        case EmbeddedFailed():
            return error.what, f"{error.remedy[:1].upper()}{error.remedy[1:]}", FAILED
        case NotReady() | BackupRefused() | ClusterFailed() | WorkersFailed():
            return error.detail, error.remedy, FAILED
        case RebuildNeeded():
            return "Read models have to be built anew.", str(error), FAILED
        case Unusable():
            return str(error), "", USAGE
        case StandsStill():
            return error.why, error.remedy, FAILED
        case HomeUnusable():
            return str(error), "", FAILED
        case MigrationFailed() | UnfoldableFact() | ScratchInUse() | UnknownReadModel() | NothingPutAway():
            return str(error), "", FAILED
        case UpgradeDiffers():
            remedy = (
                f"Nothing was switched. If that is meant: meritbook upgrade --accept {error.difference.table}"
            )
            return str(error), remedy, FAILED
        case OperationalError():
            reason = str(error).strip().splitlines()[-1:] or ["no reason given"]
            return f"The database does not answer: {reason[0]}", "Check MERITBOOK_DATABASE_URL.", FAILED
        case _:
            return None


def in_language(title: "Title") -> str:
    """What something is called in the language of commands."""
    return title.zh if language() == "zh" else title.en


def word(said: str, of: Literal["heading", "state", "check", "change"] = "state") -> str:
    """A heading or a word of ours, or several with commas between, in the language of commands."""
    from api.pages.words import catalogue

    if language() == "en":
        return said
    known = catalogue("zh")
    return "、".join(known.get(f"cli.{of}.{each.lower()}", each) for each in said.split(", "))


def filled(said: str, columns: int) -> str:
    """`said` with blanks behind it, as wide as so many letters; a Chinese character is as wide as two."""
    from rich.cells import cell_len

    return said + " " * (columns - cell_len(said))


def rows(columns: dict[str, str], found: list[list[Any]], title: str | None = None) -> None:
    """Prints a table. columns: English heading to justification; under some stand words of ours."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading, justify in columns.items():
        table.add_column(word(heading, "heading"), justify=justify)  # type: ignore[arg-type]
    worded = [heading.lower() in _WORDED for heading in columns]
    for row in found:
        cells = ("" if cell is None else str(cell) for cell in row)
        table.add_row(*(word(cell) if ours else cell for cell, ours in zip(cells, worded, strict=True)))
    output().print(table)
