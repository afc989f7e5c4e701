"""Ask a running site what it shows: read-only, bounded, recognisable as synthetic; the one part that talks HTTP."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import anyio

from smoke.checks._browserlike import page_request
from smoke.discovery import paths
from smoke.discovery.fronts import GENTLE
from smoke.discovery.reads import advertised
from smoke.discovery.site import Site, is_json, is_page, links
from smoke.environment.environment import Limits
from smoke.errors import UsageError
from smoke.http import Exchange, FailureKind, Request
from smoke.http.client import HttpClient
from smoke.http.settings import HttpSettings

LIMITS = Limits(concurrency=6, requests_per_s=20, connect_timeout_s=5, timeout_s=8, body_bytes=1_000_000, redirects=5)

WITHIN_S = 30.0
"""What looking at one site may take."""

SAMPLES = 16
"""Fresh connections over which replicas may show themselves."""

MOST_LINKS = 8
LANGUAGES = "en-US,en;q=0.9"

_PROBES = frozenset({*paths.HEALTH, *paths.VERSION})
_CALLS = frozenset({*paths.READS, *paths.GUARDED})

_ADVICE = {
    FailureKind.NAME: "correct the name",
    FailureKind.REFUSED: "start the site, or correct the port",
    FailureKind.CONNECT_TIMEOUT: "is the address right, and open to this machine?",
    FailureKind.UNREACHABLE: "is the address right, and open to this machine?",
    FailureKind.TIMEOUT: "it has to answer before it can be verified",
    FailureKind.REDIRECTS: "give the address at which the site can be seen",
    FailureKind.TLS: "for a certificate of your own authority add --ca FILE",
}


def settings(run_id: str, ca_file: Path | None, *, gentle: bool = False) -> HttpSettings:
    """Return how the client is to behave, *gentle* where requests are limited; it may write nothing at all."""
    limits = LIMITS.model_copy(update=GENTLE) if gentle else LIMITS
    return HttpSettings(run_id=run_id, limits=limits, ca_file=ca_file)


@dataclass
class _Visit:
    """The answers of one site as they come in; whatever is there when the time ends counts."""

    http: HttpClient
    base: str
    answers: dict[str, list[Exchange]] = field(default_factory=dict)
    strangers: list[Exchange] = field(default_factory=list)

    async def ask(self, wanted: Iterable[str], times: int = 1) -> None:
        """Ask for each of *wanted* so often, on fresh connections."""
        async with anyio.create_task_group() as group:
            for path in dict.fromkeys(wanted):
                group.start_soon(self._one, path, times)

    async def ask_strangers(self) -> None:
        """Ask for what nobody knows, in the places and ways in which answers are looked for."""
        mark = f"smokegate-init-{token_hex(4)}"
        for path in (f"/{mark}", f"/api/{mark}", f"/{mark}.json", f"/health/{mark}"):
            asked = [Request("GET", f"{self.base}{path}"), page_request(f"{self.base}{path}", LANGUAGES)]
            self.strangers += [_slim(await self.http.send(one)) for one in asked]

    async def _one(self, path: str, times: int) -> None:
        seen = await self.http.sample(request_for(self.base, path), times)
        self.answers.setdefault(path, []).extend(map(_slim, seen))

    def site(self) -> Site:
        """Return what was seen so far."""
        answers = {path: tuple(found) for path, found in self.answers.items()}
        return Site(self.base, answers, tuple(one for one in self.strangers if one.failure is None))


def request_for(base: str, path: str) -> Request:
    """Return the request that the checks will make for *path*: as a probe, as a client of the API or as a browser."""
    if path in _PROBES or path in paths.PRIVATE:
        return Request("GET", f"{base}{path}")
    if path in _CALLS or path.startswith("/api/") or path.endswith(".json"):
        return Request("GET", f"{base}{path}", headers={"Accept": "application/json"})
    return page_request(f"{base}{path}", LANGUAGES)


async def look_at(http: HttpClient, address: str) -> Site:
    """Return what the site at *address* shows; raises UsageError when nothing can be seen of it."""
    base, home = await _arrive(http, address)
    visit = _Visit(http, base, {"/": [home]})
    with anyio.move_on_after(WITHIN_S):
        await visit.ask_strangers()
        first = (*paths.HEALTH, *paths.VERSION, *paths.READS, *paths.LOGIN, *paths.GUARDED, *paths.PRIVATE)
        await visit.ask(first)
        await visit.ask(further(visit.site()))
        telling = worth_another_look(visit.site())
        await visit.ask(telling, 2)
        await visit.ask(telling[:1], SAMPLES)
    return visit.site()


def further(site: Site) -> list[str]:
    """Return what the answers so far lead to: pages that the home page links to, reads that a description names."""
    home = site.first("/")
    linked = links(home, site.url) if home is not None and is_page(home) else []
    unseen = [one for one in linked if one not in site.answers and paths.is_harmless(one)]
    landed = urlsplit(home.final_url).path if home is not None and home.redirects else ""
    own = [landed] if landed and landed not in site.answers and not urlsplit(site.url).path else []
    return [*own, *unseen[:MOST_LINKS], *advertised(site)]


def worth_another_look(site: Site) -> list[str]:
    """Return the paths whose answers say something, the home page first: only what stays the same may be written."""
    good = range(200, 300)
    asked = [path for path in site.answers if path not in paths.PRIVATE]
    telling = [path for path in asked if (one := site.own(path)) is not None and one.status in good]
    return sorted(telling, key=lambda path: path != "/")


async def _arrive(http: HttpClient, address: str) -> tuple[str, Exchange]:
    """Return where the site really is, and its first page there."""
    request = replace(page_request(f"{address}/", LANGUAGES), follow_redirects=True, show_certificate=True)
    home = await http.send(request)
    if home.failure is not None:
        raise UsageError(_unseen(address, home))
    landed = urlsplit(home.final_url or home.request.url)
    asked = urlsplit(address)
    if landed.hostname != asked.hostname and not _is_kin(landed.hostname or "", asked.hostname or ""):
        raise UsageError(
            f"{address} leads everybody to {landed.scheme}://{landed.netloc}, so nothing of the site itself can be "
            "seen; give that address if it is the site, or look from where no login stands before it"
        )
    moved = f"{landed.scheme}://{landed.netloc}"
    if f"{asked.scheme}://{asked.netloc}" != moved or not landed.path.startswith(f"{asked.path}/"):
        home = await http.send(replace(request, url=f"{moved}/"))
        if home.failure is not None:
            raise UsageError(_unseen(moved, home))
        return moved, _slim(home)
    if home.redirects and is_json(home):  # an API that lives below: `/` leads to `/v1/`
        return f"{moved}{landed.path}".rstrip("/"), _slim(home)
    return address, _slim(home)


def _unseen(address: str, home: Exchange) -> str:
    failure = home.failure
    assert failure is not None
    advice = _ADVICE.get(failure.kind, "give the address of a site that speaks HTTP")
    return f"nothing was seen at {address}: {failure.message}; {advice}"


def _is_kin(one: str, other: str) -> bool:
    """Tell whether two hosts are plainly one owner's: `example.com` and `www.example.com`."""
    return one.endswith(f".{other}") or other.endswith(f".{one}")


def _slim(exchange: Exchange) -> Exchange:
    """Drop what is longer than any answer that is worth reading."""
    return replace(exchange, body=b"") if exchange.truncated else exchange


async def look_at_all(http: HttpClient, addresses: Sequence[str]) -> list[Site]:
    """Look at one site after the other."""
    return [await look_at(http, one) for one in addresses]
