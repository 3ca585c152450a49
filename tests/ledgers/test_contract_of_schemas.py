"""What schemas that live on different nodes ask of every statement: no other schema, no lock on a table.

Citus places each schema on one node and refuses what joins two; a pool that hands connections from one
transaction to the next loses what a session was told. So names are unqualified and search_path says which
ledger, locks are advisory, and what lasts for a session is said only on connections of one's own.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SQL = re.compile(
    r"\s*(select|insert|update|delete|merge|with|create|alter|drop|copy|lock|set|do|listen)\b(?! MERITBOOK_)"
)
"""How a statement begins; a remedy may begin with a variable that is to be set."""

QUALIFIED = re.compile(
    r"(?<!distinct )\b(?:from|join|into|update|truncate|table|copy)\s+(?:only\s+)?"
    r'("?[a-z_][a-z0-9_]*"?\s*\.\s*"?[a-z_][a-z0-9_]*"?)(?!\s*\()'
)
FORBIDDEN = {
    "a lock on a table": re.compile(r"\block\s+table\b"),
    "a name of another schema": QUALIFIED,
    "a temporary table": re.compile(r"\btemp(orary)?\s+table\b"),
    "a cursor that outlives its transaction": re.compile(r"\bwith\s+hold\b"),
}
OF_A_SESSION = {
    "a lock of the session": re.compile(r"\bpg_(try_)?advisory_(un)?lock(_shared)?\b"),
    "a setting of the session": re.compile(
        r"^\s*set\s+(?!local\b|constraints\b)[a-z_]+\s*(=|to\b)|set_config\(.*false\)"
    ),
}
OWN_CONNECTIONS = {
    "api/webhooks/courier.py": "one courier of a ledger, by a lock on a connection that it keeps",
    "api/keys.py": "the owner's, for one command",
    "api/leading.py": "whoever leads, by locks on a connection that does nothing else",
    "api/readers.py": "readers' pool: how long a statement may take, which a pooler says by itself",
    "domain/journal/cold.py": "the one that a backup, an export or a replay keeps while it reads on",
    "domain/journal/cold_store.py": "the owner's, for one command",
    "projections/scratch.py": "the owner's, for one command",
}
"""Modules that say something to a session, and whose session it is."""

TWO_PARTS = {
    "projections/replay.py": "the ledger and its own scratch schema",
    "projections/compare.py": "the ledger and its own scratch schema",
    "projections/folding.py": "the ledger and its own scratch schema",
    "projections/standings.py": "the ledger, which a scratch schema is compared with",
    "projections/trail.py": "the ledger, which a scratch schema is compared with",
    "projections/put_away.py": "the ledger and the read models that it had before",
    "projections/thawing.py": "the ledger and its own scratch schema",
}
"""Modules that compose names of a schema and a table, and which schemas these are."""


def sources() -> Iterator[tuple[str, str]]:
    """Each module and migration, by its path."""
    for folder in ("api", "domain", "projections"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in (".py", ".sql"):
                yield file.relative_to(ROOT).as_posix(), file.read_text("utf-8")


def statements() -> Iterator[tuple[str, str]]:
    """Every text that reads as SQL, without comments, where it stands."""
    for path, text in sources():
        if path.endswith(".sql"):
            found = [re.sub(r"--.*", "", text)]
        else:
            nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
            found = [node.value for node in nodes if isinstance(node.value, str) and SQL.match(node.value)]
        for each in found:
            yield path, each.lower()


@pytest.fixture(scope="module")
def said() -> list[tuple[str, str]]:
    found = list(statements())
    assert len(found) > 300, "the statements are where they were looked for"
    return found


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_statement_has(what: str, said: list[tuple[str, str]]) -> None:
    found = [(path, hit[0]) for path, text in said for hit in FORBIDDEN[what].finditer(text)]
    assert found == []


@pytest.mark.parametrize("what", OF_A_SESSION)
def test_a_session_is_told_something_only_by_whoever_owns_it(what: str, said: list[tuple[str, str]]) -> None:
    found = {path for path, text in said if OF_A_SESSION[what].search(text)}
    assert found <= OWN_CONNECTIONS.keys()


def test_every_exception_is_one(said: list[tuple[str, str]]) -> None:
    patterns = OF_A_SESSION.values()
    assert {path for path, text in said for each in patterns if each.search(text)} == {*OWN_CONNECTIONS}


def test_names_of_two_parts_are_composed_only_within_one_ledger() -> None:
    composed = re.compile(r"Identifier\([^()]+,[^()]+\)")
    assert {path for path, text in sources() if composed.search(text)} == {*TWO_PARTS}


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("select 1 from west.journal", "a name of another schema"),
        ("insert into west . credit select 1", "a name of another schema"),
        ("lock table journal in exclusive mode", "a lock on a table"),
    ],
)
def test_the_contract_can_be_broken(statement: str, what: str) -> None:
    assert FORBIDDEN[what].search(statement)


@pytest.mark.parametrize(
    "statement",
    ["select 1 where a is distinct from c.day", "select 1 from unnest(a.b) x", "select c.day from credit c"],
)
def test_columns_are_no_schemas(statement: str) -> None:
    assert not QUALIFIED.search(statement)
