"""The repo's own laws, for what the linters cannot say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "projections", "api", "benchmarks")

MODULE_LINES = 350
ONE_FILE = {"api/verify.py": 950, "api/client/answers.py": 5000}
"""What is handed over as a single file, to be read and run by who has nothing else of the program; and what
is made from the OpenAPI document, one short class a schema."""
FUNCTION_LINES = 60
VAGUE_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
LOCK_FILES = set(
    "Pipfile.lock package-lock.json pdm.lock pnpm-lock.yaml poetry.lock uv.lock yarn.lock".split()
)
IMPURE = set(
    """asyncio concurrent ctypes http io logging multiprocessing os pathlib random secrets select shutil
    locale signal socket sqlite3 ssl subprocess sys tempfile threading time urllib uuid""".split()
)
"""Modules of the standard library through which the world outside gets in."""
PURE_LIBRARIES = {"msgspec"}

ELSEWHERE = re.compile(
    r"""(?:\b(?:src|action|data|poster)\s*=|<link\b[^>]*\bhref\s*=|@import\b|\burl\(|\bfetch\(|\bimport\()"""
    r"""\s*['"(]?\s*(?:https?:)?//(?!(?:127\.0\.0\.1|localhost)\b)""",
    re.IGNORECASE,
)
"""What makes a browser ask another machine; a link that a reader follows by hand is none."""


def _files(*suffixes: str) -> list[Path]:
    """The files that are part of the repo, or about to be, with one of `suffixes`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def _place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def _trees(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in _files(".py"):
        if path.relative_to(ROOT).parts[0] in packages:
            yield path, ast.parse(path.read_text("utf-8"))


def _matches(pattern: str, paths: list[Path]) -> list[str]:
    """The places where `pattern` stands in the text files among `paths`, this one left out."""
    wanted, found = re.compile(pattern), list[str]()
    for path in paths:
        content = path.read_bytes()
        if b"\0" in content or path == Path(__file__).resolve():
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if wanted.search(line):
                found.append(f"{_place(path, number)}: {line.strip()[:100]}")
    return found


def test_a_module_fits_one_subject() -> None:
    too_long = [
        _place(path, lines)
        for path in _files(".py", ".sql", ".js", ".css")
        if (lines := len(path.read_text("utf-8").splitlines()))
        > ONE_FILE.get(path.relative_to(ROOT).as_posix(), MODULE_LINES)
    ]
    assert not too_long, f"more than {MODULE_LINES} lines: {too_long}"


def test_a_function_fits_a_screen() -> None:
    too_long = [
        f"{_place(path, node.lineno)} {node.name}"
        for path, tree in _trees(*PACKAGES, "tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= FUNCTION_LINES
    ]
    assert not too_long, f"more than {FUNCTION_LINES} lines: {too_long}"


def test_names_say_what_they_are() -> None:
    vague = [
        str(path.relative_to(ROOT))
        for path in _files(".py")
        if path.stem in VAGUE_NAMES or path.parent.name in VAGUE_NAMES
    ]
    assert not vague


def test_work_is_finished_or_filed_elsewhere() -> None:
    assert not _matches(r"\b(TODO|FIXME)\b", _files(".py", ".sql", ".html", ".js", ".css"))


def test_no_path_of_one_machine_is_named() -> None:
    assert not _matches(r"(?<![\w.])/(home|root|Users|work)/\w", _files())


def test_no_lock_file_names_a_package_host() -> None:
    assert not [path.name for path in _files() if path.name in LOCK_FILES]
    assert not _matches(r"://|--hash|@ ", [ROOT / "constraints.txt"])


def test_nothing_shown_loads_from_elsewhere() -> None:
    """R24: the ledger runs with no outside network."""
    found = [
        _place(path, number)
        for path in _files(".html", ".css", ".js", ".svg", ".py")
        if "tests" not in path.relative_to(ROOT).parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if ELSEWHERE.search(line)
    ]
    assert not found


@pytest.mark.parametrize(
    ("line", "loads"),
    [
        ('<script src="https://cdn.example/x.js">', True),
        ("<img src='//cdn.example/x.png'>", True),
        ('<link rel="stylesheet" href="https://fonts.example/css">', True),
        ("background: url(https://fonts.example/x.woff2)", True),
        ('<script src="/static/app.js">', False),
        ('<img src="http://127.0.0.1:8000/logo.svg">', False),
        ('<a href="https://www.postgresql.org/docs/">', False),
    ],
)
def test_a_load_from_elsewhere_is_recognised(line: str, loads: bool) -> None:
    assert bool(ELSEWHERE.search(line)) is loads


def _pure() -> list[tuple[Path, ast.Module]]:
    """The domain without its journal: what is true and what is due, whoever asks and whenever."""
    return [pair for pair in _trees("domain") if "journal" not in pair[0].relative_to(ROOT).parts]


def test_the_pure_domain_needs_only_the_standard_library_and_msgspec() -> None:
    allowed = (sys.stdlib_module_names - IMPURE) | PURE_LIBRARIES | {"domain"}
    foreign: list[str] = []
    for path, tree in _pure():
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=names):
                    tops = {name.name.split(".")[0] for name in names}
                case ast.ImportFrom(module=str(module), level=0):
                    tops = {module.split(".")[0]}
                case _:
                    continue
            foreign += [f"{_place(path, node.lineno)} {top}" for top in tops - allowed]
    assert not foreign


def test_the_pure_domain_reads_no_clock_and_no_file() -> None:
    reaching_out = {"now", "utcnow", "today", "open", "input", "print", "getenv"}
    impure = [
        _place(path, node.lineno)
        for path, tree in _pure()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in reaching_out
    ]
    assert not impure


def test_the_domain_and_the_read_models_compute_without_floats() -> None:
    found = [
        f"{_place(path, node.lineno)} {ast.unparse(node)}"
        for path, tree in [*_pure(), *_trees("projections")]
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "float")
    ]
    assert not found
