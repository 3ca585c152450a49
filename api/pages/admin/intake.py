"""Connectors, and what was refused of what they were sent: looked at, mended, released or let go."""

import asyncio
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency

from api.connectors import http as connectors
from api.connectors import quarantine_http
from api.connectors.http import ConnectorInUse, ConnectorReport
from api.connectors.quarantine_http import EntryInPath, QuarantinePage, ReadEntry
from api.pages.admin.running import TABS
from api.pages.asked import Field, word
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import text_of
from api.watching import shows
from domain.refusals import BadField, Refusal

ENTRIES_A_PAGE = 50


@get(
    "/admin/connectors",
    opt=page_opt("administer", "admin", asks=["standing", "after"], personal="people", reach="all"),
)
async def connectors_page(
    page: NamedDependency[Page], standing: Field = None, after: Field = None
) -> Response[str]:
    """The connectors in use, how each stands, and the records that wait in quarantine."""
    found: list[ConnectorInUse] = await page.ask(connectors.read_connectors)
    reports: list[ConnectorReport] = await asyncio.gather(
        *(page.ask(connectors.read_report, name=each.connector) for each in found)
    )
    chosen = standing if standing in ("held", "released", "corrected", "discarded") else "held"
    waiting: QuarantinePage = await page.ask(
        quarantine_http.read_quarantine, state_=chosen, after=word(after), limit=ENTRIES_A_PAGE
    )
    names = await page.names(each.set_by for each in found)
    shows(page.request, names)
    return await page.rendered(
        "admin/connectors.html",
        names=names,
        tabs=TABS,
        connectors=list(zip(found, reports, strict=True)),
        waiting=waiting,
        state=chosen,
    )


@get("/admin/quarantine/{entry:str}", opt=page_opt("mend", "admin", personal="people", reach="all"))
async def entry_page(page: NamedDependency[Page], entry: EntryInPath) -> Response[str]:
    """A record that was refused, what is wrong with it, and the ways out."""
    return await _entry(page, entry, None)


@post("/admin/quarantine/{entry:str}", opt=page_opt("mend", "admin", personal="people", reach="all"))
async def settle_entry(page: NamedDependency[Page], entry: EntryInPath) -> Response[str]:
    """Releases the record, as it was or as it was mended, or lets it go."""
    form = await page.request.form()
    said: dict[str, Any] = {"reason": text_of(form, "reason")}
    try:
        if text_of(form, "do") == "discard":
            await page.send(quarantine_http.discard_entry, said, entry=entry)
        else:
            said["correct"] = text_of(form, "do") == "correct"
            said["record"] = _mended(text_of(form, "record"))
            await page.send(quarantine_http.release_entry, said, entry=entry)
    except Refusal as refusal:
        return await _entry(page, entry, refusal, text_of(form, "record"), text_of(form, "reason"))
    return page.gone_to("/admin/connectors")


async def _entry(
    page: Page, entry: str, refusal: Refusal | None, record: str | None = None, reason: str = ""
) -> Response[str]:
    found: ReadEntry = await page.ask(quarantine_http.read_entry, entry=entry)
    held = msgspec.json.format(msgspec.json.encode(found.record), indent=2).decode()
    return await page.answered(
        "admin/entry.html", refusal, tabs=TABS, found=found, record=record or held, reason=reason
    )


def _mended(text: str) -> msgspec.Raw:
    """The record as somebody mended it.

    Raises: BadField.
    """
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise BadField(field="record", detail=f"It is not JSON: {error}.", remedy="Mend it.") from None
    return msgspec.Raw(text.encode())
