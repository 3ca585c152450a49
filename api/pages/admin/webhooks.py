"""Webhooks: how each stands, what became of its deliveries, and sending them again."""

import asyncio
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter

from api.pages.admin.running import TABS
from api.pages.asked import Field, number
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import text_of
from api.webhooks import addresses
from api.webhooks.shown import DeliveryPage, WebhookShown
from domain.refusals import Refusal

DELIVERIES_A_PAGE = 50
STATES = ("waiting", "delivered", "dead")
WebhookInPath = Annotated[str, PathParameter(description="Id of a webhook.")]


@get("/admin/webhooks", opt=page_opt("administer", "admin", personal="none", reach="all"))
async def webhooks_page(page: NamedDependency[Page]) -> Response[str]:
    """Every webhook, with what waits and what was given up."""
    found: list[WebhookShown] = await page.ask(addresses.read_webhooks)
    dead: list[DeliveryPage] = await asyncio.gather(
        *(
            page.ask(addresses.read_deliveries, webhook=each.webhook, state_="dead", limit=1000)
            for each in found
        )
    )
    counted = [len(each.deliveries) for each in dead]
    return await page.rendered(
        "admin/webhooks.html", tabs=TABS, webhooks=list(zip(found, counted, strict=True))
    )


@get(
    "/admin/webhooks/{webhook:str}",
    opt=page_opt("administer", "admin", asks=["standing", "after"], personal="none", reach="all"),
)
async def webhook_page(
    page: NamedDependency[Page], webhook: WebhookInPath, standing: Field = None, after: Field = None
) -> Response[str]:
    """One webhook, and the log of its deliveries."""
    return await _webhook(
        page, webhook, standing if standing in STATES else None, number(after, "after") or 0
    )


@post("/admin/webhooks/{webhook:str}", opt=page_opt("administer", "admin", personal="none", reach="all"))
async def change_webhook(page: NamedDependency[Page], webhook: WebhookInPath) -> Response[str]:
    """Pauses or resumes it, sends a test, or sends again what was given up."""
    form = await page.request.form()
    try:
        match text_of(form, "do"):
            case "test":
                await page.ask(addresses.test_webhook, webhook=webhook)
            case "replay":
                message = text_of(form, "message")
                said = {"messages": [message]} if message else {"state": "dead"}
                await page.send(addresses.replay_deliveries, said, webhook=webhook)
            case do:
                state = "paused" if do == "pause" else "active"
                tag = text_of(form, "tag")
                await page.send(addresses.change_webhook, {"state": state}, webhook=webhook, if_match=tag)
    except Refusal as refusal:
        return await _webhook(page, webhook, None, 0, refusal)
    return page.gone_to(f"/admin/webhooks/{webhook}")


async def _webhook(
    page: Page, webhook: str, state: str | None, after: int, refusal: Refusal | None = None
) -> Response[str]:
    found: WebhookShown = await page.ask(addresses.read_webhook, webhook=webhook)
    log: DeliveryPage = await page.ask(
        addresses.read_deliveries, webhook=webhook, state_=state, after=after, limit=DELIVERIES_A_PAGE
    )
    return await page.answered(
        "admin/webhook.html",
        refusal,
        tabs=TABS,
        webhook=found,
        log=log,
        state=state,
        states=STATES,
    )
