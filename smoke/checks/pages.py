"""Pages show their landmark, to everybody or to a role; a status is not enough."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import clip, not_ok, quote, replica_of, split
from smoke.checks._browserlike import page_request
from smoke.checks._cache_contents import HELD, all_bad, held, purged
from smoke.checks._check import Observation
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.promises import Page
from smoke.http import Exchange, Request
from smoke.verdict.evidence import BETWEEN_FAULTS
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_LOGIN_WORDS = ("login", "signin", "sign-in", "sso", "auth")


def checks(environment: Environment, release: Release) -> Iterator["PageCheck"]:
    """Return a check for each page of a service that the environment has."""
    for page in environment.pages:
        service = environment.services[page.service]
        yield PageCheck(
            subject=page.name,
            **every_replica_of(environment, page.service),
            gating=page.gating,
            url=f"{service.url}{page.path}",
            page=page,
            languages=environment.browser.accept_language,
        )


@dataclass(frozen=True, kw_only=True)
class PageCheck(SampledCheck):
    """
    A page is complete HTML that shows its landmark and admits no error.

    Redirects are followed, as a visitor's browser does, but neither to another host nor to a login page. Error
    phrases count only where a person could see them, not in scripts.
    """

    kind: ClassVar[str] = "page"

    url: str
    page: Page
    languages: str

    @property
    def stage(self) -> Stage:  # type: ignore[override]  # who must log in first has to wait for it
        """At once where everybody may see the page."""
        return Stage.FUNCTIONAL if self.page.role else Stage.IMMEDIATE

    @property
    def expected(self) -> str:
        """The landmarks."""
        return "HTML with " + " and ".join(quote(one) for one in self.page.contains)

    async def request(self, world: "World") -> Request:
        """Return the request of a visitor, with the session of the role if there is one."""
        asked = page_request(self.url, self.languages, follow_redirects=True)
        if self.page.role is None:
            return asked
        session = await world.session(self.page.role)
        return replace(asked, headers={**asked.headers, **session.headers})

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask; where the page is wrong, ask past a cache too, which may hold what replicas do not say any more."""
        observation = await super().observe(world, round_number)
        bad = all_bad(observation.exchanges, self.fault)
        in_a_cache = bad and await held(world, await self.request(world), self.fault)
        return replace(observation, facts={**observation.facts, HELD: in_a_cache})

    def together(self, rounds: Sequence[Sequence[Exchange]]) -> str | None:
        """
        Return that some answers forbid the page its own scripts, and others do not.

        Where all do, the page may well do without: a browser shows it.
        """
        from smoke.checks._content_policy import forbidden, policies_of

        answers = [one for each in rounds for one in each if self.fault(one) is None]
        kinds = {(one.body, policies_of(one)): one for one in answers}
        said = {kind: forbidden(one) for kind, one in kinds.items()}
        told = next(filter(None, said.values()), None)
        if told is None or all(said.values()):
            return None
        bad = {replica_of(one, self.replica_header) for one in answers if said[one.body, policies_of(one)]}
        where = f"on replica {', '.join(sorted(filter(None, bad)))}" if any(bad) else "in some answers"
        return f"{told} {where}, elsewhere it does not"

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge as any sampled check, and say where a purge is what helps."""
        return purged(super().judge(rounds), rounds)

    def fault(self, exchange: Exchange) -> str | None:
        """Return what is wrong with one served page."""
        wrong = self._led_astray(exchange) or not_ok(exchange)
        if wrong:
            return wrong
        if exchange.content_type not in HTML_TYPES:
            return f"{exchange.content_type or 'no content type'} instead of HTML"
        if exchange.truncated:
            return "the page exceeds the size limit"
        return self._misses(exchange.text())

    def reproduce(self) -> str:
        """Return the request as a curl command."""
        return curl(self.url, "-L")

    def _led_astray(self, exchange: Exchange) -> str | None:
        asked, got = split(self.url), split(exchange.final_url or self.url)
        if got.hostname != asked.hostname:
            return f"redirected to {got.hostname}"
        if got.path == asked.path:
            return None
        login = any(word in got.path.lower() and word not in asked.path.lower() for word in _LOGIN_WORDS)
        return f"redirected to {clip(got.path)}" if login else None

    def _misses(self, html: str) -> str | None:
        from smoke.checks._html import announced, error_phrase, visible_text  # the HTML parser takes time to load

        seen = visible_text(html)
        missing = [one for one in self.page.contains if one not in html and one not in seen]
        phrase = error_phrase(html)
        own = " ".join(self.page.contains).lower()
        # A page that shows all that it promises is not closed: it says when it will be.
        if phrase is not None and phrase not in own and (missing or not announced(html, phrase)):
            return f"the page says {quote(phrase)}"
        unwanted = [one for one in self.page.absent if one in html or one in seen]
        wrong = [f"{quote(one)} is not on the page" for one in missing]
        return BETWEEN_FAULTS.join([*wrong, *(f"{quote(one)} is on the page" for one in unwanted)]) or None
