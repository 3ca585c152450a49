"""SCIM as a validator of the standard tries it, over HTTP."""

from typing import Any

import httpx
import pytest
from scim2_client import BaseSyncSCIMClient
from scim2_tester import Status, check_server
from served import Service


class OverHttp(BaseSyncSCIMClient):
    """The validator's client over the HTTP client that all tests use."""

    def __init__(self, client: httpx.Client, base: str) -> None:
        super().__init__()
        self._client, self._base = client, base

    def _stays_under_base_url(self, endpoint: str) -> bool:
        return True

    def _parse_json(self, response: Any) -> Any:
        return response.json()

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        return self._client.request(method, url if "://" in url else self._base + url, **kwargs)


@pytest.mark.filterwarnings("default")
def test_the_validator_finds_no_fault(directory: Service) -> None:
    """Discovery, create, read, list, attributes, replace, delete, and a patch of every attribute."""
    client = directory.client("integration")
    results = check_server(OverHttp(client, f"{directory.url}/scim/v2"))
    faults = [f"{each.status.name} {each.title}: {each.reason}" for each in results]
    wrong = [fault for fault in faults if not fault.startswith(Status.SUCCESS.name)]
    assert not wrong, "\n".join(wrong)
    assert len(results) > 40, faults
