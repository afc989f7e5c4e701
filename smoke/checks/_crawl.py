"""Fetch what a page needs to run: its scripts and style sheets, and what these import in turn."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import anyio

from smoke.checks._answers import not_ok, replica_of
from smoke.checks._asset_faults import fault_of
from smoke.checks._asset_links import STYLE, Asset, in_manifest, in_page, in_script, in_style, same_origin
from smoke.checks._browserlike import asset_request, page_request
from smoke.checks._cache_contents import WORDS, held
from smoke.http import Exchange, Request
from smoke.verdict.tally import Sample, samples_needed

if TYPE_CHECKING:
    from smoke.checks._world import World

MOST_DOUBTFUL = 10
"""So many failing assets are asked for again on the spot; the rest fails for the same reason."""

AGAIN_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Sighting:
    """One address with its samples, by ask; *remark* is what a comparison with a fresh query has shown."""

    url: str
    asks: tuple[tuple[Sample, ...], ...]
    remark: str = ""

    @property
    def faults(self) -> set[str]:
        """Everything that was wrong with it."""
        return {one.fault for samples in self.asks for one in samples if one.fault}


@dataclass
class Crawl:
    """
    Fetch from *start* pages and a manifest, at most *limit* assets, on the origin of *root* only.

    What pages name directly is sampled often enough to meet a replica that lacks it; what lies deeper is fetched
    once. What fails, or failed in an earlier round, is asked for again at once, and past a cache if one answered.
    """

    world: "World"
    root: str
    share: float
    replica_header: str | None
    limit: int
    sightings: dict[str, Sighting] = field(default_factory=dict)
    exchanges: list[Exchange] = field(default_factory=list)
    left_out: int = 0
    _known: dict[str, Asset] = field(default_factory=dict)

    async def run(self, pages: Sequence[str], manifest: str | None, *, again: bool = False) -> None:
        """Crawl; afterwards `sightings` holds every address that was asked for. *again* asks pages for good."""
        needed = samples_needed(self.share)
        times = max(AGAIN_AT_LEAST, needed) if again else 1
        start = [Asset(url, "page") for url in pages]
        wave = self._new(await self._fetch(start, times, _page_fault, lambda _, exchange: _links(exchange)))
        wave = self._new(await self._fetch(wave, min(needed, max(1, self.limit // max(1, len(wave))))))
        if manifest is not None:
            found = await self._fetch([Asset(manifest, "manifest")], times, _manifest_fault(self.root), self._chunks)
            wave = [*wave, *self._new(found)]
        while wave:
            wave = self._new(await self._fetch(wave, 1))
        await self._ask_again(max(AGAIN_AT_LEAST, needed))

    @property
    def assets(self) -> int:
        """How many assets were fetched, pages and manifest aside."""
        return len(self._known)

    def _new(self, found: Iterable[Asset]) -> list[Asset]:
        fresh = [one for one in same_origin(found, self.root) if one.url not in self._known]
        room = max(0, self.limit - len(self._known))
        self.left_out += len(fresh[room:])
        self._known |= {one.url: one for one in fresh[:room]}
        return fresh[:room]

    async def _fetch(
        self,
        assets: Sequence[Asset],
        times: int,
        fault: Callable[[Asset, Exchange], str | None] = fault_of,
        links: "Callable[[Asset, Exchange], list[Asset]] | None" = None,
    ) -> list[Asset]:
        """Fetch all at once; return what they refer to."""
        found: dict[int, list[Asset]] = {}

        async def one(place: int, asset: Asset) -> None:
            exchanges = await self.world.http.sample(self._request(asset), times)
            self._note(asset, exchanges, fault)
            good = next((each for each in exchanges if fault(asset, each) is None), None)
            found[place] = (links or _imports)(asset, good) if good is not None else []

        async with anyio.create_task_group() as group:
            for place, asset in enumerate(assets):
                group.start_soon(one, place, asset)
        return [each for place in sorted(found) for each in found[place]]

    def _request(self, asset: Asset) -> Request:
        if asset.kind == "page":
            return page_request(asset.url, self.world.environment.browser.accept_language)
        return asset_request(asset.url, asset.kind)

    def _note(
        self, asset: Asset, exchanges: Sequence[Exchange], fault: Callable[[Asset, Exchange], str | None]
    ) -> None:
        samples = tuple(Sample(fault(asset, one), replica_of(one, self.replica_header)) for one in exchanges)
        before = self.sightings.get(asset.url)
        self.sightings[asset.url] = Sighting(asset.url, (*(before.asks if before else ()), samples))
        self.exchanges += [replace(one, body=b"") for one in exchanges]

    def _chunks(self, asset: Asset, exchange: Exchange) -> list[Asset]:
        return in_manifest(exchange.text(), asset.url, self.root)

    async def _ask_again(self, times: int) -> None:
        ever = self.world.memory.doubtful_assets
        ever |= {url for url in self._known if self.sightings[url].faults}
        doubtful = [one for url, one in self._known.items() if url in ever][:MOST_DOUBTFUL]
        await self._fetch(doubtful, times, links=lambda _asset, _exchange: [])
        for asset in doubtful:
            sighting = self.sightings[asset.url]
            bad = all(one.fault for one in sighting.asks[-1])
            if bad and await held(self.world, asset_request(asset.url, asset.kind), partial(fault_of, asset)):
                self.sightings[asset.url] = replace(sighting, remark=WORDS)


def _page_fault(_: Asset, exchange: Exchange) -> str | None:
    wrong = not_ok(exchange)
    if wrong:
        return wrong
    return None if exchange.content_type in {"text/html", "application/xhtml+xml"} else "no HTML"


def _manifest_fault(root: str) -> Callable[[Asset, Exchange], str | None]:
    def fault(asset: Asset, exchange: Exchange) -> str | None:
        wrong = not_ok(exchange)
        if wrong:
            return wrong
        try:
            named = in_manifest(exchange.text(), asset.url, root)
        except ValueError:
            return "HTML instead of JSON" if exchange.content_type == "text/html" else "invalid JSON"
        return None if named else "no chunk is named"

    return fault


def _links(exchange: Exchange) -> list[Asset]:
    return in_page(exchange.text(), exchange.final_url or exchange.request.url)


def _imports(asset: Asset, exchange: Exchange) -> list[Asset]:
    return (in_style if asset.kind == STYLE else in_script)(exchange.text(), asset.url)
