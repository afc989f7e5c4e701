"""
Refuse every request that could change something, unless the environment file allows it by name.

Three kinds of writes need no entry in the file, since a run cannot do without them: `login`, for the login API only,
names that start with `dependency:`, for the configured dependencies only (a token request, a WHMCS call), and names
that start with `platform:`, for the one address at which a platform answers queries by POST (GraphQL).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from smoke.environment.environment import Environment
from smoke.environment.writes import fits
from smoke.errors import WriteRefused
from smoke.http.exchange import Request
from smoke.http.origins import same_origin

READS = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing."""

LOGIN = "login"
DEPENDENCY = "dependency:"
PLATFORM = "platform:"

_DOTS = {".", ".."}


@dataclass(frozen=True, slots=True)
class AllowedWrite:
    """
    A write that may be made.

    *url* is a whole address whose path is a pattern, as in the environment file (`Write.path`). A *name* that ends in
    `:` allows all names that start so.
    """

    name: str
    methods: frozenset[str]
    url: str

    def covers(self, request: Request) -> bool:
        """Tell whether *request* is this write."""
        if request.method.upper() not in self.methods or not _named(request.write or "", self.name):
            return False
        return same_origin(request.url, self.url) and _path_matches(self.url, request.url)


def check_write(request: Request, allowed: Iterable[AllowedWrite]) -> None:
    """Raise `WriteRefused` unless *request* only reads or is one of the *allowed* writes."""
    if request.method.upper() in READS or any(write.covers(request) for write in allowed):
        return
    asked = f"{request.method} {urlsplit(request.url)._replace(query='', fragment='').geturl()}"
    if request.write is None:
        raise WriteRefused(f"{asked} could change something and names no write; name one of the environment's writes")
    remedy = "to allow it, add [[writes]] with this name, method and path to the environment file"
    raise WriteRefused(f"{asked} is not allowed as {request.write!r}; {remedy}")


def allowed_writes(environment: Environment) -> tuple[AllowedWrite, ...]:
    """Return what *environment* allows: its writes, its login API and its dependencies."""
    services = environment.services
    writes = [
        AllowedWrite(write.name, frozenset(write.methods), services[write.service].url + write.path)
        for write in environment.writes
        if write.service in services
    ]
    login = environment.login
    if login and login.service in services:
        url = services[login.service].url + login.path
        writes.append(AllowedWrite(LOGIN, frozenset({"POST"}), url))
    writes += [AllowedWrite(DEPENDENCY, frozenset({"POST"}), f"{url}/*") for url in _dependencies(environment)]
    writes += [
        AllowedWrite(PLATFORM, frozenset({"POST"}), one.railway.url + one.railway.path)
        for one in environment.platforms.values()
        if one.railway is not None
    ]
    return tuple(writes)


def _dependencies(environment: Environment) -> list[str]:
    salesforce, whmcs = environment.dependencies.salesforce, environment.dependencies.whmcs
    urls: list[str] = []
    if salesforce and salesforce.direct:
        direct = salesforce.direct
        urls.append(direct.url or f"https://{direct.my_domain}.my.salesforce.com")
    if whmcs and whmcs.direct:
        urls.append(whmcs.direct.url)
    return urls


def _named(asked: str, allowed: str) -> bool:
    return asked.startswith(allowed) if allowed.endswith(":") else asked == allowed


def _path_matches(pattern: str, url: str) -> bool:
    path = urlsplit(url).path or "/"
    # Whatever a server or proxy might read as another path is refused, not interpreted.
    plain = unquote(path)
    if "\\" in plain or plain.count("/") != path.count("/") or _DOTS & set(plain.split("/")):
        return False
    return fits(urlsplit(pattern).path, path)
