"""Every command that a page of the documentation gives can be typed, and does as the page says."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from commanded import environment_of
from conftest import new_database
from documented import scene, shell
from documented.pages import BY_THEMSELVES, PAGES, Page
from given import LEDGER
from served import served

from domain.journal.append import Journal
from domain.journal.connection import connect
from projections import runner

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE_ON_DISK = ("/srv", "/mnt", "/var/backups")
"""Places of a server that pages name; here they are directories of a test."""

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def told(postgres: str, template: str) -> Iterator[str]:
    """The name of a database whose ledger knows the scene."""
    with new_database(postgres, template) as dsn:
        with Journal(dsn, LEDGER) as journal:
            scene.tell(journal)
        with connect(dsn, LEDGER, service=False) as connection:
            runner.create(connection)
        runner.Runner(dsn, LEDGER).catch_up()
        yield str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


def typed_on(name: str) -> list[str]:
    """The statements of a page, in its order."""
    blocks = BLOCK.findall((ROOT / name).read_text("utf-8"))
    return [statement for block in blocks for statement in shell.statements(block)]


def test_every_page_with_commands_is_run_or_says_where_it_is() -> None:
    pages = {"README.md", "docs/tutorial.md"}
    pages |= {f"docs/howto/{page.name}" for page in ROOT.joinpath("docs/howto").glob("*.md")}
    with_commands = {
        name for name in pages if "zh-CN" not in name and BLOCK.search((ROOT / name).read_text())
    }
    assert with_commands == PAGES.keys() | BY_THEMSELVES.keys()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_nothing_is_left_out_that_is_not_there(name: str) -> None:
    for begins in (*PAGES[name].skipped, *PAGES[name].ends):
        assert any(each.startswith(begins) for each in typed_on(name)), f"{name} has no {begins!r} any more"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_command_of_a_page_runs(name: str, postgres: str, told: str, tmp_path: Path) -> None:
    """In the order of the page, in one directory, over one ledger."""
    page = PAGES[name]
    if page.served and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    left_out = tuple(page.skipped)
    written = [
        *page.before,
        *(each for each in typed_on(name) if not left_out or not each.startswith(left_out)),
    ]
    with ExitStack() as stack:
        dsn = stack.enter_context(new_database(postgres, told))
        home = _prepared(tmp_path, page)
        stands_for = {place: f"{tmp_path}{place}" for place in ELSEWHERE_ON_DISK} | page.stands_for
        if page.served:
            stands_for["http://127.0.0.1:8000"] = stack.enter_context(served(dsn, home)).url
        environment = environment_of(home, dsn) | {"HOME": str(tmp_path)}
        ran = shell.run([_here(each, stands_for) for each in written], tmp_path, environment)
    wrong = [
        f"$ {each.statement}\n{each.said}(status {each.status})"
        for each, said in zip(ran, written, strict=True)
        if each.status != next((status for begins, status in page.ends.items() if said.startswith(begins)), 0)
    ]
    assert not wrong, "\n".join(wrong)


def _prepared(place: Path, page: Page) -> Path:
    """The home of a ledger in `place`, beside the files of the page and of the checkout."""
    for directory in ELSEWHERE_ON_DISK:
        (place / directory.strip("/")).mkdir(parents=True)
    (place / "examples").symlink_to(ROOT / "examples")
    (place / "verify.py").symlink_to(ROOT / "api" / "verify.py")
    (place / ".curlrc").write_text("fail-with-body\nsilent\nshow-error\n")
    for name, text in page.files.items():
        (place / name).write_text(text, "utf-8")
    home = place / "home"
    home.mkdir()
    return home


def _here(statement: str, stands_for: Mapping[str, str]) -> str:
    for text, here in stands_for.items():
        statement = statement.replace(text, here)
    return statement
