"""Webhooks in the trail: where events of the ledger go, by whose rights, and who said so."""

from api.webhooks.subscriptions import Webhook
from domain.facts.trail import WebhookChange, WebhookChanged


def noted(webhook: Webhook, change: WebhookChange) -> WebhookChanged:
    """The fact that `webhook` was changed; it is as it stands after that."""
    gone = change == "removed"
    return WebhookChanged(
        webhook=webhook.webhook,
        change=change,
        host=webhook.host,
        events=None if gone else list(webhook.events),
        role=None if gone else webhook.role,
        scope=None if gone else webhook.scope,
    )
