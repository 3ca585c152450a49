"""The personal text of one fact, readable, for those who may know it."""

import datetime as dt
from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter
from psycopg import Cursor

from api.audit import OF_PERSON, people_of
from api.caller import Caller
from api.clients import require_client
from api.credentials import NUMBERS_FOR, sees_numbers
from api.margins import require_margins
from api.names import PersonalText, personal_text
from api.practices import require_contacts
from api.problems import NotFound
from api.reading import Reading
from api.watching import shows
from domain.facts.personal import subject_of
from domain.facts.practices import DecisionMakerRecorded
from domain.facts.registry import decode
from domain.facts.selling import DealCosted
from domain.journal.lookup import at_positions
from domain.journal.record import Record
from domain.journal.vault import Vault
from domain.refusals import NotAllowed

OF_CLIENT = "customer:"


@get(
    "/facts/{position:int}/personal",
    summary="What a fact says about a person, readable",
    tags=["facts"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_personal(
    reading: NamedDependency[Reading],
    vault: NamedDependency[Vault],
    request: Request[Any, Caller, State],
    position: Annotated[int, PathParameter(description="1, 2, 3 …")],
) -> PersonalText:
    """Names, numbers and notes of a fact, decrypted; null in place of what was erased.

    The fact itself, as an auditor hashes it, holds them encrypted. Whoever reads here leaves a trace.
    """

    def question(cursor: Cursor[Any]) -> tuple[list[Record], PersonalText | None]:
        records = at_positions(cursor, [position])
        for record in records:
            _require_reader(cursor, request.auth, record, reading.today())
        said = personal_text(cursor, vault, records[0]) if records else None
        if said is not None and said.subject.startswith(OF_PERSON) and not people_of(records):
            request.auth.require_everybody()
        return records, said

    records, found = await reading.ask(question) if 0 < position < 2**63 else ([], None)
    if found is None:
        detail = (
            f"The fact at {position} says nothing personal." if records else f"No fact stands at {position}."
        )
        raise NotFound(field="position", detail=detail, remedy="Take another one.")
    shows(request, people_of(records))
    return found


def _require_reader(cursor: Cursor[Any], caller: Caller, record: Record, today: dt.date) -> None:
    """Lets the caller read what a record says of a person, or of a client, whoever said it.

    Raises: NotAllowed.
    """
    fact = decode(record.type, record.data)
    subject = subject_of(fact) or ""
    if isinstance(fact, DecisionMakerRecorded):
        require_contacts(cursor, caller, fact.customer)
    elif isinstance(fact, DealCosted):
        require_margins(cursor, caller, fact.customer)
    elif subject.startswith(OF_CLIENT):
        require_client(cursor, caller, subject.removeprefix(OF_CLIENT), today, people_of([record]))
    else:
        for employee in people_of([record]):
            caller.require_about(employee)
            if record.type.startswith("credential_"):
                _require_numbers(caller, employee)


def _require_numbers(caller: Caller, employee: str) -> None:
    """Lets the caller read the number of a credential of this person if /credentials shows it to them.

    Raises: NotAllowed.
    """
    if not sees_numbers(caller, employee):
        raise NotAllowed(
            field="position",
            detail=f"The role {caller.role} is not shown the numbers of credentials.",
            remedy=f"Ask somebody who is: {', '.join(sorted(NUMBERS_FOR))}.",
        )
