"""Where webhooks may go: not to this machine, not into the firm's network, unless the settings say so.

An address is judged by what its host resolves to, at each try anew, and the connection is made to what was
judged. So neither a name that points inside, nor one that changes its mind, nor a number written in another
way leads anywhere that the settings do not allow.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from domain.refusals import BadField, Refusal

Ip = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MOST_CHARACTERS = 2_000

NEVER: tuple[Network, ...] = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # metadata of most clouds
        "168.63.129.16/32",  # metadata of Azure, a public address
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "192.0.0.192/32",  # metadata of Oracle Cloud
        "224.0.0.0/4",
        "255.255.255.255/32",
        "::/128",
        "fe80::/10",
        "fd00:ec2::/32",  # metadata of AWS
        "ff00::/8",
    )
)
"""Nowhere near these, whatever the settings allow."""

CARRIERS: tuple[IPv6Network, ...] = tuple(
    IPv6Network(each) for each in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
)
"""Addresses of IPv6 that stand for one of IPv4, which need not be what they seem."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9\-_.]{0,251}[a-z0-9])?\Z")
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


class AddressRefused(Refusal):
    """A webhook is not sent to such an address."""


class Target(NamedTuple):
    """An address taken apart. path: with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


@dataclass(frozen=True)
class Guard:
    """What the settings allow beyond public addresses: hosts by name, and networks."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def target(self, url: str) -> Target:
        """`url` taken apart, if it may be an address of a webhook at all.

        Raises: AddressRefused.
        """
        if len(url) > MOST_CHARACTERS or _CONTROLS.search(url):
            raise _refused("It is too long, or holds spaces, backslashes or control characters.")
        try:
            parts = urlsplit(url)
            port = parts.port
            host = (parts.hostname or "").rstrip(".").encode("idna").decode() if parts.hostname else ""
        except (ValueError, UnicodeError):
            raise _refused("It is no address.") from None
        if parts.scheme not in ("https", "http") or not host or port == 0:
            raise _refused("It does not begin with https:// and a host.")
        if parts.username is not None or parts.password is not None:
            raise _refused("It names a user; webhooks are signed instead.")
        if "#" in url:
            raise _refused("It has a fragment, which is never sent.")
        if ":" not in host and not _HOST.match(host):
            raise _refused("Its host is no name of a machine.")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not path.isascii():
            raise _refused("Its path or query is not percent-encoded.")
        target = Target(parts.scheme, host.lower(), port or {"https": 443, "http": 80}[parts.scheme], path)
        if target.scheme == "http" and not self._knows(target.host):
            raise _refused("It is not encrypted, and the settings do not name its host.")
        literal = _literal(target.host)
        if literal is not None:
            self.require(target.host, [literal])
        return target

    def require(self, host: str, addresses: Iterable[Ip]) -> list[Ip]:
        """The addresses that `host` resolves to, if a connection may be made to all of them.

        Raises: AddressRefused.
        """
        found = [_plain(each) for each in addresses]
        if not found or not all(self._allows(host, each) for each in found):
            raise AddressRefused(
                field="url",
                detail=f"{host} leads to an address that is not public.",
                remedy="Take a public one, or let MERITBOOK_WEBHOOK_HOSTS name the host or its network.",
            )
        return found

    def _allows(self, host: str, address: Ip) -> bool:
        if any(address in each for each in NEVER if each.version == address.version):
            return False
        if address.version == 6 and any(address in each for each in CARRIERS) and not address.is_loopback:
            return False
        return host in self.hosts or self._holds(address) or (address.is_global and not address.is_multicast)

    def _holds(self, address: Ip) -> bool:
        return any(address in each for each in self.networks if each.version == address.version)

    def _knows(self, host: str) -> bool:
        """Whether the settings name this host, so that it may be spoken to without TLS."""
        literal = _literal(host)
        return host in self.hosts or (literal is not None and self._holds(_plain(literal)))


def guard_of(text: str) -> Guard:
    """The guard of a setting such as `hooks.firm.lan 10.2.0.0/16`.

    Raises: ValueError naming what is neither host nor network.
    """
    hosts, networks = set[str](), list[Network]()
    for each in text.lower().split():
        try:
            networks.append(ip_network(each))
            continue
        except ValueError:
            if "/" in each or ":" in each or not _HOST.match(each):
                raise ValueError(each) from None
        hosts.add(each)
    return Guard(frozenset(hosts), tuple(networks))


def _plain(address: Ip) -> Ip:
    """The address itself, where it is one of IPv4 in the clothes of IPv6."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _literal(host: str) -> Ip | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _refused(detail: str) -> BadField:
    return BadField(field="url", detail=detail, remedy="Write it as https://hooks.example/meritbook.")
