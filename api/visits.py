"""Visits checked in on the spot: the time is the service's, the place is the phone's."""

from decimal import Decimal
from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from msgspec import Meta

from api.bodies import decoded, read_body
from api.described import CHECK_IN_BODY, operation_with
from api.ops import now
from api.own_facts import own_fact, record, require_self
from api.people import Asked
from api.reading import EmployeeInPath, Reading
from api.writing import Writing
from domain.facts.base import CustomerId, Label
from domain.facts.selling import VisitRecorded
from domain.refusals import BadField

MAX_BYTES = 10_000

Latitude = Annotated[str, Meta(pattern=r"^-?\d{1,2}(\.\d{1,9})?\Z")]
Longitude = Annotated[str, Meta(pattern=r"^-?\d{1,3}(\.\d{1,9})?\Z")]
Metres = Annotated[str, Meta(pattern=r"^\d{1,9}(\.\d{1,9})?\Z")]
DIGITS = 6
"""Of a degree: the sixth is eleven centimetres."""


class TakenPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the phone says it is: degrees of WGS 84 as decimal text, and how sure it is in metres."""

    latitude: Latitude
    longitude: Longitude
    accuracy: Metres | None = None


class CheckIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A visit that begins now. place: absent where the phone did not give it."""

    customer: CustomerId
    department: Label | None = None
    place: TakenPlace | None = None


class CheckedIn(msgspec.Struct, frozen=True, kw_only=True):
    """The visit stands at `position` of the journal."""

    position: int
    has_place: bool


_CHECK_IN = msgspec.json.Decoder(CheckIn)


@post(
    "/employees/{employee:str}/visits",
    summary="Check in at a client",
    tags=["selling"],
    status_code=201,
    opt={"action": "record", "personal": "person"},
    operation_class=operation_with(CHECK_IN_BODY),
)
async def check_in(
    request: Asked,
    writing: NamedDependency[Writing],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
) -> CheckedIn:
    """Records a visit of this minute, by whoever makes it, with the place where the phone gives it.

    The place is personal data: it is encrypted with the key of the person. Visits of other times are sent as
    visit_recorded by the CRM or a manager.
    """
    asked = decoded(_CHECK_IN, await read_body(request, MAX_BYTES))
    return await checked_in(request, writing, reading, employee, asked)


async def checked_in(
    request: Asked,
    writing: Writing,
    reading: Reading,
    employee: str,
    asked: CheckIn,
    key: str | None = None,
) -> CheckedIn:
    """The visit, recorded. key: of the form it comes from.

    Raises: NotAllowed, BadField, the Refusal of a rule.
    """
    require_self(
        request.auth,
        employee,
        "A visit is checked in by oneself: this token is not that of the visitor.",
        "Send it as visit_recorded, if you may record the visits of others.",
    )
    place = None if asked.place is None else geo_uri(asked.place)
    fact = VisitRecorded(
        employee=employee, customer=asked.customer, department=asked.department, location=place
    )
    stored = await record(request, writing, reading, own_fact(request.auth, fact, now(), key))
    return CheckedIn(position=stored.position, has_place=place is not None)


def geo_uri(place: TakenPlace) -> str:
    """The place as a geo URI (RFC 5870): geo:31.230416,121.473701;u=12.

    Raises: BadField.
    """
    for field, value, most in (("latitude", place.latitude, 90), ("longitude", place.longitude, 180)):
        if abs(Decimal(value)) > most:
            raise BadField(
                field=f"place.{field}", detail=f"{value} is beyond {most} degrees.", remedy="Mend it."
            )
    sure = "" if place.accuracy is None else f";u={place.accuracy.partition('.')[0]}"
    return f"geo:{_short(place.latitude)},{_short(place.longitude)}{sure}"


def _short(degrees: str) -> str:
    whole, point, rest = degrees.partition(".")
    return f"{whole}{point}{rest[:DIGITS]}"
