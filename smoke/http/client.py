"""The HTTP client: sends requests within limits and answers with exchanges, whatever the target does."""

import ssl
import time
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Self

import anyio

from smoke.http._httpx import httpx
from smoke.http.body import ACCEPTED
from smoke.http.connection import Connections
from smoke.http.exchange import Exchange, Failure, FailureKind, Request
from smoke.http.guard import READS, check_write
from smoke.http.hop import Hop
from smoke.http.origins import DEFAULT_PORTS
from smoke.http.pacing import RANK, Pace, Rank
from smoke.http.redirects import Trail
from smoke.http.routing import Router
from smoke.http.settings import RUN_HEADER, HttpSettings
from smoke.http.too_many import rest_s
from smoke.http.trust import trust

_VALID_PORTS = range(1, 65536)


class HttpClient:
    """
    Sends requests for checks (see `smoke.checks._world.Http`).

    Belongs to one event loop; close it there (`async with`). Raises `WriteRefused` for a write that is not allowed, and
    `SecretMissing` where a header of the service has no value; what a target or the way to it does wrong is always a
    `Failure` in the exchange.
    """

    def __init__(self, settings: HttpSettings) -> None:
        limits = settings.limits
        self._settings = settings
        self._router = Router(settings.connect_to, settings.proxy)
        self._pace = Pace(limits.concurrency, limits.requests_per_s)
        self._connections = Connections()
        self._timeouts = {"connect": limits.connect_timeout_s, "read": None, "write": None, "pool": None}
        if settings.ca_file:
            _ = self._trust  # a bad file is told now, not in the middle of a run

    async def __aenter__(self) -> Self:
        """Return the client itself; nothing is opened before the first request."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is still open."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that were kept for another request."""
        await self._connections.aclose()

    async def send(self, request: Request) -> Exchange:
        """Send one request; what the target does wrong comes back as `Exchange.failure`."""
        check_write(request, self._settings.writes)
        exchange = await self._exchange(request)
        if self._settings.recorder:
            self._settings.recorder(exchange)
        return exchange

    async def sample(self, request: Request, times: int) -> tuple[Exchange, ...]:
        """
        Send the same request *times* times at once, each on a fresh connection.

        A read that the host refuses as one of too many is no measurement: all are sent anew once the host gets fewer.
        Who is refused still when it gets as few as it can, is refused.
        """
        answers, steps = await self._at_once(request, times)
        while self._slower(request, steps) and any(rest_s(one) for one in answers):
            answers, steps = await self._at_once(request, times)
            answers = tuple(replace(one, slowed=True) for one in answers)
        return answers

    def _slower(self, request: Request, steps: int) -> bool:
        """Tell whether the host that a read goes to gets fewer requests than when *steps* were made."""
        reads = request.method.upper() in READS and not request.at_this_rate
        return reads and self._pace.of(_host(request)).steps > steps

    async def _at_once(self, request: Request, times: int) -> tuple[tuple[Exchange, ...], int]:
        """Return the answers, and how often the host had been given fewer requests before they were asked for."""
        check_write(request, self._settings.writes)
        self._carried(request)  # what is missing is told before there is a group of tasks
        steps = self._pace.of(_host(request)).steps
        fresh = replace(request, fresh=True)
        exchanges: dict[int, Exchange] = {}

        async def one(number: int) -> None:
            exchanges[number] = await self.send(fresh)

        async with anyio.create_task_group() as group:
            for number in range(times):
                group.start_soon(one, number)
        return tuple(exchanges[number] for number in range(times)), steps

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return trust(self._settings.ca_file)

    async def _exchange(self, request: Request) -> Exchange:
        """Send *request* and follow where it leads: one limit for the whole way, waiting for a turn not counted."""
        limit_s = request.timeout_s or self._settings.limits.timeout_s
        trail, standstill = Trail((request.url,), self._settings.limits.redirects), self._connections.standstill
        stood_s = standstill.total_s
        answer = await self._hop(request, limit_s, limit_s)
        at, spent_s = answer.at, answer.duration_s
        while (onward := trail.onward(answer)) is not None:
            if isinstance(onward, Failure):
                answer = replace(answer, failure=onward)
                break
            trail = trail.step(onward.url)
            answer = await self._hop(onward, limit_s, limit_s - spent_s + standstill.total_s - stood_s)
            spent_s += answer.duration_s
        return replace(
            answer,
            request=request,
            at=at,
            duration_s=spent_s,
            final_url=trail.urls[-1],
            redirects=trail.urls[1:],
            carried=tuple(self._carried(request)),
        )

    async def _hop(self, request: Request, limit_s: float, remaining_s: float) -> Exchange:
        try:
            sent = self._build(request)
        except (httpx.InvalidURL, UnicodeError) as error:
            failure = Failure(FailureKind.PROTOCOL, f"{request.url!r} cannot be asked for: {error}")
            return Exchange(request, time.time(), 0.0, failure=failure)
        async with self._pace.of(sent.url.host).turn(Rank.URGENT if request.urgent else RANK.get()):
            begun = time.perf_counter()
            answer = await self._run(request, sent, limit_s, remaining_s)
            answer = replace(answer, duration_s=time.perf_counter() - begun)
        if request.method.upper() in READS and not request.at_this_rate and (pause_s := rest_s(answer)):
            self._pace.of(sent.url.host).slow_down(pause_s)
        return answer

    async def _run(self, request: Request, sent: httpx.Request, limit_s: float, remaining_s: float) -> Exchange:
        limits = self._settings.limits
        url = sent.url
        route = self._router.route(url.scheme, url.host, url.port or DEFAULT_PORTS[url.scheme])
        if route.proxy and not route.proxy.usable:
            failure = Failure(
                FailureKind.UNREACHABLE, f"the proxy {route.proxy.address} of the process environment cannot be used"
            )
            return Exchange(request, time.time(), 0.0, failure=failure)
        answer = Exchange(request, time.time(), 0.0)
        hop = Hop(sent, route, (limits.connect_timeout_s, limit_s), limits.body_bytes, answer)
        deadline = anyio.current_time() + remaining_s
        await self._over_a_connection(hop, deadline, fresh=request.fresh)
        if hop.stale and request.method.upper() in READS:
            # Losing an idle connection says nothing about the target (RFC 9112, section 9.3.1).
            await self._over_a_connection(hop, deadline, fresh=True)
        return hop.answer

    async def _over_a_connection(self, hop: Hop, deadline: float, *, fresh: bool) -> None:
        context = self._trust if hop.sent.url.scheme == "https" else None
        async with self._connections.lend(hop.route, context, fresh=fresh) as connection:
            await hop.run(connection, deadline)
            connection.reusable = hop.complete

    def _carried(self, request: Request) -> dict[str, str]:
        """Return what *request* carries for the sake of its service, unless it says so itself; raises SecretMissing."""
        try:
            url = str(httpx.URL(request.url))  # as it is connected to, whatever else might be read into the text
        except (httpx.InvalidURL, UnicodeError):
            return {}
        return self._settings.carry(url, request.unsent.union(name.lower() for name in request.headers))

    def _build(self, request: Request) -> httpx.Request:
        url = httpx.URL(request.url)
        # A host with a leading dot can even be connected to, but the ssl module raises ValueError for it.
        if url.scheme not in DEFAULT_PORTS or not url.host.strip(".") or url.host.startswith("."):
            raise httpx.InvalidURL("an address starts with http:// or https:// and a host")
        if url.port is not None and url.port not in _VALID_PORTS:
            raise httpx.InvalidURL("a port is a number from 1 to 65535")
        # Asked for anew at every step of a way, by its address: no header of a service goes to another one.
        headers = {"accept": "*/*", "accept-encoding": ACCEPTED, **self._carried(request)}
        headers |= {name.lower(): value for name, value in request.headers.items()}
        headers |= {"user-agent": self._settings.user_agent, RUN_HEADER: self._settings.run_id}
        return httpx.Request(
            request.method.upper(),
            url,
            headers=headers,
            json=request.json,
            data=request.form,
            content=request.content,
            extensions={"timeout": self._timeouts},
        )


def _host(request: Request) -> str:
    """Return the host that *request* goes to first; of an address that cannot be asked for, nothing."""
    try:
        return httpx.URL(request.url).host
    except (httpx.InvalidURL, UnicodeError):
        return ""
