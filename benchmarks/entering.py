"""People who sign in by the forms: one who is in, and one who is to set up a second factor first."""

import http.client
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import msgspec

PASSWORD = "walk the ledger every evening"


class Cookies:
    """What a browser would send back."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self._held: dict[str, str] = {}

    @property
    def header(self) -> str:
        """As the header says them."""
        return "; ".join(f"{name}={value}" for name, value in self._held.items())

    def fill_in(self, path: str, **said: str) -> None:
        """Sends the form at `path`, which is to lead on."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        self._connection.request("POST", path, urlencode(said), headers | {"Cookie": self.header})
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 303, (path, answer.status)
        for each in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = each.partition(";")[0].partition("=")
            self._held[name] = value


def entered(url: str, administrator: str, role: str, employee: str) -> str:
    """The cookies of somebody of `role` with a new account, as far as a password alone lets them in.

    administrator: the token of one.
    """
    name, address = f"walk-{uuid4().hex[:8]}", urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    headers = {"Authorization": f"Bearer {administrator}", "Content-Type": "application/json"}
    wanted = {"name": name, "role": role, "employee": employee}
    connection.request("POST", "/v1/accounts", msgspec.json.encode(wanted), headers)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == 201, said
    cookies = Cookies(url)
    cookies.fill_in("/sign-in", name=name, password=msgspec.json.decode(said)["code"], next="/")
    cookies.fill_in("/sign-in/password", password=PASSWORD, again=PASSWORD)
    return cookies.header
