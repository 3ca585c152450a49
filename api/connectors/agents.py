"""Agents of xAPI: by what each is identified, and by which they are recognised without being named."""

from typing import Any

import msgspec
from psycopg import Cursor

from api.connectors import sealing
from api.connectors.forms import BadStatement
from domain.journal.vault import Vault

OF_AN_AGENT = ("mbox", "mbox_sha1sum", "openid", "account")


def identified(said: object) -> dict[str, Any] | None:
    """What identifies an agent: one thing, whatever it is called."""
    if not isinstance(said, dict):
        return None
    found = {name: said[name] for name in OF_AN_AGENT if name in said}
    if "account" in found and isinstance(found["account"], dict):
        found["account"] = {name: found["account"].get(name) for name in ("homePage", "name")}
    return found if len(found) == 1 else None


def agent_of(text: str | None) -> dict[str, Any] | None:
    """By what the agent of a query is recognised.

    Raises: BadStatement.
    """
    if text is None:
        return None
    try:
        found = identified(msgspec.json.decode(text))
    except msgspec.DecodeError:
        found = None
    if found is None:
        raise BadStatement(
            field="agent",
            detail="It is no agent with one of mbox, mbox_sha1sum, openid or account.",
            remedy='Send JSON such as {"account": {"homePage": "https://lms.example", "name": "E1007"}}.',
        )
    return found


def agent_digest(cursor: Cursor[Any], vault: Vault, connector: str, agent: dict[str, Any]) -> str:
    """By which an agent is recognised."""
    return sealing.recognised(cursor, vault, sealing.place("xapi_agent", connector, "", "agent"), agent)
