"""Group robots of WeCom and DingTalk: lines of text as their public formats want them, and what they answer.

Both take 20 messages a minute from a robot, so what comes up in between is told in one message.
Source: developer.work.weixin.qq.com (group robots), open.dingtalk.com (custom robots).
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import msgspec

from api.telling import Language
from api.webhooks.posting import Answer
from api.webhooks.subscriptions import Form

SPACING_SECONDS = 3.0
"""Between two messages of one robot: 20 a minute."""
MOST_LINES = 40

TOO_OFTEN: Mapping[int, int] = {45009: 60, 45033: 60, 130101: 600, 410100: 600}
"""What robots answer when they were told too much, and for how many seconds they are left alone."""

TITLES: Mapping[Language, str] = {"en": "Meritbook", "zh": "功劳簿"}
MORE: Mapping[Language, str] = {"en": "{} events", "zh": "{} 条动态"}

_MARKED = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "'", "*": "∗", "#": "＃", "@": "＠"}
)
"""What a robot would take for markup, a link or a call to everybody, told as plain characters."""

_SECRET = re.compile(r"SEC[0-9A-Za-z]{16,128}\Z")


class Message(NamedTuple):
    """A message for a robot. told: how many of the lines it holds; query: what is added to the address."""

    body: bytes
    told: int
    query: str = ""


class Said(msgspec.Struct):
    """What a robot answers."""

    errcode: int
    errmsg: str = ""


class _Robot(NamedTuple):
    """How one kind of robot is told. most_bytes: of the text, in UTF-8."""

    most_bytes: int
    host: str


ROBOTS: Mapping[Form, _Robot] = {
    "wecom": _Robot(4_096, "qyapi.weixin.qq.com"),
    "dingtalk": _Robot(18_000, "oapi.dingtalk.com"),
}


def is_robots_secret(text: str) -> bool:
    """Whether `text` is what DingTalk gives a robot that signs."""
    return _SECRET.match(text) is not None


def message(form: Form, lines: Sequence[str], language: Language) -> Message:
    """As many of `lines` as one message holds, the first of them in any case, cut if need be."""
    most = ROBOTS[form].most_bytes
    plain = [line.translate(_MARKED) for line in lines[:MOST_LINES]]
    told = len(plain)
    while told > 1 and len(_text(plain[:told], language).encode()) > most:
        told -= 1
    text = _text(plain[:told], language)
    if len(text.encode()) > most:
        text = text.encode()[: most - 3].decode("utf-8", "ignore") + "…"
    said: dict[str, Any] = {"content": text}
    if form == "dingtalk":
        said = {"title": TITLES[language], "text": text}
    return Message(msgspec.json.encode({"msgtype": "markdown", "markdown": said}), told)


def signed_query(secret: str, at_ms: int) -> str:
    """What DingTalk wants added to the address of a robot that signs."""
    digest = hmac.digest(secret.encode(), f"{at_ms}\n{secret}".encode(), "sha256")
    return f"&timestamp={at_ms}&sign={quote_plus(base64.b64encode(digest))}"


def judged(answer: Answer) -> Answer:
    """An answer by what its text says: a robot that takes nothing says so under the status 200."""
    if answer.status is None or not 200 <= answer.status < 300:
        return answer
    try:
        said = msgspec.json.decode(answer.body, type=Said)
    except msgspec.MsgspecError:
        return answer._replace(status=None, error="the answer has no errcode")
    if said.errcode == 0:
        return answer
    asked = TOO_OFTEN.get(said.errcode, 0)
    return answer._replace(
        status=None, error=f"errcode {said.errcode}", asked_seconds=max(asked, answer.asked_seconds)
    )


def _text(lines: Sequence[str], language: Language) -> str:
    if len(lines) == 1:
        return lines[0]
    return "\n".join([f"**{MORE[language].format(len(lines))}**", *(f"- {line}" for line in lines)])
