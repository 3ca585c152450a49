"""Groups of WeCom and DingTalk are told by their robots, as these want it."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from faults.embedded_user import until
from receiving import Reply
from webhook_scene import Scene, delivered, sold, tries


@pytest.mark.rule("R61")
def test_a_robot_of_wecom_is_told_in_chinese_and_not_too_often(scene: Scene) -> None:
    """The first at once, then what came up within 3 s in one message: 20 a minute."""
    scene.receiver.reply = lambda _: Reply(body=b'{"errcode":0,"errmsg":"ok"}')
    path = f"/cgi-bin/webhook/send/{uuid4().hex[:6]}"
    webhook, _, _ = scene.make(form="wecom", language="zh", url=f"{scene.url}{path}?key=K1")
    sold(scene)
    scene.receiver.wait(path, 1)
    for _ in range(3):
        sold(scene)
    came = scene.receiver.wait(path, 2)
    until(lambda: len(delivered(scene, webhook)) == 4)
    assert came[0].path == f"{path}?key=K1"
    assert came[0].said["msgtype"] == "markdown"
    assert "成交" in came[0].said["markdown"]["content"] and "12345.00 CNY" in came[0].body.decode()
    assert came[1].at - came[0].at > 2.9
    assert "条动态" in came[-1].said["markdown"]["content"]
    scene.receiver.reply = lambda _: Reply()


@pytest.mark.rule("R61")
def test_a_robot_of_dingtalk_is_signed_and_believed_only_with_errcode_0(scene: Scene) -> None:
    path, secret = f"/robot/send/{uuid4().hex[:6]}", "SEC" + "0a" * 32
    scene.receiver.reply = lambda _: Reply(body='{"errcode":310000,"errmsg":"关键词不匹配"}'.encode())
    webhook, _, _ = scene.make(form="dingtalk", secret=secret, url=f"{scene.url}{path}?access_token=T")
    sold(scene)
    [came] = scene.receiver.wait(path, 1)
    query = parse_qs(urlsplit(came.path).query)
    content = f"{query['timestamp'][0]}\n{secret}".encode()
    signed = base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()
    assert query["access_token"] == ["T"] and query["sign"] == [signed]
    assert set(came.said["markdown"]) == {"title", "text"}
    until(lambda: tries(scene, webhook) == 1)
    [listed] = scene.get(f"/v1/webhooks/{webhook}/deliveries")["deliveries"]
    assert (listed["state"], listed["log"][0]["error"]) == ("waiting", "errcode 310000")
    scene.receiver.reply = lambda _: Reply()
