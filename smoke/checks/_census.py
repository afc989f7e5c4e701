"""Who serves which commit: one vote a sample, told apart by replica where replicas name themselves."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import anyio

from smoke.checks._answers import cached, no_answer, not_ok, quote, replica_of
from smoke.checks._browserlike import ask_past_the_cache, page_request
from smoke.checks._build_identity import LONGEST_NAME, commit_of, version_of
from smoke.checks._health_answer import parts_down
from smoke.checks._world import Http
from smoke.environment import Environment
from smoke.environment.services import ReleaseProbe, Service
from smoke.http import Exchange, Request
from smoke.verdict.release import Release, is_version, normalise, same_commit
from smoke.verdict.tally import samples_needed

MIXTURE_SHARE = 0.5
"""While a release is rolled out, old and new stand side by side even where one replica is declared."""

NO_OP = "no-op"
"""The fact `remedy` of a failure after which the version before is live already: a rollback changes nothing."""

MOST_PAGES = 8
"""So many further pages are looked at for what a cache may hold of them."""

_KEPT_BYTES = 2_000
_SHORT = 7


@dataclass(frozen=True, slots=True)
class Vote:
    """
    One answer to the question which commit is served.

    *commit* is None where *silent* says why. *reached* tells that an answer of any kind came, *answered* that it had a
    success status; *untold* that it was as it should be and only names no commit; *later* that it asked to come back,
    as a maintenance does. *edge* marks a page out of a cache: what visitors get, without saying which replica.
    """

    commit: str | None = None
    replica: str | None = None
    silent: str | None = None
    reached: bool = True
    answered: bool = True
    edge: bool = False
    untold: bool = False
    later: bool = False
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Electorate:
    """How the votes about one service are taken: its probe, and the names by which commits are known."""

    service: Service
    probe: ReleaseProbe
    release: Release
    pages: tuple[str, ...] = ()
    """Paths of further pages that hold the commit as the probed one does: caches keep each on its own."""
    languages: str = ""

    @property
    def size(self) -> int:
        """How many votes make a full census."""
        return samples_needed(self.share)

    @property
    def share(self) -> float:
        """The smallest share of votes for another commit that must not be missed."""
        return min(self.service.share, MIXTURE_SHARE)

    @property
    def request(self) -> Request:
        """The question; a page is asked for as a browser does."""
        return self._asking(self.probe.path)

    async def ask(self, http: Http, times: int | None = None) -> tuple[Exchange, ...]:
        """Ask for a full census; if a cache answers, ask past it as well."""
        times = times or self.size
        asked = [(self.request, times), *((self._asking(path), 1) for path in self.pages)]
        answers: dict[int, tuple[Exchange, ...]] = {}

        async def ask(place: int, request: Request, number: int) -> None:
            answers[place] = await http.sample(request, number)

        async with anyio.create_task_group() as group:
            for place, (request, number) in enumerate(asked):
                group.start_soon(ask, place, request, number)
        others = [one for place in range(1, len(asked)) for one in answers[place] if cached(one)]
        if not others and not any(cached(one) for one in answers[0]):
            return answers[0]
        return (*answers[0], *others, *await self.ask_past(http, times))

    async def ask_past(self, http: Http, times: int) -> tuple[Exchange, ...]:
        """Ask the same with a query that no cache has seen."""
        return await ask_past_the_cache(http, self.request, times)

    def _asking(self, path: str) -> Request:
        url = f"{self.service.url}{path}"
        if self.probe.meta is None:
            return Request("GET", url)
        # A visitor who is led to /en/ is at home there; who is led to another host is not.
        return replace(page_request(url, self.languages, follow_redirects=True), within_origin=True)

    def votes(self, exchanges: Iterable[Exchange]) -> tuple[Vote, ...]:
        """Return the votes; answers out of a cache count only for pages, where they are what visitors get."""
        asked = [(one, self._vote(one)) for one in exchanges]
        # Of the further pages only what a cache holds counts; what replicas say of them other checks judge.
        cast = [vote for one, vote in asked if vote.commit is not None or not self._is_further(one)]
        past_the_cache = any(vote.commit and not vote.edge for vote in cast)
        return tuple(one for one in cast if not (past_the_cache and one.silent == _CACHED))

    def _is_further(self, exchange: Exchange) -> bool:
        return any(exchange.request.url == self._asking(path).url for path in self.pages)

    def _vote(self, exchange: Exchange) -> Vote:
        wrong = not_ok(exchange)
        replica = replica_of(exchange, self.service.replica_header)
        if wrong is not None:
            wrong = parts_down(exchange, self.service.health, self.probe.path) or wrong
            later = exchange.status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in exchange.headers
            return Vote(None, replica, wrong, answered=False, reached=no_answer(exchange) is None, later=later)
        if cached(exchange):
            if self.probe.meta is None:
                return Vote(silent=_CACHED)
            return replace(self._told(exchange, None), edge=True)
        return self._told(exchange, replica)

    def _told(self, exchange: Exchange, replica: str | None) -> Vote:
        told, silent = commit_of(exchange, self.probe)
        if silent is not None:
            return Vote(replica=replica, silent=silent)
        name = normalise(told)
        if name is None or len(name) > LONGEST_NAME:
            only = "" if told is None else f", only {quote(told)}"
            return Vote(replica=replica, silent=f"no commit is named{only}", untold=True)
        known = self._known(name)
        if known == name and self._tells_nothing(name):
            return Vote(replica=replica, silent=f"only {quote(told)} is told, not the commit", untold=True)
        return Vote(known, replica, version=version_of(exchange, self.probe))

    def _tells_nothing(self, name: str) -> bool:
        """Tell whether a version stands where the announced commit should, or too few digits of it."""
        goal = normalise(self.release.commit)
        return goal is not None and (is_version(name) or (len(name) < _SHORT and goal.startswith(name)))

    def _known(self, name: str) -> str:
        """Return the announced spelling of a commit, so that short and full names are one."""
        for known in (self.release.commit, self.release.replaced):
            if known and same_commit(name, known):
                return normalise(known) or name
        return name


_CACHED = "answered by a cache"


def electorates(environment: Environment, release: Release) -> dict[str, Electorate]:
    """Return the electorate of each service that tells its release."""
    languages = environment.browser.accept_language
    return {
        name: Electorate(one, one.release, release.of(name), _further_pages(environment, name, one.release), languages)
        for name, one in environment.services.items()
        if one.release is not None
    }


def _further_pages(environment: Environment, service: str, probe: ReleaseProbe) -> tuple[str, ...]:
    if probe.meta is None:
        return ()
    paths = dict.fromkeys(page.path for page in environment.pages if page.service == service and not page.role)
    return tuple(path for path in paths if path != probe.path)[:MOST_PAGES]


def commits(votes: Iterable[Vote]) -> dict[str, int]:
    """Return how many votes each commit got."""
    return dict(Counter(one.commit for one in votes if one.commit).most_common())


def census_facts(votes: Sequence[Vote]) -> dict[str, Any]:
    """Return the census as the verdict shows it: votes by commit and by replica."""
    replicas = Counter(one.replica for one in votes if one.replica)
    return {"commits": commits(votes), "replicas": dict(sorted(replicas.items()))}


def only_earlier(votes: Sequence[Vote], earlier: Collection[str]) -> bool:
    """Tell whether all that names a commit serves one that was live before the release: nothing is left to undo."""
    served = commits(votes)
    return bool(served) and all(one in earlier for one in served)


def by_replica(votes: Iterable[Vote]) -> dict[str, set[str]]:
    """Return the commits that each named replica served; for one that names none, why it does not."""
    served: dict[str, set[str]] = {}
    for one in votes:
        if one.replica:
            served.setdefault(one.replica, set()).add(one.commit or one.silent or "")
    return dict(sorted(served.items()))


def short(commit: str) -> str:
    """Return a commit as people write it."""
    is_hex = all(one in "0123456789abcdef" for one in commit)
    return commit[:_SHORT] if is_hex else commit[:20]


def slim(exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
    """Return the exchanges with only the head of their bodies: enough for evidence, little to hold."""
    return tuple(replace(one, body=one.body[:_KEPT_BYTES]) for one in exchanges)
