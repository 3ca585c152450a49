"""What is wrong with a record of another system: told to its sender, and kept with it."""

import msgspec

from api.importing.report import Fault


class WrongInRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a record was refused. path: into the record; field: of the fact; value: what stands there, cut."""

    kind: str
    detail: str
    remedy: str
    path: str = ""
    field: str = ""
    value: str = ""


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
