"""Which addresses a URL of a document may lead to: not into the own network."""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL

from runtime.errors import WebError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PublicResolver(AbstractResolver):
    """Names resolve only to public addresses; checked here, so redirects cannot get around it."""

    def __init__(self) -> None:
        self._resolver = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Resolve a name; raises WebError when none of its addresses is public."""
        found = await self._resolver.resolve(host, port, family)
        public = [entry for entry in found if is_public(entry["host"])]
        if not public:
            raise WebError(f"{host} is not a public address")
        return public

    async def close(self) -> None:
        """See AbstractResolver.close."""
        await self._resolver.close()


def web_address(url: str, *, allow_private: bool) -> URL:
    """Return a URL of HTTP that leads to no address of our own, as far as it can be seen in it.

    A name is resolved, and checked again, when it is used. Raises WebError saying what is wrong.
    """
    try:
        parsed = URL(url)
        scheme, host = parsed.scheme, (parsed.host or "").rstrip(".").lower()
    except ValueError as error:
        raise WebError(f"{url[:200]}: {error}") from None
    if scheme not in ("http", "https") or not host:
        raise WebError(f"{url[:200]}: not a URL that begins with http:// or https:// and a host")
    if not allow_private and _is_own(host):
        raise WebError(f"{host} is not a public address")
    return parsed


def may_lead_to(url: str, *, allow_private: bool) -> bool:
    """Whether a document may name a URL that we will use: of HTTP, and to no address of our own."""
    try:
        web_address(url, allow_private=allow_private)
    except WebError:
        return False
    return True


def _is_own(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_public(host)
    except ValueError:
        pass
    try:
        # Resolvers take 127.1 and 0x7f000001 for addresses, too.
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, ValueError):
        return False


def is_public(literal: str) -> bool:
    """Whether an address is one of the public network, whatever it is wrapped in."""
    address = _unwrapped(ipaddress.ip_address(literal))
    return address.is_global and not address.is_multicast


def _unwrapped(address: Address) -> Address:
    """Return the IPv4 address to which an IPv6 address leads, where it leads to one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address
