"""The source maps of the scripts are not public, where the environment forbids them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import clip, not_ok, parse, split
from smoke.checks._asset_links import MODULE, SCRIPT, Asset, in_page, same_origin
from smoke.checks._browserlike import page_request
from smoke.checks._check import Check, Observation
from smoke.checks._sampled import curl, transport_facts
from smoke.environment import Environment
from smoke.environment.promises import Assets
from smoke.environment.services import Service
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

EXPECTED = "no source map for anybody"
MOST_SCRIPTS = 8
"""Scripts whose maps are asked for: a build publishes all of its maps or none."""

_SUFFIX = ".map"


def checks(environment: Environment, release: Release) -> Iterator["SourceMapsCheck"]:
    """Return the check, unless the environment allows source maps."""
    assets = environment.assets
    if assets is not None and assets.source_maps != "allow":
        yield SourceMapsCheck(
            subject=assets.service,
            service=assets.service,
            gating=assets.source_maps == "forbid",
            assets=assets,
            server=environment.services[assets.service],
        )


@dataclass(frozen=True, kw_only=True)
class SourceMapsCheck(Check):
    """
    The source maps of the scripts are not public.

    Some teams publish them on purpose, so that this is a warning unless the environment file forbids them. A page that
    answers in place of a map is none.
    """

    kind: ClassVar[str] = "maps"
    stage: ClassVar[Stage] = Stage.IMMEDIATE
    refines: ClassVar[bool] = True

    assets: Assets
    server: Service

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask for the map of every script that the first pages name."""
        root = self.server.url
        languages = world.environment.browser.accept_language
        pages = [await world.http.send(page_request(f"{root}{path}", languages)) for path in self.assets.pages]
        named = [asset for page in pages if not not_ok(page) for asset in in_page(page.text(), page.request.url)]
        scripts = [one for one in same_origin(named, root) if one.kind in {SCRIPT, MODULE}][:MOST_SCRIPTS]
        maps = [await world.http.send(Request("GET", _map_of(one))) for one in scripts]
        return Observation((*pages, *maps), {"maps": [_path(one) for one in maps if _is_map(one)], "asked": len(maps)})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look: what was published once is no noise."""
        seen = dict.fromkeys(path for one in rounds for path in one.facts["maps"])
        facts: dict[str, Any] = transport_facts(rounds[-1].exchanges)
        if seen:
            more = f" and {len(seen) - 1} more" if len(seen) > 1 else ""
            message = f"source maps are public: {next(iter(seen))}{more}"
            facts["signature"] = "source maps are public"
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, message, facts)
        asked = rounds[-1].facts["asked"]
        message = f"none of {asked} scripts has a public map" if asked else "the pages name no script of their own"
        return Judgement(Outcome.PASSED, message, None, EXPECTED, message, facts)

    def reproduce(self) -> str:
        """Return the request for the first page."""
        return curl(f"{self.server.url}{self.assets.pages[0]}")


def _map_of(script: Asset) -> str:
    return f"{script.url.partition('?')[0]}{_SUFFIX}"


def _is_map(exchange: Exchange) -> bool:
    """Tell a map by what it is: whole JSON with mappings, or the beginning of a long one."""
    if not_ok(exchange):
        return False
    if exchange.truncated:
        return exchange.body.lstrip().startswith(b"{") and b'"sources"' in exchange.body
    try:
        found = parse(exchange)
    except ValueError:
        return False
    return isinstance(found, dict) and "mappings" in found


def _path(exchange: Exchange) -> str:
    return clip(split(exchange.request.url).path)
