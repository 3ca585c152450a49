"""The addresses about webhooks.

Made from the OpenAPI document by `make docs`; change the service, not this module.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ..answers import Delivery, Replayed, TestSent, WebhookMade, WebhookShown
from ..wire import Wire, part


class WebhooksAddresses:
    """What is asked and sent about webhooks."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def read_webhooks(self) -> list[WebhookShown]:
        """Webhooks."""
        return self._wire.json("GET", "/v1/webhooks")

    def make_webhook(self, body: Mapping[str, Any]) -> WebhookMade:
        """Make a webhook."""
        return self._wire.json("POST", "/v1/webhooks", body=body)

    def read_webhook(self, webhook: str) -> WebhookShown:
        """One webhook."""
        return self._wire.json("GET", f"/v1/webhooks/{part(webhook)}")

    def change_webhook(self, webhook: str, body: Mapping[str, Any], *, if_match: str) -> WebhookShown:
        """Change, pause or resume a webhook."""
        return self._wire.json("PATCH", f"/v1/webhooks/{part(webhook)}", body=body, if_match=if_match)

    def remove_webhook(self, webhook: str, *, if_match: str) -> None:
        """Remove a webhook."""
        self._wire.nothing("DELETE", f"/v1/webhooks/{part(webhook)}", if_match=if_match)

    def rotate_secret(self, webhook: str, *, if_match: str) -> WebhookMade:
        """Change the secret of a webhook."""
        return self._wire.json("POST", f"/v1/webhooks/{part(webhook)}/secret", if_match=if_match)

    def test_webhook(self, webhook: str) -> TestSent:
        """Send a test event."""
        return self._wire.json("POST", f"/v1/webhooks/{part(webhook)}/test")

    def read_deliveries(
        self,
        webhook: str,
        *,
        state: Literal["waiting", "delivered", "dead"] | None = None,
        limit: int | None = None,
    ) -> Iterator[Delivery]:
        """What became of deliveries."""
        return self._wire.rows(
            f"/v1/webhooks/{part(webhook)}/deliveries",
            {"state": state, "limit": limit},
            field="deliveries",
            cursor="next_after",
        )

    def read_delivery(self, webhook: str, message: str) -> Delivery:
        """One delivery with all its tries."""
        return self._wire.json("GET", f"/v1/webhooks/{part(webhook)}/deliveries/{part(message)}")

    def replay_deliveries(self, webhook: str, body: Mapping[str, Any]) -> Replayed:
        """Send deliveries again."""
        return self._wire.json("POST", f"/v1/webhooks/{part(webhook)}/replays", body=body)
