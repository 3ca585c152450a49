"""The journal as an auditor searches it; who read what and was refused; one fact and what became of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from api import audit, provenance, seal, trail_pages
from api.pages.asked import Field, day, number, word
from api.pages.audit.tabs import tabs
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.problems import NotSealedYet
from domain.facts.registry import FACT_TYPES
from domain.journal.checkpoint import hash_lines, parse_checkpoint, parse_proof
from domain.refusals import Refusal

FACTS_A_PAGE = 50

OF_ACCESS = (
    "personal_data_read",
    "access_refused",
    "signed_in",
    "access_changed",
    "token_made",
    "token_revoked",
    "webhook_changed",
)
"""What is written of the use of the ledger rather than of the work."""

_DAYS = ("from", "until", "happened_from", "happened_until")
_LEAFING = ("order", "after", "upto")
_ASKS = ("employee", "actor", "type", "source", "key", *_DAYS, *_LEAFING)


class Search(NamedTuple):
    """A search as its form shows it again.

    fields: those that are filled in. further: the query of the next page. file: that of all of it as a file.
    """

    fields: Mapping[str, str]
    further: str | None
    file: str


@get(
    "/audit",
    opt=page_opt("read_trail", "audit", nav=80, asks=_ASKS, personal="people", reach="all"),
)
async def journal_page(
    page: NamedDependency[Page],
    employee: Field = None,
    actor: Field = None,
    type: Field = None,
    source: Field = None,
    key: Field = None,
    order: Field = None,
    after: Field = None,
    upto: Field = None,
) -> Response[str]:
    """Every fact, by person, actor, type, source, id and days, page by page."""
    said = {"employee": employee, "actor": actor, "source": source, "key": key}
    return await _found(page, "audit/journal.html", said, [str(type)] if word(type) else None)


@get(
    "/audit/reads",
    opt=page_opt("read_trail", "audit", asks=_ASKS, personal="people", reach="all"),
)
async def reads_page(
    page: NamedDependency[Page],
    employee: Field = None,
    actor: Field = None,
    type: Field = None,
    order: Field = None,
    after: Field = None,
    upto: Field = None,
) -> Response[str]:
    """Who read whose data, who was refused, who signed in, and whose access was changed."""
    types = [type] if type in OF_ACCESS else list(OF_ACCESS)
    return await _found(page, "audit/reads.html", {"employee": employee, "actor": actor}, types)


async def _found(
    page: Page, template: str, said: Mapping[str, str | None], types: Sequence[str] | None
) -> Response[str]:
    asked: Mapping[str, str] = page.request.query_params
    fields = {name: value for name in _ASKS if (value := word(asked.get(name))) is not None}
    newest = fields.get("order") != "oldest"
    found, refusal = None, None
    try:
        days = {name: day(fields.get(name), name) for name in _DAYS}
        found = await page.ask(
            trail_pages.read_trail,
            **{name: word(value) for name, value in said.items()},
            type=types,
            from_=days.pop("from"),
            **days,
            after=number(fields.get("after"), "after") or 0,
            upto=number(fields.get("upto"), "upto"),
            newest=newest,
            limit=FACTS_A_PAGE,
            lang=page.wording.lang,
            format="json",
        )
    except Refusal as error:
        refusal = error
    return await page.answered(
        template,
        refusal,
        search=Search(fields, None if found is None else _further(fields, found), _file(fields)),
        found=found,
        types=sorted(FACT_TYPES, key=page.wording.fact),
        access=OF_ACCESS,
        tabs=tabs(page),
    )


def _further(fields: Mapping[str, str], found: trail_pages.TrailPage) -> str | None:
    if found.next_after is not None:
        return urlencode({**fields, "after": found.next_after})
    if found.next_upto:
        return urlencode({**fields, "upto": found.next_upto})
    return None


def _file(fields: Mapping[str, str]) -> str:
    said = urlencode({name: value for name, value in fields.items() if name not in _LEAFING})
    return f"{said}&" if said else ""


class Sealed(NamedTuple):
    """The proof of a fact, as the page shows it and its script computes it again. path: hashes in base64."""

    leaf: int
    size: int
    path: list[str]
    note: str


@get(
    "/audit/facts/{position:int}",
    opt=page_opt("read_trail", "audit", personal="people", reach="all"),
)
async def fact_page(
    page: NamedDependency[Page],
    position: Annotated[int, PathParameter(description="1, 2, 3 …")],
) -> Response[str]:
    """One fact: what it says, its hashes, what voided or replaced it, where it was settled, and its proof."""
    found: provenance.Provenance = await page.ask(
        provenance.read_provenance, position=position, lang=page.wording.lang
    )
    line = str(await page.ask(audit.read_fact, position=position), "utf-8")
    said: dict[str, Any] = msgspec.json.decode(line)
    return await page.rendered(
        "audit/fact.html",
        found=found,
        line=line,
        said=msgspec.json.format(msgspec.json.encode(said["data"]), indent=2).decode(),
        sealed=await _sealed(page, position),
        tabs=tabs(page),
    )


async def _sealed(page: Page, position: int) -> Sealed | None:
    """The proof; None for a fact that is not sealed yet."""
    try:
        text = str(await page.ask(seal.read_proof, position=position))
    except NotSealedYet:
        return None
    proof = parse_proof(text.encode())
    return Sealed(
        proof.leaf, parse_checkpoint(proof.note.text).size, hash_lines(proof.hashes), str(proof.note)
    )
