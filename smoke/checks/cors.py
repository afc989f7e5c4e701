"""Pages of another origin may call the API, as browsers ask beforehand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import no_answer, quote, split
from smoke.checks._check import Observation
from smoke.checks._preflights import ALLOW, address_of, origin_of, preflight
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.edge import Cors
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

STRANGER = "https://smokegate.invalid"
"""An origin that nobody allows by name."""

SIMPLE = frozenset({"GET", "HEAD", "POST"})
"""Methods that browsers send across origins whether or not the preflight names them (Fetch standard)."""

BARE = "allows no origin"
ANY_ORIGIN = "lets the pages of any origin call with credentials"
UNPROMISED = "nothing says that pages of another origin call this service"

_SUCCESS = range(200, 300)


def checks(environment: Environment, release: Release) -> Iterator["CorsCheck"]:
    """Return a check for each origin whose pages call a service, as promised or as the login seems to need it."""
    for name, service in environment.services.items():
        promised = service.cors
        cors = promised or _seeming(environment, name)
        if cors is None:
            continue
        login = environment.login if environment.login and environment.login.service == name else None
        if cors.credentials is None:
            cors = cors.model_copy(update={"credentials": login is None or login.token is None})
        pages = environment.services[cors.service].url
        for index, origin in enumerate(dict.fromkeys(map(origin_of, (pages, *cors.origins)))):
            yield CorsCheck(
                subject=name if not index else f"{name}-{split(origin).hostname}",
                **every_replica_of(environment, name),
                url=address_of(environment, name, cors),
                read_url=service.url + login.who if login and login.who else None,
                origin=origin,
                cors=cors,
                promised=promised is not None,
                unsent=service.left_to_pages,
            )


@dataclass(frozen=True, kw_only=True)
class CorsCheck(SampledCheck):
    """
    Pages of another origin may call the service: its preflights allow their origin, method, headers and credentials.

    No HTTP client but a browser notices a refusal. What is not promised in the environment file counts only if it was
    allowed before the deploy.
    """

    kind: ClassVar[str] = "cors"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    url: str
    read_url: str | None
    origin: str
    cors: Cors
    promised: bool

    async def request(self, world: "World") -> Request:
        """Ask as a browser asks before the call of a page."""
        return preflight(self.url, self.origin, self.cors, self.unsent)

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask beforehand, once for a stranger, and look at one answer that pages have to read."""
        seen = await super().observe(world, round_number)
        stranger = await world.http.send(preflight(self.url, STRANGER, self.cors, self.unsent))
        read = Request("GET", self.read_url or "", headers={"origin": self.origin, "accept": "application/json"})
        facts = {
            "strangers": _header(stranger, "origin") == STRANGER and _header(stranger, "credentials") == "true",
            "unread": self._unread(await world.http.send(read)) if self.read_url else None,
            "before": world.before(self.id),
        }
        return replace(seen, facts={**seen.facts, **facts})

    def fault(self, exchange: Exchange) -> str | None:
        """Return why a browser would not make the call."""
        silent = no_answer(exchange)
        if silent or exchange.status not in _SUCCESS:
            return silent or f"HTTP {exchange.status} to the preflight"
        return self._refused_origin(exchange) or self._refused_call(exchange)

    @property
    def expected(self) -> str:
        """What a browser must be allowed."""
        headers = f" with {', '.join(self.cors.headers)}" if self.cors.headers else ""
        return f"{self.cors.method}{headers} allowed for pages of {self.origin}"

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge as any sampled check; then what single answers show, compared with before the deploy."""
        before: Before | None = rounds[-1].facts["before"]
        allowed_before = before is not None and bool(before.measured.get("allowed"))
        judgement = self._strange(self._readable(super().judge(rounds), rounds), rounds, before)
        seen = rounds[-1].facts
        measured = {
            "allowed": judgement.outcome is Outcome.PASSED,
            "strangers": bool(seen["strangers"]),
            "unread": bool(seen["unread"]),
        }
        judgement = replace(judgement, facts={**judgement.facts, "measured": measured})
        if judgement.outcome is Outcome.PASSED or self.promised or allowed_before:
            return judgement
        return Judgement(Outcome.SKIPPED, UNPROMISED, facts={"waived": "unpromised", "measured": measured})

    def reproduce(self) -> str:
        """Return the preflight as a curl command."""
        asked = [
            f"'{name}: {value}'"
            for name, value in preflight(self.url, self.origin, self.cors, self.unsent).headers.items()
        ]
        return curl(self.url, "-X", "OPTIONS", *(part for one in asked for part in ("-H", one)))

    def _readable(self, judgement: Judgement, rounds: Sequence[Observation]) -> Judgement:
        """
        Fail where the preflight allows what the answer itself then refuses, in every round.

        What answers us is a refusal, as we are not logged in. Many servers leave the headers out of errors, and pages
        live with that: it counts only where they were there before the deploy.
        """
        unread = [one.facts["unread"] for one in rounds]
        before: Before | None = rounds[-1].facts["before"]
        if judgement.outcome is not Outcome.PASSED or not all(unread):
            return judgement
        if unread[-1] == BARE and (before is None or before.measured.get("unread") is not False):
            said = f"the refusal of {split(self.read_url or '').path} {BARE}: pages cannot read it"
            return replace(judgement, facts={**judgement.facts, "noted": said})
        message = f"preflights are fine, but the answer of {split(self.read_url or '').path} {unread[-1]}"
        facts = {**judgement.facts, "signature": f"answer {unread[-1]}"}
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, self.expected, unread[-1], facts)

    def _strange(self, judgement: Judgement, rounds: Sequence[Observation], before: Before | None) -> Judgement:
        """Fail where strangers are let in now and were not before; whether they ever should be is a house rule."""
        if judgement.outcome is not Outcome.PASSED or not all(one.facts["strangers"] for one in rounds):
            return judgement
        facts = {**judgement.facts, "signature": ANY_ORIGIN}
        if before is not None and before.measured.get("strangers") is False:
            message = f"it {ANY_ORIGIN}; before the deploy it did not"
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self.expected, ANY_ORIGIN, facts)
        return replace(judgement, facts={**judgement.facts, "noted": f"it {ANY_ORIGIN}"})

    def _unread(self, exchange: Exchange) -> str | None:
        fault = None if no_answer(exchange) else self._refused_origin(exchange)
        return f"answers HTTP {exchange.status} and {BARE}" if fault == BARE and exchange.status in _SUCCESS else fault

    def _refused_origin(self, exchange: Exchange) -> str | None:
        allowed = [value for name, value in exchange.header_list if name == f"{ALLOW}origin"]
        if len(allowed) > 1:
            return "names its allowed origin twice"
        if not allowed:
            return BARE
        if allowed[0] == "*":
            return "allows every origin, but none with credentials" if self.cors.credentials else None
        if allowed[0] != self.origin:
            return f"allows the origin {quote(allowed[0])} instead of the pages'"
        if self.cors.credentials and _header(exchange, "credentials") != "true":
            return "does not allow credentials"
        return None

    def _refused_call(self, exchange: Exchange) -> str | None:
        methods, headers = (_listed(exchange, name) for name in ("methods", "headers"))
        method = self.cors.method
        wild = not self.cors.credentials
        if method not in SIMPLE and method.lower() not in methods and not (wild and "*" in methods):
            return f"does not allow the method {method}"
        wanted = [one for one in self.cors.headers if one.lower() not in headers]
        refused = [one for one in wanted if not (wild and "*" in headers and one.lower() != "authorization")]
        return f"does not allow the header {refused[0]}" if refused else None


def _seeming(environment: Environment, name: str) -> Cors | None:
    """Return what the login in a browser needs, where it is on another origin than the pages."""
    login = environment.login
    services = [*(one.service for one in environment.journeys), *(one.service for one in environment.pages)]
    if login is None or login.service != name or not services:
        return None
    pages = services[0]
    if origin_of(environment.services[pages].url) == origin_of(environment.services[name].url):
        return None
    headers = ("content-type",) if login.encoding == "json" else ()
    return Cors(service=pages, path=login.path, headers=headers, credentials=login.token is None)


def _header(exchange: Exchange, name: str) -> str:
    return exchange.headers.get(f"{ALLOW}{name}", "").strip()


def _listed(exchange: Exchange, name: str) -> set[str]:
    values = [value for key, value in exchange.header_list if key == f"{ALLOW}{name}"]
    return {one.strip().lower() for value in values for one in value.split(",")}
