"""The reference portal as a whole: everything that one run of the stack consists of."""

import asyncio
import os
import time
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from smoke.demo import addresses, content
from smoke.demo.addresses import Addresses
from smoke.demo.daemons import Sentinel
from smoke.demo.database import dsn
from smoke.demo.dialect import OWN, Dialect
from smoke.demo.edge.conditions import Conditions
from smoke.demo.edge.proxy import OUR_ADDRESS, Edge
from smoke.demo.edge.upstreams import Upstreams
from smoke.demo.faults import Fault, arrange
from smoke.demo.foundation import PRODUCTION, READER, STAGING, Paths, ThirdParties, drift, expire, start_databases
from smoke.demo.ordinary import MINUTE_S, adopt, credential, good_deploy
from smoke.demo.others import Others
from smoke.demo.payments import PaymentProvider
from smoke.demo.release import Credential
from smoke.demo.replicas import Surroundings
from smoke.demo.rollout import Fleet
from smoke.demo.salesforce import Org
from smoke.demo.scene import Scene
from smoke.demo.sites import sites as made_sites
from smoke.demo.state import StateFiles, credentials_of
from smoke.demo.tls import Authority
from smoke.demo.whmcs import Installation
from smoke.demo.worker import preload


class Portal:
    """One run: started once, deployed once, stopped once."""

    def __init__(  # noqa: PLR0913 - one run, as the command line describes it
        self,
        state: Path,
        paths: Paths,
        faults: tuple[Fault, ...],
        seed: int,
        speed: float,
        *,
        dialect: Dialect = OWN,
    ) -> None:
        self.files = StateFiles(state)
        self._paths = paths
        self._faults = faults
        self._speed = speed
        self._dialect = dialect
        self._customer, self._control = content.customer(), content.control()
        self._verifier = {name: credential(name) for name in ("salesforce", "whmcs")}
        self.scene = self._arranged(seed)
        self._conditions = Conditions(rng=Random(seed + 1), reset_share=self.scene.reset_share)
        self._switching: asyncio.Task[None] | None = None
        self.takes_orders_at: Path | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self, sentinel: Sentinel) -> None:
        """Start everything with the release before, and write the state files."""
        scene = self.scene
        accounts = (self._customer, self._control)
        databases = asyncio.create_task(
            start_databases(sentinel, self._paths, scene.before, accounts, self._dialect.sql)
        )
        try:
            authority = Authority(self._paths.directory)
            org = Org(f"https://{self._dialect.name_of(addresses.SALESFORCE)}", self._known("salesforce"))
            whmcs, payments = Installation(self._known("whmcs")), self._payment_provider()
            self._third_parties = await ThirdParties.start(authority, org, whmcs, payments, scene, self._dialect.also)
            await databases
        finally:
            # Whoever is interrupted leaves nobody behind who would go on writing into a directory that is to go.
            databases.cancel()
            await asyncio.gather(databases, return_exceptions=True)
        if scene.account_expired:
            await expire(scene.settings_before, self._customer)
        if scene.test_data is not None:
            await drift(scene.settings_before, self._customer, scene.test_data)
        self._sentinel, sites = sentinel, made_sites()
        self._authority, ports = authority, self._third_parties.ports()
        self._around = Surroundings.of(authority.client_context(), ports, self._dialect)
        self._fleet = Fleet(scene, sites, self._around)
        await self._fleet.start()
        if scene.staging:
            await self._fleet.add_staging(sites["staging"], dsn(self._paths.postgres, STAGING))
        self.addresses = Addresses(
            {
                **await self._start_edge(sites.values(), authority),
                **dict.fromkeys(addresses.ORIGINS, await self._start_origin(sites.values(), authority)),
                **self._third_parties.ports(),
            }
        )
        self._write_state(authority)
        self._others = Others(sites["bff"], Random(self._conditions.rng.random()))
        if scene.logins_a_minute:
            self._meanwhile(self._others.customers(MINUTE_S / scene.logins_a_minute / self._speed))
        await preload(scene.settings_before, scene.backlog, self._speed)

    async def deploy(self) -> dict[str, Any]:
        """Deploy the new release; the switch goes on in the background. Returns what the pipeline announces."""
        began = time.time()
        await self._change_the_edge()
        replicas = await self._fleet.prepare()
        await self._change_the_world()
        self._switching = asyncio.create_task(self._fleet.switch(replicas))
        scene = self.scene
        return {
            "commit": scene.after.commit,
            "previous": scene.before.commit,
            "version": scene.after.version,
            "deployed_at": began,
            "declares": scene.declared(began),
        }

    async def rollback(self, services: Sequence[str] = ()) -> dict[str, Any]:
        """Put the release before back, of all services or of some; what its deploy changed in the world stays."""
        await self._end_the_switch()
        await self._fleet.back(services)
        return {"commit": self.scene.before.commit}

    def purge(self) -> None:
        """Empty the edge's cache."""
        self._edge.cache.purge()

    async def _end_the_switch(self) -> None:
        if self._switching is not None:
            self._switching.cancel()
            with suppress(asyncio.CancelledError):
                await self._switching

    async def stop(self) -> None:
        """Stop all that runs in this process; the sentinel stops the rest."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._end_the_switch()
        await asyncio.gather(self._edge.stop(), self._origin.stop())
        await self._fleet.stop()
        await self._third_parties.stop()

    async def _start_edge(self, sites: Iterable[Upstreams], authority: Authority) -> dict[str, int]:
        """Let all public names be served; returns the port of each."""
        self._edge = edge = Edge({upstreams.host: upstreams for upstreams in sites}, self._conditions)
        self._fleet.forget = edge.cache.forget
        edge.behind, edge.spares_the_sick = self._dialect.behind, self._dialect.balanced
        edge.neighbours = frozenset({addresses.NEIGHBOUR, *self._dialect.also.get(addresses.NEIGHBOUR, ())})
        names = (*addresses.OURS, addresses.NEIGHBOUR, *self._dialect.hosts)
        port = await edge.start(authority.server_context(*names), 1.0 / self._speed)
        plain = {door.at: await edge.start_plain() for door in self._dialect.doors if door.port}
        return {**dict.fromkeys(names, port), **plain}

    async def _start_origin(self, sites: Iterable[Upstreams], authority: Authority) -> int:
        """Let the same replicas be reached past the edge, under names of their own; returns the port."""
        behind = {upstreams.host: upstreams for upstreams in sites}
        named = {name: behind[host] for name, host in addresses.ORIGINS.items()}
        self._origin = Edge(named, Conditions(rng=self._conditions.rng, reset_share=self.scene.reset_share))
        return await self._origin.start(authority.server_context(*named), health_every_s=None)

    def _arranged(self, seed: int) -> Scene:
        scene = good_deploy(Random(seed), self._paths, self._speed)
        adopt(scene, self._dialect)
        arrange(scene, self._faults, seed)
        return scene

    def _payment_provider(self) -> PaymentProvider:
        scene = self.scene
        keys = frozenset({scene.settings_before.payment.secret, scene.settings.payment.secret})
        return PaymentProvider(keys, scene.expired_payment_keys)

    def _meanwhile(self, others: Coroutine[Any, Any, None]) -> None:
        """Let *others* go on until the portal stops."""
        self._tasks.add(asyncio.create_task(others))

    def _known(self, party: str) -> tuple[Credential, ...]:
        ours = (self.scene.settings_before, self.scene.settings)
        return (*(getattr(settings, party) for settings in ours), self._verifier[party])

    async def _change_the_edge(self) -> None:
        """Let the edge's new rules hold, and visitors come before anything new is there."""
        change, edge = self.scene.edge, self._edge
        edge.cache.rules = change.rules
        built = self._around.build_of(self.scene.after) if change.too_early else None
        chunks = [f"/assets/{built.names[source]}" for source in change.too_early] if built else []
        for host, path in (*change.visits, *((addresses.WEB, chunk) for chunk in chunks)):
            await edge.be_asked(host, path)
        if change.purged_after_s is not None:
            asyncio.get_running_loop().call_later(change.purged_after_s, edge.cache.purge)

    async def _change_the_world(self) -> None:
        """Let happen what the scene has for the moment of the switch."""
        scene = self.scene
        if scene.database_stops:
            self._sentinel.stop_server("postgres")
        await preload(scene.settings, scene.piles_up, self._speed)
        self._conditions.screen = scene.screen
        if scene.edge.flaw is not None:
            flawed = self._authority.flawed_context(scene.edge.flaw, *scene.edge.flawed)
            self._edge.certificates = dict.fromkeys(scene.edge.flawed, flawed)
        self._conditions.blip_share = scene.blip_share
        self._conditions.blip_until = asyncio.get_running_loop().time() + scene.blip_s
        await self._third_parties.turn(scene)
        if scene.another_canary:
            self._meanwhile(self._others.canary(self._customer, OUR_ADDRESS))
        if not scene.names_resolve:
            self.files.write({"connect-to": "\n".join(self.addresses.nowhere())})

    def _write_state(self, authority: Authority) -> None:
        texts = {
            "connect-to": "\n".join(self.addresses.rules()),
            "ca.pem": authority.pem.decode().strip(),
            "customer-user": self._customer.email,
            "customer-password": self._customer.password,
            "control-user": self._control.email,
            "control-password": self._control.password,
            "api-key-previous": self.scene.settings_before.api_keys[0],
            "api-key-current": self.scene.settings_before.api_keys[-1],
            "database-dsn": dsn(self._paths.postgres, PRODUCTION, READER),
            **credentials_of(self._verifier),
        }
        self.files.write(texts)
        self.files.write_json("stack.json", self.description())
        if self.scene.browser_lives_s is not None:
            from smoke.demo.dying_browser import script

            self.files.write_program("dying-browser", script(self.scene.browser_lives_s))

    def description(self) -> dict[str, Any]:
        """Return what a person needs to try the stack: addresses, accounts, commits, the process."""
        return {
            "pid": os.getpid(),
            "web": f"https://{addresses.WEB}/",
            "api": f"https://{addresses.API}/",
            "addresses": {host: f"127.0.0.1:{port}" for host, port in self.addresses.ports.items()},
            "host_resolver_rules": self.addresses.browser_rules(),
            "accounts": {
                name: {"user": account.email, "password": account.password}
                for name, account in (("customer", self._customer), ("control", self._control))
            },
            "before": self.scene.before.commit,
            "after": self.scene.after.commit,
            "faults": [fault.id for fault in self._faults],
            "version": self.scene.after.version,
            "declares": self.scene.declares,
            "orders": str(self.takes_orders_at or ""),
        }
