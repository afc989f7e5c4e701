"""What one account is given is never given to another, and never kept by a shared cache."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._account_data import alike, own, swapped
from smoke.checks._answers import no_answer
from smoke.checks._browserlike import ask_past_the_cache
from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.checks._sampled import curl, intern, transport_facts
from smoke.checks._sharing import Given, leaks, named_in, shareable
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.tally import samples_needed
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

EXPECTED = "each account its own answer, from the application, for nobody else to keep"
SESSION = "session"
ALIKE = "two accounts are given the same; before the deploy each was given its own"
AGAIN = 3
"""So often each role asks again where several replicas answer, at least: three meet with 99 % probability."""

ACCEPT = {"accept": "application/json, text/html;q=0.9"}


def checks(environment: Environment, release: Release) -> Iterator["PrivateCheck"]:
    """Return a check for each private address: those that are named, what roles read, who is logged in."""
    roles = tuple(environment.roles)[:2]
    if not roles or environment.login is None:
        return
    seen: dict[str, str] = {}
    for name, service, path, promised in _addresses(environment):
        server = environment.services[service]
        url = server.url + path
        if name not in seen and url not in seen.values():
            seen[name] = url
            yield PrivateCheck(
                subject=name, service=service, url=url, roles=roles, promised=promised, replicas=server.replicas
            )


@dataclass(frozen=True, kw_only=True)
class PrivateCheck(Check):
    """
    What one account is given is never given to another, and never kept by a shared cache.

    Two roles ask in turn, the first one again, then somebody who is not logged in. An address that is not named as
    private counts as such if the anonymous are refused there, past any cache or before the deploy.
    """

    kind: ClassVar[str] = "private"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    url: str
    roles: tuple[str, ...]
    promised: bool
    replicas: int = 1

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask as each role, one after the other, then as nobody; and past the cache what looks shared."""
        sessions: dict[str, Mapping[str, str]] = {}
        for role in self.roles:
            try:
                sessions[role] = (await world.session(role)).headers
            except SmokeError as error:
                if not sessions and role == self.roles[-1]:
                    return obstacle(error)
        given = [
            one
            for role, times in self._turns(list(sessions), round_number)
            for one in await self._ask(world, role, sessions[role], times)
        ]
        given += await self._ask(world, None, {})
        past: list[Given] = []
        if leaks(given, ()) or alike(given) or any(shareable(one) for one in given):
            past = [one for role, headers in sessions.items() for one in await self._ask_past(world, role, headers)]
            past += await self._ask_past(world, None, {})
        exchanges = intern([one.exchange for one in (*given, *past)])
        return Observation(exchanges, {"given": given, "past": past, "before": world.before(self.id)})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge every round: what was given to the wrong one once is no noise."""
        found = [self._wrong(one.facts) for one in rounds]
        newest = rounds[-1]
        facts: dict[str, Any] = {
            **transport_facts([one.exchange for one in newest.facts["given"] if one.role]),
            "measured": {
                "anonymous": _said(newest.facts["given"][-1].exchange),
                "named": _named(newest.facts),
                "own": own(newest.facts["given"]),
            },
        }
        wrong = next((one for one in reversed(found) if one), None)
        before = newest.facts["before"]
        if wrong is None and before is not None and before.measured.get("own") and alike(newest.facts["given"]):
            return Judgement(Outcome.UNDECIDED, ALIKE, Cause.RELEASE, EXPECTED, ALIKE, facts, unclear=True)
        if wrong is None:
            return self._passed(newest, facts)
        facts["signature"] = wrong
        failed = Judgement(Outcome.FAILED, wrong, Cause.RELEASE, EXPECTED, wrong, facts)
        if found[-1] or len(rounds) == 1:
            return failed
        return replace(failed, outcome=Outcome.UNDECIDED, message=f"{wrong}, but not in the last look", unclear=True)

    def reproduce(self) -> str:
        """Return the request; whose session it takes is left out."""
        return curl(self.url)

    def _turns(self, roles: Sequence[str], round_number: int) -> Iterator[tuple[str, int]]:
        """
        Yield who asks, one after the other, and how often; a later look decides, so it takes more.

        What a process keeps of one account shows to the other only where both meet the same replica.
        """
        often = AGAIN if self.promised or self.replicas > 1 else 1
        if self.promised:  # all asks together meet a bad replica
            often = max(often, samples_needed(1 / self.replicas) // 2)
        often *= min(round_number, 2)
        for number, role in enumerate(roles):
            yield role, often if number else 1
        if len(roles) > 1:
            yield roles[0], often

    async def _ask(self, world: "World", role: str | None, headers: Mapping[str, str], times: int = 1) -> list[Given]:
        return self._given(world, role, await world.http.sample(self._request(headers), times))

    async def _ask_past(self, world: "World", role: str | None, headers: Mapping[str, str]) -> list[Given]:
        return self._given(world, role, await ask_past_the_cache(world.http, self._request(headers), 1))

    def _request(self, headers: Mapping[str, str]) -> Request:
        return Request("GET", self.url, headers={**ACCEPT, **headers})

    def _given(self, world: "World", role: str | None, exchanges: Sequence[Exchange]) -> list[Given]:
        users = {name: world.secret(world.environment.roles[name].user) for name in self.roles}
        return [Given(role, one, named_in(one.text(), users)) for one in exchanges]

    def _wrong(self, facts: Mapping[str, Any]) -> str | None:
        """Return what is wrong in one round."""
        given, past, before = facts["given"], facts["past"], facts["before"]
        new = before is not None and before.outcome is Outcome.PASSED and before.measured.get("named") is False
        found = leaks(given, past, strict=self.promised or new)
        if found:
            return found
        if before is not None and swapped(given, before.measured.get("own")):
            return "one account is given what was another one's alone before the deploy"
        if not (self.promised or _refuses(past) or _refused_before(before)):
            return None
        return next((said for one in given if (said := shareable(one))), None)

    def _passed(self, newest: Observation, facts: dict[str, Any]) -> Judgement:
        own = [one for one in newest.facts["given"] if one.role]
        good = {one.role for one in own if one.good}
        message = f"given to each of {len(good)} accounts alone" if len(good) > 1 else "given to one account alone"
        if not good:
            message = f"nothing private was given out: {_said(own[0].exchange)}"
        elif _named(newest.facts):
            facts["noted"] = "one account is shown the name of the other; name it under [[private]] if that must not be"
        elif len({one.role for one in own}) < len(self.roles):
            facts["noted"] = "only one account could ask, so nothing was compared"
        return Judgement(Outcome.PASSED, message, None, EXPECTED, message, facts)


def _addresses(environment: Environment) -> Iterator[tuple[str, str, str, bool]]:
    """Yield name, service and path of what is private, and whether the environment file says so."""
    for one in environment.private:
        yield one.name, one.service, one.path, True
    login = environment.login
    if login is not None and login.who is not None:
        yield SESSION, login.service, login.who, True
    for read in environment.reads:
        if read.role is not None:
            yield read.name, read.service, read.path, False


def _named(facts: Mapping[str, Any]) -> bool:
    """Tell whether one account is shown another one's name, which may be meant."""
    return leaks(facts["given"], facts["past"]) is not None


def _refuses(past: Sequence[Given]) -> bool:
    return any(one.role is None and one.refused for one in past)


def _refused_before(before: Before | None) -> bool:
    return before is not None and before.measured.get("anonymous") in {"HTTP 401", "HTTP 403"}


def _said(exchange: Exchange) -> str:
    return no_answer(exchange) or f"HTTP {exchange.status}"
