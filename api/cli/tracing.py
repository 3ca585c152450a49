"""Commands that show personal data leave a trace, with the account of the machine as their reader."""

import getpass
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from api.cli.terminal import settings

if TYPE_CHECKING:
    from psycopg import Cursor

    from api.ops import Ledger

ROLE = "command line"
"""The role of whoever runs commands: they hold the home and the database, so no token narrows them."""


class Trace(NamedTuple):
    """Says what a command has read, before the command shows it."""

    ledger: "Ledger"

    def __call__(
        self,
        command: str,
        *,
        employee: str | None = None,
        people: int | None = None,
        filter: Mapping[str, object] | None = None,
    ) -> None:
        """Notes, durably, that this account reads about `employee`, or about so many people."""
        from api.ops import now
        from api.trail import ReadingKind, note_reading

        if people == 0:
            return
        said = " ".join(f"{name}={value}" for name, value in (filter or {}).items() if value is not None)
        of_many = None if employee else said[:300] or None
        kind = ReadingKind(account(), ROLE, f"meritbook {command}", employee, of_many)
        note_reading(self.ledger.intake, now(), kind, people)


@contextmanager
def traced_cursor() -> "Generator[tuple[Cursor[Any], Trace]]":
    """A cursor on read models that have caught up, and what notes the reading."""
    from api.ops import counted

    with counted(settings()) as (ledger, cursor):
        yield cursor, Trace(ledger)


def account() -> str:
    """The account of the machine that runs the command."""
    try:
        import pwd

        name = pwd.getpwuid(os.geteuid()).pw_name
    except ImportError:
        name = getpass.getuser()
    except KeyError:
        name = f"uid {os.geteuid()}"
    return f"os:{name}"
