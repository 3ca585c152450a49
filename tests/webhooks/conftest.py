"""The scene that tests of deliveries share."""

from collections.abc import Iterator

import pytest
from announced import DOCUMENT, require_announced
from conftest import new_database
from webhook_scene import Scene, webhook_scene


@pytest.fixture(scope="module")
def scene(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A service and a receiver, which every test leaves as good as they were."""
    with (
        new_database(postgres, template) as dsn,
        webhook_scene(dsn, tmp_path_factory.mktemp("home")) as scene,
    ):
        yield scene
        document = scene.get("/schema/asyncapi.json")
        assert document == DOCUMENT
        for each in scene.receiver.came:
            if "webhook-id" in each.headers:
                require_announced(each.said["type"], each.said)
