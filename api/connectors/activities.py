"""What is known of activities: every member that statements told of them, the last one counting."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from psycopg import Cursor

from api.connectors import sealing
from api.connectors.statement_parts import Said, activities_of
from api.importing.json_table import parsed
from domain.journal.vault import Vault

_JSON = msgspec.json.Encoder(decimal_format="number", order="deterministic")
_IN_LANGUAGES = ("name", "description")

ADD = """
insert into xapi_activity (activity, connector, definition)
values (%(activity)s, %(connector)s, %(definition)s) on conflict (activity) do nothing"""

FIND = "select activity, connector, definition from xapi_activity where activity = any(%(activities)s)"

LOOK = "select definition from xapi_activity where activity = %(activity)s for update"

CHANGE = "update xapi_activity set definition = %(definition)s where activity = %(activity)s"


def learn(cursor: Cursor[Any], vault: Vault, connector: str, statements: Iterable[Said]) -> None:
    """Takes note of what statements tell of activities, those they are about and those around them."""
    told: dict[str, Said] = {}
    for said in statements:
        for each in activities_of(said, related=True):
            if "definition" in each:
                told[each["id"]] = merged(told.get(each["id"], {}), each["definition"])
    keys = {_key(cursor, vault, connector, id): each for id, each in told.items()}
    before = _found(cursor, vault, keys)
    for key in sorted(keys):  # in one order, so that nobody waits for one who waits for them
        if merged(before.get(key, {}), keys[key]) != before.get(key):
            _write(cursor, vault, connector, key, keys[key])


def known(
    cursor: Cursor[Any], vault: Vault, connectors: Collection[str], ids: Collection[str]
) -> dict[str, Said]:
    """What some connectors were told of activities."""
    keys = {_key(cursor, vault, each, id): id for each in connectors for id in ids}
    definitions: dict[str, Said] = {}
    for key, definition in sorted(_found(cursor, vault, keys).items()):
        definitions[keys[key]] = merged(definitions.get(keys[key], {}), definition)
    return definitions


def written(said: object) -> bytes:
    """As JSON, its numbers exact."""
    return _JSON.encode(said)


def merged(before: Said, after: Said) -> Said:
    """A definition with what a later one adds to it, in the languages in which that says it."""
    found = before | after
    for name in _IN_LANGUAGES:
        if name in before and name in after:
            found[name] = before[name] | after[name]
    return found


def _found(cursor: Cursor[Any], vault: Vault, keys: Collection[str]) -> dict[str, Said]:
    rows = cursor.execute(FIND, {"activities": list(keys)}).fetchall() if keys else []
    return {key: _clear(cursor, vault, connector, key, token) for key, connector, token in rows}


def _write(cursor: Cursor[Any], vault: Vault, connector: str, key: str, told: Said) -> None:
    def sealed(definition: Said) -> str:
        text = _JSON.encode(definition).decode()
        return sealing.cipher(cursor, vault).encrypt(text, _at(connector, key))

    said = {"activity": key, "connector": connector}
    if cursor.execute(ADD, said | {"definition": sealed(told)}).rowcount == 0:
        row = cursor.execute(LOOK, said).fetchone()
        before = _clear(cursor, vault, connector, key, row[0]) if row else {}
        cursor.execute(CHANGE, said | {"definition": sealed(merged(before, told))})


def _clear(cursor: Cursor[Any], vault: Vault, connector: str, key: str, token: str) -> Said:
    definition = parsed(sealing.cipher(cursor, vault).decrypt(token, _at(connector, key)))
    assert isinstance(definition, dict)
    return definition


def _at(connector: str, key: str) -> sealing.Place:
    return sealing.place("xapi_activity", connector, key, "definition")


def _key(cursor: Cursor[Any], vault: Vault, connector: str, id: str) -> str:
    return sealing.recognised(cursor, vault, sealing.place("xapi_activity", connector, "", "id"), id)
