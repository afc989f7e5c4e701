"""Where the connection for a URL really goes: to another address, through a proxy, or straight."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore

from smoke.errors import ConfigurationError

_SCHEMES = frozenset({"http", "https"})


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy; its address without the credentials it may need."""

    url: str

    @cached_property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url if "://" in self.url else f"http://{self.url}")

    @property
    def usable(self) -> bool:
        """False for kinds that we cannot speak to, such as SOCKS."""
        return self._parts.scheme in _SCHEMES and bool(self._parts.hostname)

    @property
    def address(self) -> str:
        """Scheme, host and port, never the password."""
        return f"{self._parts.scheme}://{self._parts.netloc.rpartition('@')[2]}"

    def to_httpcore(self) -> httpcore.Proxy:
        """Return what httpcore wants."""
        name, password = self._parts.username, self._parts.password
        return httpcore.Proxy(self.address, auth=(name or "", password or "") if name or password else None)


@dataclass(frozen=True, slots=True)
class Route:
    """
    How to reach *name*, the host and port of a URL.

    *local* tells that the connection stays on this machine.
    """

    name: tuple[str, int]
    target: tuple[str, int]
    proxy: Proxy | None = None
    local: bool = False

    def __str__(self) -> str:
        """Say where the connection goes, and under which name."""
        asked = "{}:{}".format(*self.name)
        if self.proxy:
            return f"{asked} through the proxy {self.proxy.address}"
        return asked if self.target == self.name else "{} at {}:{}".format(asked, *self.target)


class Router:
    """
    Finds the route for every URL.

    *proxy* None means what the process environment says (HTTPS_PROXY, NO_PROXY and the like). Addresses that were
    redirected by *connect_to* and addresses of this machine never go through a proxy.
    """

    def __init__(self, connect_to: Callable[[str, int], tuple[str, int]], proxy: str | None = None) -> None:
        self._connect_to = connect_to
        self._proxy = Proxy(proxy) if proxy else None
        self._proxies = {} if proxy else getproxies()
        if self._proxy and not self._proxy.usable:
            raise ConfigurationError(
                f"the proxy {self._proxy.address} cannot be used; give an http:// or https:// address"
            )

    def route(self, scheme: str, host: str, port: int) -> Route:
        """Return the route to *host* and *port*."""
        name, target = (host, port), self._connect_to(host, port)
        local = is_local(target[0])
        proxy = None if local or target != name else self._proxy_for(scheme, host, port)
        return Route(name, target, proxy, local)

    def _proxy_for(self, scheme: str, host: str, port: int) -> Proxy | None:
        if self._proxy:
            return self._proxy
        url = self._proxies.get(scheme) or self._proxies.get("all")
        if not url or proxy_bypass(f"{host}:{port}"):
            return None
        return Proxy(url)


def is_local(host: str) -> bool:
    """Tell whether *host* is an address or a name of this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
