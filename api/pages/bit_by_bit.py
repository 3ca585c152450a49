"""Pages that are sent bit by bit: first what is known at once and that the rest is under way, then the rest.

So nothing is kept in the service, a long answer does not keep anybody waiting before an empty page, and it
needs no script.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import structlog
from litestar.response import Stream

from api.pages.page import HEADERS, Page
from domain.refusals import Refusal

log = structlog.get_logger("meritbook")

LOOK_SECONDS = 0.2
"""So often it is looked how far something is."""

MARK = "<!-- result -->"
"""Where in a page stands what comes later."""


async def begun(page: Page, template: str, later: AsyncIterator[str], **shown: Any) -> Stream:
    """The page up to its mark at once, then each bit of what comes later, then the rest of the page."""
    before, _, after = (await page.html(template, **shown)).partition(MARK)

    async def bits() -> AsyncIterator[str]:
        yield before
        async for bit in later:
            yield bit
        yield after

    return Stream(bits(), media_type="text/html; charset=utf-8", headers=HEADERS)


async def running(page: Page, words: str, share: int | None = None) -> str:
    """That something is under way, in place of what was said of it before. share: of 100, if it is known."""
    return await page.html("running.html", words=words, share=share)


async def failed(page: Page, words: str, refusal: Refusal | None) -> str:
    """That it came to nothing, and why; None for a fault of ours."""
    problem = None if refusal is None else await page.told(refusal)
    return await page.html("failed.html", words=words, problem=problem)


async def awaited(
    page: Page, words: str, make: Callable[[], Awaitable[str]], share: Callable[[], float] | None = None
) -> AsyncIterator[str]:
    """That something is under way, and what came of it. words: the group with its `running` and `failed`.

    share: how much of it is done by now, if that is known.
    """
    told = None if share is None else int(share() * 100)
    yield await running(page, f"{words}.running", told)
    making = asyncio.ensure_future(make())
    try:
        while share is not None and not (await asyncio.wait({making}, timeout=LOOK_SECONDS))[0]:
            if told != (done := int(share() * 100)):
                yield await running(page, f"{words}.running", told := done)
        yield await making
    except Refusal as refusal:
        yield await failed(page, f"{words}.failed", refusal)
    except Exception:
        log.exception("page_failed", words=words)
        yield await failed(page, f"{words}.failed", None)
    finally:
        making.cancel()
