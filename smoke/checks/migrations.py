"""The database has every migration of the release, and none has failed or is still running."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._migration_history import judge_history
from smoke.checks._obstacle import obstacle
from smoke.checks._sampled import curl
from smoke.dependencies import supabase
from smoke.dependencies.migration_files import Brought, read_files
from smoke.dependencies.migration_history import Migration, read_history
from smoke.dependencies.postgres import NotRead
from smoke.environment import Environment
from smoke.environment.databases import Migrations
from smoke.errors import SmokeError
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

PUSHED = "; `drizzle-kit push` leaves none, then name tables and indexes in [databases]"


@dataclass(frozen=True, kw_only=True)
class MigrationsCheck(Check):
    """The database has every migration of the release, and none has failed or is still running."""

    kind: ClassVar[str] = "migrations"
    stage: ClassVar[Stage] = Stage.IMMEDIATE
    independent: ClassVar[bool] = True

    migrations: Migrations
    expected: tuple[str, ...]
    timeout_s: float

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Read the release's files, if any, and the history."""
        try:
            brought = self._brought()
            exchanges, history = await self._history(world)
        except SmokeError as error:
            return obstacle(error)
        if not isinstance(history, NotRead):
            return Observation(exchanges, {"rows": [row.to_json() for row in history], "brought": brought})
        if history.cause is None:
            return Observation(exchanges, {"no_history": self._no_history(history.message)})
        return Observation(exchanges, obstacle=(history.message, history.cause.value))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look: history only grows, so an older one says nothing more."""
        last = rounds[-1]
        if "no_history" in last.facts:
            message = str(last.facts["no_history"])
            expected = self._due(Brought())
            return Judgement(Outcome.FAILED, message, expected=expected, found=message, facts={"signature": message})
        brought: Brought = last.facts["brought"]
        rows = [Migration.from_json(row) for row in last.facts["rows"]]
        return judge_history(rows, self.expected, self._due(brought), brought, self.migrations.drift)

    def reproduce(self) -> str:
        """Return the call of the management API, where there is one."""
        return curl(supabase.address(self.migrations.api)) if self.migrations.api else ""

    def _brought(self) -> Brought:
        files = self.migrations.files
        return read_files(self.migrations.tool, Path(files)) if files else Brought()

    async def _history(self, world: "World") -> tuple[tuple[Exchange, ...], tuple[Migration, ...] | NotRead]:
        of = self.migrations
        if of.api is not None:
            exchange = await supabase.ask(world.http, of.api, world.secret, self.timeout_s)
            return (exchange,), supabase.read(exchange)
        assert of.dsn is not None, "the model demands it where there is no management API"
        return (), await read_history(world.secret(of.dsn), of.table, self.timeout_s, of.tool)

    def _no_history(self, message: str) -> str:
        return message + (PUSHED if self.migrations.tool == "drizzle" else "")

    def _due(self, brought: Brought) -> str:
        names = list(dict.fromkeys([*(one.name for one in brought.wanted), *self.expected]))
        if not names:
            return "none failed or running"
        return f"applied: {', '.join(names)}" if len(names) <= 5 else f"applied: all {len(names)}, up to {names[-1]}"  # noqa: PLR2004 - what a line holds


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each database."""
    for name, migrations in environment.migrations.items():
        wanted = tuple(dict.fromkeys((*migrations.expected, *release.migrations)))
        yield MigrationsCheck(
            subject=name,
            migrations=migrations,
            expected=wanted,
            timeout_s=environment.limits.timeout_s,
            gating=migrations.gating,
        )
