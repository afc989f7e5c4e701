"""Try a draft with the product's own checks: what does not pass now would not verify anything later."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, time

import anyio

from smoke.checks._check import Check, Observation
from smoke.checks._world import Session, World
from smoke.checks.registry import build
from smoke.discovery.draft import Draft
from smoke.environment import Environment, loading
from smoke.errors import SecretMissing
from smoke.http.client import HttpClient
from smoke.running.findings import judge
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome

MODULES = ("health", "version", "pages", "headers", "assets", "protected", "exposure", "reads")
"""The checks of what a draft holds; none of them logs in or writes."""

WITHIN_S = 30.0
"""What trying a whole draft may take."""

LOOKS = 2


def loaded(draft: Draft, name: str) -> Environment:
    """Return what the product's own loader makes of *draft*; raises ConfigurationError."""
    with TemporaryDirectory(prefix="smokegate-") as place:
        file = Path(place, "environments", f"{name}.toml")
        file.parent.mkdir(parents=True)
        file.write_text(draft.text(), "utf-8")
        return loading.load(file.parents[1], name)


def promised(draft: Draft, name: str) -> int:
    """Return how many checks the file brings about."""
    return len(build(loaded(draft, name), Release()))


async def tried(draft: Draft, name: str, http: HttpClient) -> Draft:
    """Return *draft* with what did not pass commented out, each with the reason."""
    trial = _Trial(name, http, monotonic() + WITHIN_S)
    draft = await trial.with_whole_pages(draft)
    return draft.without(await trial.failing(draft))


@dataclass(frozen=True, slots=True)
class _Trial:
    """Tries drafts of the environment *name* until *ends_at*, on the monotonic clock in seconds."""

    name: str
    http: HttpClient
    ends_at: float

    async def with_whole_pages(self, draft: Draft) -> Draft:
        """Return *draft* with only those pages of `[assets]` whose files are all there today."""
        (check, table) = next(
            ((one, draft.table(one)) for one in draft.checks if one.startswith("assets/")), ("", None)
        )
        if table is None:
            return draft
        pages = next(list(one.value) for one in table.lines if one.key == "pages")
        whole = [one for one in pages if not await self.failing(draft.changed(table, "pages", [one]), {check})]
        return draft.changed(table, "pages", whole or pages)

    async def failing(self, draft: Draft, only: set[str] | None = None) -> dict[str, str]:
        """Return why checks of *draft* do not pass, of all of them or of *only* some."""
        environment = loaded(draft, self.name)
        wanted = only or draft.checks
        checks = [one for one in build(environment, Release(), MODULES) if one.id in wanted]
        reasons = {one.id: "it could not be tried in the time there was" for one in checks}
        world = _world(environment, self.http, self.ends_at)
        with anyio.move_on_after(max(0.0, self.ends_at - monotonic())):
            async with anyio.create_task_group() as group:
                for check in checks:
                    group.start_soon(_look, check, world, reasons)
        return {check: reason for check, reason in reasons.items() if reason}


async def _look(check: Check, world: World, reasons: dict[str, str]) -> None:
    """Look at *check* as a run does: once, and a second time if it did not pass."""
    rounds: list[Observation] = []
    for number in range(1, LOOKS + 1):
        rounds.append(await check.observe(world, number))
        judgement = judge(check, rounds)
        reasons[check.id] = "" if judgement.outcome is Outcome.PASSED else judgement.message
        if judgement.outcome is Outcome.PASSED:
            return


def _world(environment: Environment, http: HttpClient, ends_at: float) -> World:
    """Return a world without sessions and secrets, since a draft names none."""

    async def no_session(role: str) -> Session:
        raise SecretMissing(f"nobody is logged in as {role} while an environment file is drafted")

    return World(
        environment=environment,
        release=Release(),
        http=http,
        session=no_session,
        old_session=lambda _role: None,
        sessions=dict,
        before=lambda _check: None,
        secret=str,
        remaining_s=lambda: max(0.0, ends_at - monotonic()),
        now=time,
        pause=anyio.sleep,
    )
