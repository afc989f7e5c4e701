"""A session from before the deploy is still accepted, on every replica."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import clip, not_ok, quote, split
from smoke.checks._browserlike import page_request
from smoke.checks._check import Check, Observation
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import Session, World

NO_BASELINE = "no baseline"
DECLARED = "declared"

WAIVERS = {
    NO_BASELINE: "no session from before the deploy: run `smoke prime` first",
    DECLARED: "the release declares that it invalidates sessions",
}


@dataclass(frozen=True, kw_only=True)
class SessionCheck(SampledCheck):
    """A session from before the deploy is still accepted, on every replica."""

    kind: ClassVar[str] = "session"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    role: str
    url: str
    declared: bool
    contains: str | None = None

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Use the recorded session, if there is one that should still live."""
        if world.old_session(self.role) is None:
            return Observation(facts={"waived": DECLARED if self.declared else NO_BASELINE})
        return await super().observe(world, round_number)

    async def request(self, world: "World") -> Request:
        """Ask who the recorded session belongs to."""
        return who_request(world, self.url, world.old_session(self.role), self.contains)

    def fault(self, exchange: Exchange) -> str | None:
        """Demand HTTP 200; a reset that was announced may end a session, but an error is no way to end one."""
        fault = who_fault(exchange, self.contains)
        if not self.declared or fault is None:
            return fault
        return f"{fault} in place of a refusal" if exchange.is_server_error else None

    @property
    def expected(self) -> str:
        """What a living session gets."""
        return "HTTP 200 with the session from before the deploy"

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Waive what cannot or need not be looked at; tally the rest."""
        waived = rounds[-1].facts.get("waived")
        if waived:
            return Judgement(Outcome.SKIPPED, WAIVERS[waived], facts={"waived": waived})
        judgement = super().judge(rounds)
        if self.declared and judgement.outcome is Outcome.PASSED:
            return Judgement(Outcome.SKIPPED, WAIVERS[DECLARED], facts={"waived": DECLARED})
        if judgement.outcome is Outcome.FAILED and not self.declared and judgement.message.startswith("HTTP"):
            refused = judgement.message.startswith(("HTTP 3", "HTTP 401", "HTTP 403"))
            undeclared = ", and the release declares no end of them" if refused else ""
            said = f"a session from before the deploy gets {judgement.message}{undeclared}"
            return replace(judgement, message=said)
        return judgement

    def reproduce(self) -> str:
        """Return the request without the session."""
        return curl(self.url)


def who_request(world: "World", url: str, session: "Session | None", contains: str | None = None) -> Request:
    """
    Return the question "who am I", as a client of an API asks it.

    Where the answer is a page that *contains* a text, it is asked as a browser does, which goes where its own site
    leads it, and in the language that the text is written in.
    """
    headers = session.headers if session else {}
    if contains is None:
        return Request("GET", url, headers={"Accept": "application/json", **headers})
    request = page_request(url, world.environment.browser.accept_language, follow_redirects=True)
    return replace(request, headers={**request.headers, **headers}, within_origin=True)


def who_fault(exchange: Exchange, contains: str | None = None) -> str | None:
    """
    Return what is wrong with an answer to "who am I"; pure.

    A page with 200 is not an answer of an API; where the environment file names a text that it *contains*, it is one.
    """
    fault = not_ok(exchange)
    if fault or not exchange.is_ok:
        return fault or f"HTTP {exchange.status}"
    if contains is not None:
        return None if contains in exchange.text() else f"HTTP 200 without {quote(contains)}{_elsewhere(exchange)}"
    return "HTTP 200 with a page in place of the account" if exchange.content_type == "text/html" else None


def _elsewhere(exchange: Exchange) -> str:
    """Say where the question was led to, if it was."""
    asked, got = split(exchange.request.url).path, split(exchange.final_url or exchange.request.url).path
    return f" at {clip(got)}" if got != asked else ""


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each role, if there is a path that answers to a session only."""
    login = environment.login
    if login is None or login.who is None:
        return
    service = environment.services[login.service]
    for role in environment.roles:
        yield SessionCheck(
            subject=role,
            **every_replica_of(environment, login.service),
            role=role,
            url=service.url + login.who,
            declared=release.invalidates_sessions,
            contains=login.who_contains,
        )
