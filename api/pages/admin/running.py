"""How the service fares: ready or not, read models and their lag, the seal, and the room it takes."""

import asyncio

from litestar import Response, get
from litestar.di import NamedDependency

from api import health, plans, storage
from api.health import Readiness
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.storage import Storage

LARGEST = 8
TABS = ("overview", "imports", "connectors", "webhooks", "tokens", "accounts")
"""The parts of the administrator's pages."""


@get("/admin", opt=page_opt("administer", "admin", nav=90, personal="none", reach="all"))
async def overview_page(page: NamedDependency[Page]) -> Response[str]:
    """Health, read models, seal and storage of the ledger."""
    ready: Readiness
    room: Storage
    ready, room, adopted = await asyncio.gather(
        page.ask(health.ready), page.ask(storage.read_storage), page.ask(plans.read_plans)
    )
    return await page.rendered(
        "admin/overview.html", tabs=TABS, ready=ready, room=room, largest=LARGEST, is_new=not adopted
    )
