"""Boards as events: who moved among the shown places is told once, to whom it may be told."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from faults.embedded_user import until
from given_plan import adoption, document
from webhook_scene import Scene, change, deal

from api.webhooks.events import BoardMove
from api.webhooks.placing import moves
from domain.journal.connection import connect

ZONE = ZoneInfo("Asia/Shanghai")
BOARDS = "boards: [{id: moving, title: {en: Movers, zh: 榜}, measure: revenue, size: 2}]"


_amounts = (4**each for each in itertools.count(10))


def sells(scene: Scene, employee: str) -> None:
    """A deal of this moment, larger than all before it together: whoever closes it is first."""
    now = dt.datetime.now(dt.UTC).isoformat()
    answer = scene.service.record("deal_closed", deal(employee, amount_minor=next(_amounts)), occurred_at=now)
    assert answer.status_code == 201, answer.text


def eventually(condition: Callable[[], Any]) -> None:
    """As `until`; boards rest between two looks."""
    until(condition, seconds=60)


def known(scene: Scene, webhook: str) -> Any:
    """The places that a webhook was told last."""
    assert scene.service.settings.database_url
    with connect(scene.service.settings.database_url, scene.service.settings.ledger) as connection:
        asking = "select places from webhook_board where webhook = %s and board = 'moving'"
        row = connection.execute(asking, [webhook]).fetchone()
    return None if row is None else row[0]


@pytest.mark.rule("R61")
def test_who_moves_on_a_board_is_told_within_scope(scene: Scene) -> None:
    """E3 overtakes E1: told with position and board; who is told about Beijing alone hears of E3 alone."""
    scene.service.adopt(adoption(document(BOARDS, plan="boards")))
    webhook, path, _ = scene.make(events=["board.changed"])
    narrow, its_path, _ = scene.make(events=["board.changed"], branches=["BJ"])
    robot, wall, _ = scene.make(events=["board.changed"], form="wecom", language="zh")
    eventually(lambda: all(known(scene, each) is not None for each in (webhook, narrow, robot)))
    sells(scene, "E1")
    eventually(lambda: known(scene, webhook).get("E1") == 1 and len(known(scene, webhook)) <= 2)
    sells(scene, "E3")
    eventually(lambda: (known(scene, webhook).get("E3"), known(scene, narrow).get("E3")) == (1, 1))
    scene.receiver.wait(path, 1)
    eventually(lambda: scene.receiver.at(path)[-1].said["data"]["moves"][0]["employee"] == "E3")
    said = scene.receiver.at(path)[-1].said
    assert said["type"] == "board.changed"
    data = said["data"]
    assert (data["board"], data["plan"], data["title"]["en"]) == ("moving", "boards", "Movers")
    assert data["position"] <= scene.service.head() and data["period"] == f"{dt.datetime.now(ZONE):%Y-%m}"
    assert {"employee": "E1", "anonymous": False, "place": 2, "before": 1} in data["moves"]
    eventually(lambda: scene.receiver.at(its_path))
    told = {each["employee"] for one in scene.receiver.at(its_path) for each in one.said["data"]["moves"]}
    assert told == {"E3"}
    eventually(lambda: scene.receiver.at(wall))
    assert "榜" in str(scene.receiver.at(wall)[-1].said)


def test_a_webhook_that_was_paused_hears_once_what_became_of_a_board(scene: Scene) -> None:
    scene.service.adopt(adoption(document(BOARDS, plan="boards")))
    sells(scene, "E1")
    scene.service.get("/v1/plans")  # counted, so that the first look has it
    webhook, path, _ = scene.make(events=["board.changed"])
    eventually(lambda: (known(scene, webhook) or {}).get("E1") == 1)
    change(scene, webhook, state="paused")
    for _ in range(3):
        sells(scene, "E2")
    scene.service.get("/v1/plans")
    change(scene, webhook, state="active")
    eventually(lambda: known(scene, webhook).get("E2") == 1)
    scene.receiver.wait(path, 1)
    assert len(scene.receiver.at(path)) == 1


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"A": 1}, [("A", 1, None)]),
        ({"A": 1, "B": 2}, {"B": 1, "A": 2}, [("B", 1, 2), ("A", 2, 1)]),
        ({"A": 1, "B": 2}, {"A": 1, "C": 2}, [("C", 2, None), ("B", None, 2)]),
        ({"A": 1, "B": 1}, {"A": 1, "B": 1}, []),
    ],
)
def test_moves_are_told_in_the_order_of_places(before: Any, after: Any, told: Any) -> None:
    assert [(each.employee, each.place, each.before) for each in moves(before, after, {})] == told


def test_whoever_is_not_to_be_named_is_not_named_to_a_webhook() -> None:
    [move] = moves({"A": 2}, {"A": 1}, {"A": "anonymous-7"})
    assert move == BoardMove(employee="anonymous-7", anonymous=True, place=1, before=2)
