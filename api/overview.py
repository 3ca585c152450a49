"""One view of one person over every source."""

from typing import Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from psycopg import Cursor

from api.names import named_posting, names
from api.people import Asked, unknown_person
from api.reading import EmployeeInPath, OnDay, Reading, View
from api.roles import MAY
from domain.journal.vault import Vault
from projections import overview
from projections.overview import Overview


@get(
    "/employees/{employee:str}/overview",
    summary="All about a person on one page",
    tags=["people"],
    opt={"action": "read_people", "personal": "person"},
)
async def read_overview(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    vault: NamedDependency[Vault],
    employee: EmployeeInPath,
    day: OnDay = None,
) -> Overview:
    """Work and complaints of the month, growth, credentials, shifts, honours, what is due, support and pay.

    Support is shown to those who look after people, pay to those who may read it; else they are null.
    """
    request.auth.require_about(employee)
    on, may = day or reading.today(), MAY[request.auth.role]

    def question(cursor: Cursor[Any], known_at: int | None) -> Overview:
        found = overview.overview(
            cursor,
            employee,
            on,
            known_at,
            with_support="read_care" in may,
            with_pay="read_pay" in may,
        )
        if found is None:
            raise unknown_person(employee)
        if found.posting is None:
            return found
        said = names(cursor, vault, [found.posting.name])
        return msgspec.structs.replace(found, posting=named_posting(found.posting, said))

    return await view.ask(question)
