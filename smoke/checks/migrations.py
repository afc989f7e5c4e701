"""The database has every migration of the release, and none has failed or is still running."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.dependencies.postgres import Migration, NotRead, read_history
from smoke.environment import Environment
from smoke.environment.promises import Migrations
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

RUNNING_S = 300.0
"""Until this age an unfinished migration without an error text counts as running; then as died on the way."""


@dataclass(frozen=True, kw_only=True)
class MigrationsCheck(Check):
    """The database has every migration of the release, and none has failed or is still running."""

    kind: ClassVar[str] = "migrations"
    stage: ClassVar[Stage] = Stage.IMMEDIATE
    independent: ClassVar[bool] = True

    migrations: Migrations
    expected: tuple[str, ...]
    timeout_s: float

    async def observe(self, world: "World", round_number: int) -> Observation:  # noqa: ARG002 - every look is the same
        """Read the history."""
        try:
            dsn = world.secret(self.migrations.dsn)
        except SmokeError as error:
            return obstacle(error)
        history = await read_history(dsn, self.migrations.table, self.timeout_s)
        if not isinstance(history, NotRead):
            return Observation(facts={"rows": [row.to_json() for row in history]})
        if history.cause is None:
            return Observation(facts={"no_history": history.message})
        return Observation(obstacle=(history.message, history.cause.value))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look: history only grows, so an older one says nothing more."""
        last = rounds[-1]
        expected = f"applied: {', '.join(self.expected)}" if self.expected else "none failed or running"
        if "no_history" in last.facts:
            message = str(last.facts["no_history"])
            return Judgement(Outcome.FAILED, message, expected=expected, found=message, facts={"signature": message})
        return judge_history([Migration(**row) for row in last.facts["rows"]], self.expected, expected)


def judge_history(history: Sequence[Migration], wanted: Sequence[str], expected: str) -> Judgement:
    """Judge a history by Prisma's rules (wire formats, section 6.1); rolled back rows do not count. Pure."""
    valid = [row for row in history if not row.rolled_back]
    applied = [row.name for row in valid if row.finished]
    failed = [row for row in valid if not row.finished and (row.logs or row.age_s > RUNNING_S)]
    running = [row for row in valid if not row.finished and row not in failed]
    pending = [name for name in wanted if name not in applied]
    if failed:
        return _failed([_failure(row) for row in failed], f"failed: {_names(failed)}", expected)
    if running:
        found = f"migration {running[-1].name} is still running, for {running[-1].age_s:.0f} s"
        return Judgement(Outcome.UNDECIDED, found, Cause.RELEASE, expected, found, unclear=True)
    if pending:
        # No signature: that a new migration was missing before the deploy as well excuses nothing.
        return _failed([f"migration {name} is not applied" for name in pending], "", expected)
    if not applied:
        return _failed(["the history holds no applied migration"], "empty", expected)
    twice = sorted({name for name in applied if applied.count(name) > 1})
    noted = {"noted": f"applied more than once: {', '.join(twice)}"} if twice else {}
    found = f"{len(set(applied))} applied, the newest is {applied[-1]}"
    return Judgement(Outcome.PASSED, found, expected=expected, found=found, facts=noted)


def _failed(faults: Sequence[str], signature: str, expected: str) -> Judgement:
    found = "; ".join(faults)
    return Judgement(Outcome.FAILED, found, expected=expected, found=found, facts={"signature": signature})


def _failure(row: Migration) -> str:
    # PostgreSQL's DETAIL quotes rows of the table, which are nobody's business here.
    said = " ".join(row.logs.partition("DETAIL")[0].split())[:120]
    reason = said or f"started {row.age_s:.0f} s ago and never finished"
    return f"migration {row.name} failed: {reason}"


def _names(rows: Sequence[Migration]) -> str:
    return ", ".join(row.name for row in rows)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each database."""
    for name, migrations in environment.migrations.items():
        wanted = tuple(dict.fromkeys((*migrations.expected, *release.migrations)))
        yield MigrationsCheck(
            subject=name, migrations=migrations, expected=wanted, timeout_s=environment.limits.timeout_s
        )
