"""The seal as an auditor looks at it: the newest checkpoint, its witnesses, and what continues what."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from api import checkpoints, health
from api.checkpoints import Consistency, KeptCheckpoint
from api.health import Readiness
from api.pages.asked import Field, number, word
from api.pages.audit.tabs import tabs
from api.pages.navigation import page_opt
from api.pages.page import Page
from domain.refusals import BadField, Refusal

SHOWN = 50


@get(
    "/audit/seal",
    opt=page_opt("read_facts", "audit", asks=["old", "new", "position"], personal="none", reach="all"),
)
async def seal_page(
    page: NamedDependency[Page], old: Field = None, new: Field = None, position: Field = None
) -> Response[str]:
    """The newest checkpoint, those that are kept, and the proof that one continues another."""
    if word(position):
        return page.gone_to(f"/audit/facts/{number(position, 'position')}#seal")
    kept: list[KeptCheckpoint] = await page.ask(checkpoints.read_checkpoints, limit=SHOWN)
    refusal: Refusal | None = None
    compared: dict[str, Any] | None = None
    try:
        compared = await _compared(page, kept, number(old, "old"), number(new, "new"))
    except Refusal as error:
        refusal = error
    ready: Readiness = await page.ask(health.ready)
    return await page.answered(
        "audit/seal.html",
        refusal,
        kept=kept,
        state=ready.seal,
        compared=compared,
        tabs=tabs(page),
    )


async def _compared(
    page: Page, kept: list[KeptCheckpoint], old: int | None, new: int | None
) -> dict[str, Any] | None:
    """Two of the kept checkpoints with the proof between them; None where none are chosen."""
    if old is None or new is None:
        return None
    by_size = {each.size: each for each in reversed(kept)}
    if old not in by_size or new not in by_size:
        raise BadField(
            field="old" if old not in by_size else "new",
            detail="No checkpoint of this size is kept.",
            remedy="Choose two of those that are shown.",
        )
    proof: Consistency = await page.ask(checkpoints.read_consistency, old=old, new=new)
    return {"old": by_size[old], "new": by_size[new], "hashes": proof.hashes}
