"""Where HTTP calls of diagrams may go: what the operator wrote into `BATON_HTTP_ALLOW`.

    api.example.com            http and https on their own ports 80 and 443
    erp.example.com:8443       that port
    https://example.com/v1     that scheme, and `/v1` and what is below it
    10.1.0.0/16                no host, but addresses: names in the list may lead to them

There are no wildcards. A name may lead to public addresses only, whatever its DNS says, unless the list has the
network itself; `localhost` and an address that is in the list as host stand for themselves, on their own ports.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from baton.bpm import errors
from baton.bpm.connectors.urls import PORTS, UnusableUrl, Url, read_url

SETTING = "BATON_HTTP_ALLOW"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class _Entry:
    """`scheme` and `port` None: any, but then the scheme's own port."""

    host: str
    scheme: str | None = None
    port: int | None = None
    path: str = "/"

    def covers(self, url: Url) -> bool:
        if url.host != self.host or self.scheme not in (None, url.scheme):
            return False
        if url.port != (self.port or PORTS[url.scheme]):
            return False
        if self.path == "/":
            return True
        below = self.path if self.path.endswith("/") else f"{self.path}/"
        return (url.path == self.path or url.path.startswith(below)) and not url.path_may_be_read_otherwise


@dataclass(frozen=True, slots=True)
class _Reach:
    """A network that names may lead into; `ports` None: on all of them."""

    network: Network
    ports: tuple[int, ...] | None = None

    def holds(self, ip: Address, port: int) -> bool:
        return self.network.version == ip.version and ip in self.network and (self.ports is None or port in self.ports)


@dataclass(frozen=True, slots=True)
class AllowList:
    """Hosts that may be called, and networks they may be in though these are not public."""

    entries: tuple[_Entry, ...] = ()
    networks: tuple[_Reach, ...] = ()

    @classmethod
    def parse(cls, text: str) -> AllowList:
        """Commas between. Raises `ConfigurationError` naming the entry."""
        entries: list[_Entry] = []
        networks: list[_Reach] = []
        for part in filter(None, (part.strip() for part in text.split(","))):
            try:
                network = _network(part)
                if network is not None:
                    networks.append(_Reach(network))
                else:
                    entries.append(_entry(part))
            except (UnusableUrl, ValueError) as error:
                raise errors.ConfigurationError(
                    f"Config '{SETTING}' has the entry '{part[:100]}': {error}. "
                    "Expected host, host:port, a URL such as https://example.com/v1, or a network such as 10.1.0.0/16."
                ) from error
        return cls(tuple(entries), (*networks, *_own_networks(entries)))

    def __bool__(self) -> bool:
        return bool(self.entries)

    def allows(self, url: Url) -> bool:
        """True if the URL may be called, wherever its host is."""
        return any(entry.covers(url) for entry in self.entries)

    def may_reach(self, address: str, port: int) -> bool:
        """True if a name of the list may lead to this IP address."""
        ip = _inner(ipaddress.ip_address(address.partition("%")[0]))
        if any(reach.holds(ip, port) for reach in self.networks):
            return True
        tunnelled = isinstance(ip, ipaddress.IPv6Address) and (ip.sixtofour is not None or ip.teredo is not None)
        return ip.is_global and not ip.is_multicast and not tunnelled


def _entry(text: str) -> _Entry:
    if "*" in text:
        raise ValueError("there are no wildcards; name each host")
    if "://" not in text:
        bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
        url = read_url(f"http://{bare}")
        if url.target != "/" or "/" in text:
            raise ValueError("a path needs http:// or https:// before the host")
        has_port = bare.rpartition("]")[2].startswith(":") if bare.startswith("[") else ":" in bare
        return _Entry(url.host, port=url.port if has_port else None)
    url = read_url(text)
    if url.query or url.path_may_be_read_otherwise:
        raise ValueError("a path has no query, dot segments and escaped slashes")
    return _Entry(url.host, url.scheme, url.port, url.path)


def _network(text: str) -> Network | None:
    if "/" not in text or "://" in text:
        return None
    return ipaddress.ip_network(text)


def _own_networks(entries: list[_Entry]) -> Iterator[_Reach]:
    """Hosts that are addresses, or `localhost`, name themselves; no other name may lead to another port of them."""
    for entry in entries:
        ports = (entry.port,) if entry.port else tuple(PORTS.values())
        if entry.host == "localhost":
            yield _Reach(ipaddress.ip_network("127.0.0.0/8"), ports)
            yield _Reach(ipaddress.ip_network("::1/128"), ports)
            continue
        try:
            yield _Reach(ipaddress.ip_network(_inner(ipaddress.ip_address(entry.host))), ports)
        except ValueError:
            continue


def _inner(ip: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip
