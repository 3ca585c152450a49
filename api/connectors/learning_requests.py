"""What surrounds requests by xAPI 1.0.3: HEAD, the alternate request syntax, and what every answer says.

Part three, 1.1 and 1.3: HEAD is a GET whose answer has no body. A client that can only post says the method
in the query, and parameters, some headers and the content in a form.
"""

from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send

from api.bodies import received
from api.connectors.forms import bad
from api.connectors.speaking import VERSION
from api.ops import now
from api.problems import MEDIA_TYPE, problem_of
from domain.refusals import Refusal

AT = "/xapi/"
STATEMENTS = "/xapi/statements"
METHODS = ("GET", "PUT", "POST", "DELETE")
CONTENT = "content"
MOST_FORM_BYTES = 1024 * 1024
"""Read before anybody is known by a token."""
MOST_FIELDS = 50
HEADERS = (
    "authorization",
    "x-experience-api-version",
    "content-type",
    "content-length",
    "if-match",
    "if-none-match",
)
"""Those that a form may give. No cookie counts, as a page of anybody's making can post a form."""

_SAYS_VERSION = (b"x-experience-api-version", VERSION.encode())


class LearningRequests:
    """Lets requests by xAPI be heard as what they mean."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers through the app within."""
        if scope["type"] != "http" or not scope["path"].startswith(AT):
            await self._app(scope, receive, send)
            return
        send = _saying(scope["path"], send)
        if scope["method"] == "POST" and b"method=" in scope["query_string"]:
            try:
                receive = await _meant(scope, receive)
            except Refusal as refusal:
                await _refuse(send, refusal, scope["state"].get("request_id", ""))
                return
        if scope["method"] == "HEAD":
            await self._app(asked := {**scope, "method": "GET"}, receive, _without_body(send))  # type: ignore[arg-type]
            scope.update({**asked, "method": "HEAD"})  # type: ignore[typeddict-item]
            return
        await self._app(scope, receive, send)


async def _meant(scope: Scope, receive: Receive) -> Receive:
    """Makes of a form the request that it means, and gives its content.

    Raises: BadStatement, BodyTooLarge, Malformed.
    """
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if len(query) > 1:
        raise bad("method", "More stands in the address than the method.", "Say the rest in the form.")
    method = query[0][1].upper()
    if query[0][0] != "method" or method not in METHODS:
        raise bad("method", f"{method[:20]!r} is no method here.", f"Use {', '.join(METHODS)}.")
    sent = dict(scope["headers"])
    form = _form(await received(sent, receive, MOST_FORM_BYTES))
    content = form.pop(CONTENT, None)
    if (content is None) == (method in ("PUT", "POST")):
        raise bad(CONTENT, f"A {method} has {'one' if content is None else 'none'}.", "Mend the form.")
    said = {name.lower(): form.pop(name) for name in list(form) if name.lower() in HEADERS}
    body = (content or "").encode()
    headers = {**sent, b"content-type": b"application/json"}
    headers |= {name.encode(): value.encode("latin-1", "replace") for name, value in said.items()}
    headers[b"content-length"] = str(len(body)).encode()
    headers.pop(b"cookie", None)
    scope["headers"] = list(headers.items())
    scope["method"] = method  # type: ignore[typeddict-item]
    scope["query_string"] = urlencode(form).encode()
    return _of(body, receive)


def _form(body: bytes) -> dict[str, str]:
    """The fields of a form, each given once."""
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise bad("", "It is no form.", "Send it as application/x-www-form-urlencoded.") from None
    if len(dict(fields)) < len(fields):
        raise bad("", "A field of the form is given more than once.", "Give each once.")
    return dict(fields)


def _of(body: bytes, rest: Receive) -> Receive:
    """Gives a body, and then whatever comes."""
    is_told = False

    async def receive() -> HTTPReceiveMessage:
        nonlocal is_told
        if is_told:
            return await rest()  # type: ignore[return-value]
        is_told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _saying(path: str, send: Send) -> Send:
    """Says in every answer which version is spoken, and about statements until when they are told."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], _SAYS_VERSION]
            if path == STATEMENTS:
                through = now().isoformat().encode()
                message["headers"].append((b"x-experience-api-consistent-through", through))
        await send(message)

    return sending


def _without_body(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return sending


async def _refuse(send: Send, refusal: Refusal, request_id: str) -> None:
    problem = problem_of(refusal, request_id)
    body = msgspec.json.encode(problem)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
