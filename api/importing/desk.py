"""Imports over HTTP: a file is tried, its report read, and the import confirmed."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta

from api.administering import IMPORT_BODY, asked_for
from api.caller import Caller
from api.described import operation_with
from api.facts import permitted
from api.importing.runs import ImportRun, Runs, listed, one
from api.ops import Ledger, now
from api.reading import Reading

Asked = Request[Any, Caller, State]
ImportInPath = Annotated[str, PathParameter(description="Id of an import.")]
_OPT = {"action": "administer", "personal": "none", "reach": "all"}


class FileAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file to be tried. content: its bytes in base64. mapping: the YAML by which its rows become facts."""

    file: Annotated[str, Meta(min_length=1, max_length=200)]
    content: bytes
    mapping: Annotated[str, Meta(min_length=1, max_length=200_000)]


@get("/imports", summary="The last imports", tags=["administering"], opt=_OPT)
async def read_imports(reading: NamedDependency[Reading], ledger: NamedDependency[Ledger]) -> list[ImportRun]:
    """Each file that was tried over HTTP, with its report and what became of it, the newest first."""
    return await reading.ask(lambda cursor: listed(cursor, ledger))


@get("/imports/{id:str}", summary="An import", tags=["administering"], opt=_OPT)
async def read_import(
    reading: NamedDependency[Reading], ledger: NamedDependency[Ledger], id: ImportInPath
) -> ImportRun:
    """Its report: how many rows would be, or are, facts, and why each other was refused."""
    return await reading.ask(lambda cursor: one(cursor, ledger, id))


@post("/imports", summary="Try a file", tags=["administering"], opt=_OPT,
      operation_class=operation_with(IMPORT_BODY))  # fmt: skip
async def try_import(request: Asked, ledger: NamedDependency[Ledger]) -> ImportRun:
    """Checks every row against the ledger and stores nothing; the file waits a day to be confirmed."""
    wanted = await asked_for(request, _FILE, ledger.settings.batch_bytes)
    runs = _runs(request, ledger)
    return await asyncio.to_thread(runs.tried, wanted.file, wanted.content, wanted.mapping)


@post("/imports/{id:str}/confirm", summary="Import a file that was tried", tags=["administering"], opt=_OPT,
      status_code=200)  # fmt: skip
async def confirm_import(request: Asked, ledger: NamedDependency[Ledger], id: ImportInPath) -> ImportRun:
    """Its rows become facts, but for those that are refused; the same file again changes nothing."""
    return await asyncio.to_thread(_runs(request, ledger).stored, id)


def _runs(request: Asked, ledger: Ledger) -> Runs:
    caller = request.auth
    return Runs(ledger, caller.actor, lambda submission: permitted(submission, caller), now())


_FILE = msgspec.json.Decoder(FileAsked)
HANDLERS = (read_imports, read_import, try_import, confirm_import)
