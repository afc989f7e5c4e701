"""How one release follows another: replicas started, switched and stopped, as the scene's plan says."""

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo import migrate
from smoke.demo.edge.upstreams import Upstreams
from smoke.demo.foundation import open_database
from smoke.demo.lifetimes import Lifetimes
from smoke.demo.release import SERVICES, Image, Settings
from smoke.demo.replicas import Place, ReplicaCrashed, Running, Surroundings, start_replica
from smoke.demo.scene import REPLICAS, Scene, Strategy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DRAIN_S = 0.5

DOWN_S = 0.5
"""How long a process that was killed is gone: ten seconds of the field."""

_log = logging.getLogger("smoke.demo.rollout")


class Fleet:
    """
    The replicas of all services, and the two ways of replacing them.

    *forget* is told the names of files that are withdrawn, for caches.
    """

    def __init__(self, scene: Scene, sites: dict[str, Upstreams], around: Surroundings) -> None:
        self._scene = scene
        self._sites = sites
        self._around = around
        self._live: dict[tuple[str, int], Running] = {}
        self.forget: Callable[[frozenset[str]], None] = lambda _names: None
        self._others: list[Running] = []
        self._returns = 0
        self._draining: set[asyncio.Task[None]] = set()
        self._lifetimes = Lifetimes(DOWN_S / scene.speed, scene.rng)

    async def start(self) -> None:
        """Start the release before and give it all traffic."""
        scene = self._scene
        replicas = await self._start_all("blue", scene.before, scene.settings_before, frozenset())
        for replica in replicas:
            self._put(replica)

    async def add_staging(self, site: Upstreams, database: str) -> None:
        """Start the API of the staging environment beside all this: the same code, on data of its own."""
        settings = replace(self._scene.settings_before, database=database)
        replica = await start_replica(Place("bff", 0, "staging"), self._scene.before, settings, self._around)
        site.replace(None, replica.upstream)
        self._others.append(replica)

    async def prepare(self) -> list[Running]:
        """Carry out what comes before the switch; returns the replicas that are to take over."""
        plan = self._scene.plan
        if plan.strategy is Strategy.NOT_AT_ALL:
            return []
        if plan.strategy is Strategy.ALL_AT_ONCE:
            await self._stop_all()
        try:
            if plan.migrates:
                await self._migrate()
            await self._change_the_database()
            return await self._start_all("green", self._scene.after, self._scene.settings, plan.pinned)
        except (migrate.MigrationFailed, ReplicaCrashed) as error:
            _log.warning("%s", error)
            return []

    async def switch(self, replicas: list[Running]) -> None:
        """Let *replicas* take the places of the old ones, one slot after the other."""
        plan = self._scene.plan
        began = asyncio.get_running_loop().time()
        for slot in range(REPLICAS):
            if plan.strategy is Strategy.SWITCH:
                await asyncio.sleep(began + plan.switches_s[slot] - asyncio.get_running_loop().time())
            for replica in replicas:
                if replica.slot == slot:
                    self._put(replica)
        if not plan.keeps_old_assets:
            self.forget(self._around.withdraw(self._scene.before))
        for number, sequel in enumerate(plan.sequels):
            await asyncio.sleep(began + sequel.at_s - asyncio.get_running_loop().time())
            for replica in await self._start_all(f"later{number + 1}", sequel.image, sequel.settings, frozenset()):
                self._put(replica)

    async def back(self, services: "Sequence[str]" = ()) -> None:
        """Put the release before into the places of *services*, or of all, on replicas that are started for it."""
        self._returns += 1
        scene = self._scene
        colour, wanted = f"back{self._returns}", services or SERVICES
        for replica in await self._start_all(colour, scene.before, scene.settings_before, frozenset(), wanted):
            self._put(replica)

    async def stop(self) -> None:
        """Stop everything at once."""
        for task in self._draining:
            task.cancel()
        await asyncio.gather(*self._draining, return_exceptions=True)
        await asyncio.gather(*(replica.stop(abruptly=True) for replica in self._others))
        await self._stop_all()

    def _put(self, replica: Running) -> None:
        """Give *replica* its place; the one that was there finishes its requests and stops."""
        place = (replica.service, replica.slot)
        old = self._live.get(place)
        self._sites[replica.service].replace(old.upstream if old else None, replica.upstream)
        self._live[place] = replica
        self._lifetimes.watch(replica)
        if old is not None:
            self._lifetimes.forget(old)
            task = asyncio.create_task(self._drain(old))
            self._draining.add(task)
            task.add_done_callback(self._draining.discard)

    async def _drain(self, old: Running) -> None:
        try:
            await asyncio.sleep(DRAIN_S)
        finally:
            await old.stop()

    async def _stop_all(self) -> None:
        await self._lifetimes.end()
        running, self._live = list(self._live.values()), {}
        for replica in running:
            self._sites[replica.service].replace(replica.upstream, None)
        await asyncio.gather(*(replica.stop(abruptly=True) for replica in running))

    async def _migrate(self) -> None:
        connection = await open_database(self._scene.settings)
        try:
            await migrate.deploy(connection, self._scene.after.migrations)
        except migrate.MigrationFailed as error:
            if not self._scene.plan.starts_anyway:
                raise
            _log.warning("%s", error)
        finally:
            await connection.close()

    async def _change_the_database(self) -> None:
        """Carry out what the deploy does to the database besides."""
        if self._scene.sql:
            connection = await open_database(self._scene.settings)
            try:
                for statement in self._scene.sql:
                    await connection.execute(statement.encode())
            finally:
                await connection.close()

    async def _start_all(
        self,
        colour: str,
        image: Image,
        settings: Settings,
        pinned: frozenset[int],
        services: "Sequence[str]" = SERVICES,
    ) -> list[Running]:
        places = [
            Place(service, slot, colour)
            for service in services
            for slot in range(1 if service == "worker" else REPLICAS)
            if slot not in pinned or service == "worker"
        ]
        odd = self._scene.odd_ones if image is self._scene.after else {}
        starting = [
            start_replica(place, image, odd.get((place.service, place.slot), settings), self._around)
            for place in places
        ]
        return list(await asyncio.gather(*starting))
