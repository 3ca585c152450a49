"""What the pages of signing in share: how they are shown, and how somebody is let on."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from api.accounts.entering import DEVICE_COOKIE, From, In, Next, StepGone, WrongSecret
from api.accounts.passwords import LEAST, MOST, PasswordTooWeak
from api.accounts.steps import COOKIE as STEP_COOKIE
from api.accounts.steps import STEP_SECONDS
from api.cookies import NAME, Cookies
from api.pages.page import Site, html_answer, render
from api.problems import TooManyRequests
from domain.refusals import Refusal

DEVICE_SECONDS = 365 * 24 * 3600
LONGEST_FIELD = 512

Asked = Request[Any, Any, Any]


class Form(Mapping[str, str]):
    """The fields of a form, each once and of bounded length; what is not there is empty."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = {
            name: value[:LONGEST_FIELD] for name, value in fields.items() if isinstance(value, str)
        }

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, "")

    def __iter__(self) -> Any:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


async def form_of(request: Asked) -> Form:
    """What a form brings."""
    return Form(dict(await request.form()))


def shown(site: Site, request: Asked, template: str, *, status: int = 200, **values: Any) -> Response[str]:
    """A page of signing in."""
    known: dict[str, Any] = {"wrong": None, "least": LEAST, "most": MOST, "caller": None, "issuer": ""}
    html = render(site, request, site.wording(request), f"entry/{template}", known | values)
    return html_answer(html, status)


def wrong(refusal: Refusal) -> tuple[int, str]:
    """The status of a refusal and the key of the sentence that says it on a page."""
    match refusal:
        case TooManyRequests():
            return 429, "later"
        case StepGone():
            return 401, "gone"
        case WrongSecret():
            return 401, refusal.told
        case PasswordTooWeak():
            return 422, f"weak.{refusal.why}"
        case _:
            raise refusal


def where(request: Asked, cookies: Cookies) -> From:
    """Where somebody signs in."""
    return From(request.headers.get("user-agent", ""), cookies.given(request.scope, DEVICE_COOKIE))


def step_id(request: Asked, cookies: Cookies) -> str:
    """The id of the step that is due in this browser; empty if none is."""
    return cookies.given(request.scope, STEP_COOKIE)


def to(address: str, *set_cookies: str) -> Response[None]:
    """On to another page."""
    answer = Response[None](None, status_code=303, headers={"Location": address})
    return with_cookies(answer, *set_cookies)


def with_cookies(answer: Response[Any], *set_cookies: str) -> Response[Any]:
    """`answer`, which sets cookies as well."""
    return _Setting(answer, set_cookies)


def let_on(request: Asked, cookies: Cookies, passed: In | Next, *, strict: bool = True) -> Response[None]:
    """On to what is due next, or to the page that somebody wanted."""
    if isinstance(passed, Next):
        step = cookies.set(request.scope, passed.id, name=STEP_COOKIE, seconds=STEP_SECONDS, strict=strict)
        return to(f"/sign-in/{passed.step}", step)
    return to(passed.next, *entered(request, cookies, passed))


def entered(request: Asked, cookies: Cookies, passed: In) -> tuple[str, ...]:
    """The cookies of somebody who is in."""
    scope = request.scope
    device = (
        [cookies.set(scope, passed.device, name=DEVICE_COOKIE, seconds=DEVICE_SECONDS, strict=True)]
        if passed.device
        else []
    )
    return (
        cookies.set(scope, passed.session, name=NAME, seconds=passed.seconds),
        cookies.taken_back(scope, STEP_COOKIE),
        *device,
    )


class _Setting(Response[Any]):
    """An answer with any number of Set-Cookie headers; a mapping of headers holds one."""

    def __init__(self, answer: Response[Any], set_cookies: tuple[str, ...]) -> None:
        super().__init__(
            answer.content,
            status_code=answer.status_code,
            media_type=answer.media_type,
            headers=answer.headers,
        )
        self._set_cookies = set_cookies

    def to_asgi_response(self, *given: Any, **named: Any) -> Any:
        """The answer, with its cookies."""
        made = super().to_asgi_response(*given, **named)
        for each in self._set_cookies:
            made.headers.add("set-cookie", each)
        return made
