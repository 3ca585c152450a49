"""Webhooks in the trail: where events of the ledger go, by whose rights, and who said so."""

from collections.abc import Callable
from typing import Any

import structlog
from psycopg import Cursor

from api.webhooks import subscriptions
from api.webhooks.subscriptions import Webhook
from domain.facts.base import Fact
from domain.facts.trail import WebhookChange, WebhookChanged

log = structlog.get_logger("meritbook")

Note = Callable[[Fact, str], None]
"""Writes a fact by an actor, durably."""

ITSELF = "meritbook webhooks"
"""The actor where nobody stopped a webhook but its endpoint, or the end of its maker's rights."""


def stop(cursor: Cursor[Any], note: Note, name: str, because: str, *, gone: bool = False) -> None:
    """Stops a webhook that is active, and says so in the trail and where the operator looks.

    gone: its endpoint wants nothing any more. To be called in a transaction.
    """
    found = subscriptions.webhook(cursor, name, lock=True)
    if found is None:
        return
    subscriptions.set_state(cursor, name, "disabled" if gone else "paused", because)
    note(noted(found, "disabled" if gone else "paused", because), ITSELF)
    log.error("webhook_stopped", webhook=name, why=because)


def noted(webhook: Webhook, change: WebhookChange, because: str | None = None) -> WebhookChanged:
    """The fact that `webhook` was changed; it is as it stands after that."""
    gone = change == "removed"
    return WebhookChanged(
        webhook=webhook.webhook,
        change=change,
        host=webhook.host,
        events=None if gone else list(webhook.events),
        role=None if gone else webhook.role,
        scope=None if gone else webhook.scope,
        because=because,
    )
