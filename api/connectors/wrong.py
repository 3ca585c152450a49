"""What is wrong with a record of another system: told to its sender, and kept with it."""

import msgspec

from api.importing.report import Fault
from domain.refusals import KeyReused


class WrongInRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a record was refused. path: into the record; field: of the fact; value: what stands there, cut."""

    kind: str
    detail: str
    remedy: str
    path: str = ""
    field: str = ""
    value: str = ""


def held(why: WrongInRecord) -> WrongInRecord:
    """Why a record is in quarantine: what contradicts another is not sent under a new key, but decided on."""
    if why.kind != KeyReused.kind:
        return why
    remedy = "Release it with `correct` to void what stands and write this in its place, or discard it."
    return msgspec.structs.replace(why, remedy=remedy)


def wrong(fault: Fault) -> WrongInRecord:
    """Why a record was refused, as its sender is told."""
    return WrongInRecord(
        kind=fault.kind,
        detail=fault.detail,
        remedy=fault.remedy,
        path=fault.column,
        field=fault.field,
        value=fault.value,
    )
