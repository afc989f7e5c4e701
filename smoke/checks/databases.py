"""The tables, columns and indexes that the release needs are there, and the indexes are valid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.dependencies.database_objects import Relation, read_relations
from smoke.dependencies.postgres import NotRead
from smoke.environment import Environment
from smoke.environment.databases import Database
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, kw_only=True)
class DatabaseCheck(Check):
    """The tables, columns and indexes that the release needs are there, and the indexes are valid."""

    kind: ClassVar[str] = "database"
    stage: ClassVar[Stage] = Stage.IMMEDIATE
    independent: ClassVar[bool] = True

    database: Database
    timeout_s: float

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Read the catalogue."""
        try:
            dsn = world.secret(self.database.dsn)
        except SmokeError as error:
            return obstacle(error)
        names = [*self._tables(), *map(self._full, self.database.indexes)]
        found = await read_relations(dsn, names, self.timeout_s)
        if isinstance(found, NotRead):
            return Observation(obstacle=(found.message, (found.cause or Cause.SUITE).value))
        return Observation(facts={"relations": found})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look."""
        relations: tuple[Relation, ...] = rounds[-1].facts["relations"]
        by_name = {one.name: one for one in relations}
        missing = [*self._missing_tables(by_name), *self._missing_columns(by_name), *self._missing_indexes(by_name)]
        wanted = [by_name[self._full(name)] for name in self.database.indexes if self._full(name) in by_name]
        invalid = [one.name for one in wanted if not one.valid and not one.building]
        building = [one.name for one in wanted if not one.valid and one.building]
        if missing:
            # No signature: what a release brings is naturally missing before it, which excuses nothing.
            return self._judged(Outcome.FAILED, "; ".join(missing), {"signature": ""})
        if invalid:
            said = f"not valid, as a failed CREATE INDEX CONCURRENTLY leaves it: {', '.join(invalid)}"
            return self._judged(Outcome.FAILED, said, {"signature": f"invalid: {', '.join(invalid)}"})
        if building:
            said = f"an index is still being built: {', '.join(building)}"
            return Judgement(Outcome.UNDECIDED, said, Cause.RELEASE, self._expected, said, unclear=True)
        others = sorted(one.name for one in relations if one.is_index and not one.valid and one not in wanted)
        noted = {"noted": f"not valid, but not asked for: {', '.join(others)}"} if others else {}
        return self._judged(Outcome.PASSED, f"{self._expected}: all there", noted)

    @property
    def _expected(self) -> str:
        counted = {
            "table": len(self._tables()),
            "column": sum(map(len, self.database.columns.values())),
            "index": len(self.database.indexes),
        }
        several = {"table": "tables", "column": "columns", "index": "indexes"}
        return ", ".join(f"{n} {one if n == 1 else several[one]}" for one, n in counted.items() if n)

    def _judged(self, outcome: Outcome, found: str, facts: dict[str, str]) -> Judgement:
        return Judgement(outcome, found, expected=self._expected, found=found, facts=facts)

    def _full(self, name: str) -> str:
        return name if "." in name else f"{self.database.search}.{name}"

    def _tables(self) -> list[str]:
        return list(dict.fromkeys(map(self._full, (*self.database.tables, *self.database.columns))))

    def _missing_tables(self, there: dict[str, Relation]) -> Iterator[str]:
        for name in self._tables():
            if name not in there or there[name].is_index:
                yield f"there is no table {name}"

    def _missing_columns(self, there: dict[str, Relation]) -> Iterator[str]:
        for table, columns in self.database.columns.items():
            if self._full(table) in there:
                lacking = [one for one in columns if one not in there[self._full(table)].columns]
                yield from (f"table {self._full(table)} has no column {one}" for one in lacking)

    def _missing_indexes(self, there: dict[str, Relation]) -> Iterator[str]:
        for name in map(self._full, self.database.indexes):
            if name not in there or not there[name].is_index:
                yield f"there is no index {name}"


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each database."""
    for name, database in environment.databases.items():
        yield DatabaseCheck(
            subject=name, database=database, timeout_s=environment.limits.timeout_s, gating=database.gating
        )
