"""No webhook reaches this machine or the firm's network, in whatever clothes the address comes."""

import asyncio
import socket
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from api.settings import SettingRefused, read_settings
from api.webhooks.guard import AddressRefused, Guard, guard_of
from api.webhooks.posting import resolved
from domain.refusals import Refusal

STRICT = Guard()


@pytest.mark.rule("R61")
@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",  # in the clear
        "ftp://hooks.example/x",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_",
        "//hooks.example/x",
        "hooks.example/x",
        "https:///x",
        "https://user:secret@hooks.example/x",
        "https://user@hooks.example/x",
        "https://hooks.example\\@127.0.0.1/x",
        "https://hooks.example/x#part",
        "https://hooks.example/x y",
        "https://hooks.example/x\r\nHost: other",
        "https://hooks.example/x\t",
        "https://hooks.example:99999/x",
        "https://hooks.example:0/x",
        "https://hoo ks.example/x",
        "https://[::1",
        "https://exa%6dple.com@127.0.0.1/",
        "https://hooks.example/功",
        "https://" + "a" * 2000 + ".example/",
    ],
)
def test_what_is_no_address_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(Refusal) as refused:
        STRICT.target(url)
    assert (refused.value.field, bool(refused.value.remedy)) == ("url", True)


@pytest.mark.rule("R61")
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",  # behind a carrier's translation
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",  # IPv4 in the clothes of IPv6
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",  # NAT64
        "2002:7f00:1::",  # 6to4
        "2001:0:7f00:1::",  # Teredo
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        STRICT.require("hooks.example", [ip_address(address)])
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused):
        STRICT.target(f"https://{literal}/x")


def test_one_address_inside_is_enough_to_refuse_a_host() -> None:
    with pytest.raises(AddressRefused):
        STRICT.require("hooks.example", [ip_address("93.184.216.34"), ip_address("10.0.0.1")])
    with pytest.raises(AddressRefused):
        STRICT.require("hooks.example", [])


def test_a_public_address_is_taken_apart() -> None:
    target = STRICT.target("https://Hooks.Example:8443/in?key=1")
    assert target == ("https", "hooks.example", 8443, "/in?key=1")
    assert (target.authority, STRICT.target("https://bücher.example").host) == (
        "hooks.example:8443",
        "xn--bcher-kva.example",
    )
    assert STRICT.require("x", [ip_address("93.184.216.34")]) == [ip_address("93.184.216.34")]
    assert STRICT.require("x", [ip_address("::ffff:93.184.216.34")]) == [ip_address("93.184.216.34")]


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> Callable[..., Any]:
    """A resolver that gives one answer after the other; what asks it."""
    told = iter(answers)

    async def getaddrinfo(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(told), 443))]

    async def asked(guard: Guard, url: str) -> Any:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo, raising=False)
        return await resolved(guard, guard.target(url))

    return lambda guard, url: asyncio.run(asked(guard, url))


@pytest.mark.rule("R61")
def test_a_name_that_changes_its_mind_is_judged_by_what_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: the first look says a public address, the second one inside. Each look is judged alone."""
    ask = resolving(monkeypatch, "93.184.216.34", "127.0.0.1")
    assert ask(STRICT, "https://rebinds.example/") == ip_address("93.184.216.34")
    with pytest.raises(AddressRefused, match="not public"):
        ask(STRICT, "https://rebinds.example/")


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "0"])
def test_numbers_written_otherwise_are_judged_by_what_they_mean(host: str) -> None:
    with pytest.raises((AddressRefused, OSError)):
        asyncio.run(resolved(STRICT, STRICT.target(f"https://{host}/")))


def test_the_settings_allow_hosts_and_networks_of_the_firm() -> None:
    guard = guard_of("hooks.firm.lan 10.2.0.0/16 127.0.0.1")
    assert guard.target("http://hooks.firm.lan/in").scheme == "http"
    assert guard.target("http://127.0.0.1:9000/in").port == 9000
    assert guard.require("hooks.firm.lan", [ip_address("192.168.7.7")])
    assert guard.require("other.example", [ip_address("10.2.3.4")])
    for host, address in (("other.example", "10.3.0.1"), ("other.example", "127.0.0.2")):
        with pytest.raises(AddressRefused):
            guard.require(host, [ip_address(address)])
    for address in ("169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1"):
        with pytest.raises(AddressRefused):
            guard_of("hooks.firm.lan 0.0.0.0/0 ::/0").require("hooks.firm.lan", [ip_address(address)])
    with pytest.raises(Refusal, match="not encrypted"):
        guard.target("http://other.example/")


def test_a_setting_that_names_no_host_is_refused(tmp_path: Any) -> None:
    assert read_settings({"MERITBOOK_WEBHOOK_HOSTS": "a.lan 10.0.0.0/8"}, tmp_path).webhook_hosts
    for wrong in ("http://a.lan", "10.0.0.1/8", "a.lan,b.lan", "10.0.0.0/99"):
        with pytest.raises(SettingRefused, match="MERITBOOK_WEBHOOK_HOSTS"):
            read_settings({"MERITBOOK_WEBHOOK_HOSTS": wrong}, tmp_path)
