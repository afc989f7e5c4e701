"""Every script and style sheet that the served pages need is there, on every replica."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import clip, split
from smoke.checks._cache_contents import PURGE
from smoke.checks._check import Check, Observation
from smoke.checks._crawl import Crawl, Sighting
from smoke.checks._sampled import commonest_fault, curl, locate, transport_facts
from smoke.environment import Environment
from smoke.environment.promises import Assets
from smoke.environment.services import Service
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import Reading, Sample, read
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

EXPECTED = "every script and style sheet that the pages need, as what it claims to be"

_DIGEST = re.compile(r"[-._~][0-9A-Za-z_-]{6,}(?=\.[a-z]+$)")
_MOST_NAMED = 3


def checks(environment: Environment, release: Release) -> Iterator["AssetsCheck"]:
    """Return the check for the assets of the pages, if the environment has any."""
    assets = environment.assets
    if assets is not None:
        service = environment.services[assets.service]
        yield AssetsCheck(subject=assets.service, service=assets.service, assets=assets, server=service)


@dataclass(frozen=True, kw_only=True)
class AssetsCheck(Check):
    """
    Every script and style sheet that the served pages need is delivered as what it is.

    The pages are read as served, their scripts, style sheets and preloads are fetched, then what these import, then
    the chunks of the manifest; on the pages' own origin only. A mixture of builds is fine as long as every file is
    there.
    """

    kind: ClassVar[str] = "assets"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    assets: Assets
    server: Service

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Crawl."""
        root = self.server.url
        crawl = Crawl(world, root, self.server.share, self.server.replica_header, self.assets.limit)
        manifest = f"{root}{self.assets.manifest}" if self.assets.manifest else None
        await crawl.run([f"{root}{path}" for path in self.assets.pages], manifest, again=round_number > 1)
        facts = {
            "sightings": crawl.sightings,
            "assets": crawl.assets,
            "left_out": crawl.left_out,
            "transport": transport_facts(crawl.exchanges),
        }
        return Observation(tuple(crawl.exchanges), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge every address on its own, over all rounds."""
        urls = dict.fromkeys(url for one in rounds for url in one.facts["sightings"])
        each = {url: _of(rounds, url) for url in urls}
        readings = {url: _read(samples, self.server.share) for url, samples in each.items()}
        facts: dict[str, Any] = dict(rounds[-1].facts["transport"])
        faulty = [url for url, reading in readings.items() if reading is Reading.FAULTY]
        unclear = [url for url, reading in readings.items() if reading is Reading.UNCLEAR]
        if faulty or unclear:
            return self._bad(faulty, unclear, rounds, each, facts)
        fetched = rounds[-1].facts["assets"]
        if not fetched:
            message = "the served pages name no script and no style sheet of their own, so nothing was verified"
            return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, EXPECTED, message, facts)
        return self._passed(fetched, rounds, each, facts)

    def reproduce(self) -> str:
        """Return the request for the first page as a curl command."""
        return curl(f"{self.server.url}{self.assets.pages[0]}")

    def _bad(
        self,
        faulty: Sequence[str],
        unclear: Sequence[str],
        rounds: Sequence[Observation],
        each: dict[str, list[list[Sample]]],
        facts: dict[str, Any],
    ) -> Judgement:
        named = faulty or unclear
        found = "; ".join(_describe(url, each[url], rounds) for url in named[:_MOST_NAMED])
        more = f"; {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        facts["signature"] = "; ".join(sorted({_signature(url, each[url]) for url in named}))
        if faulty:
            if all(_remark(url, rounds) for url in faulty):
                facts["remedy"] = PURGE
            return Judgement(Outcome.FAILED, f"{found}{more}", Cause.RELEASE, EXPECTED, f"{found}{more}", facts)
        message = f"{found}{more}: too often for chance, too seldom for certainty"
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, EXPECTED, found, facts, unclear=True)

    def _passed(
        self,
        fetched: int,
        rounds: Sequence[Observation],
        each: dict[str, list[list[Sample]]],
        facts: dict[str, Any],
    ) -> Judgement:
        message = f"{fetched} {'asset' if fetched == 1 else 'assets'} delivered as due"
        notes = [
            f"{_path(url)}: {fault}, not seen again" for url, one in each.items() if (fault := commonest_fault(one))
        ]
        left_out = rounds[-1].facts["left_out"]
        if left_out:
            notes.append(f"{left_out} more were left out by the limit of {self.assets.limit}")
        if notes:
            facts["noted"] = "; ".join(notes[:_MOST_NAMED])
            message = f"{message}; {facts['noted']}"
        return Judgement(Outcome.PASSED, message, None, EXPECTED, message, facts)


def _of(rounds: Sequence[Observation], url: str) -> list[list[Sample]]:
    """Return the samples of one address, ask by ask; a round in which nobody needed it says nothing."""
    seen: list[Sighting | None] = [one.facts["sightings"].get(url) for one in rounds]
    return [list(samples) for one in seen if one is not None for samples in one.asks]


def _read(samples: Sequence[Sequence[Sample]], share: float) -> Reading:
    """Read one address: what never failed is healthy, however seldom it was asked for."""
    if not any(one.fault for some in samples for one in some):
        return Reading.HEALTHY
    return read(samples, share)


def _describe(url: str, samples: Sequence[Sequence[Sample]], rounds: Sequence[Observation]) -> str:
    remark = _remark(url, rounds)
    last = next((one for one in reversed(samples) if any(each.fault for each in one)), samples[-1])
    return f"{_path(url)}: {commonest_fault(samples)} {locate(last)}" + (f" ({remark})" if remark else "")


def _remark(url: str, rounds: Sequence[Observation]) -> str:
    return next((one.facts["sightings"][url].remark for one in reversed(rounds) if url in one.facts["sightings"]), "")


def _signature(url: str, samples: Sequence[Sequence[Sample]]) -> str:
    """Name the asset without the digest of its build, so that two builds compare."""
    return f"{_DIGEST.sub('', _path(url))} {commonest_fault(samples)}"


def _path(url: str) -> str:
    return clip(split(url).path or "/")
