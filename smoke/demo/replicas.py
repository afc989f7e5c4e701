"""Running replicas: each an application with its own name, settings and connections on its own port."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bullmq import Queue  # type: ignore[import-untyped]  # it ships no types
from redis.asyncio import Redis

from smoke.demo import addresses
from smoke.demo.bff.app import bff
from smoke.demo.bff.billing import Billing
from smoke.demo.bff.context import Context
from smoke.demo.bff.crm import Crm
from smoke.demo.bff.provider import Payments
from smoke.demo.bff.schedule import Schedule
from smoke.demo.bff.sessions import Sessions
from smoke.demo.database import Pool
from smoke.demo.dialect import OWN, Dialect, Speaker
from smoke.demo.edge.upstreams import Upstream
from smoke.demo.endurance import Endurance, Memory, Pooling
from smoke.demo.release import Bug, Image, Settings
from smoke.demo.serving import Serving
from smoke.demo.web.app import AssetStore, WebReplica
from smoke.demo.web.build import Build, build
from smoke.demo.wire import Peer
from smoke.demo.worker import QUEUE, ExportWorker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute


class ReplicaCrashed(Exception):
    """A replica did not start."""


@dataclass(slots=True)
class Surroundings:
    """What all replicas share: the third parties' addresses, the published assets, builds by commit, the dialect."""

    salesforce: Peer
    whmcs: Peer
    payments: Peer
    assets: AssetStore = field(default_factory=AssetStore)
    builds: dict[str, Build] = field(default_factory=dict)
    dialect: Dialect = OWN

    @classmethod
    def of(cls, trust: ssl.SSLContext, ports: Mapping[str, int], dialect: Dialect) -> "Surroundings":
        """Return those of a stack whose third parties listen at *ports*."""
        hosts = (addresses.SALESFORCE, addresses.WHMCS, addresses.PAYMENTS)
        salesforce, whmcs, payments = (Peer(ports[host], tls=trust, name=host) for host in hosts)
        return cls(salesforce, whmcs, payments, dialect=dialect)

    def routes(self, speaker: Speaker) -> "Sequence[BaseRoute]":
        """Return the routes that a replica has for the sake of the dialect."""
        return self.dialect.speak(speaker)

    def withdraw(self, image: Image) -> frozenset[str]:
        """Remove the files that only *image* has; returns their names."""
        kept = {name for commit, made in self.builds.items() if commit != image.commit for name in made.files}
        gone = frozenset(self.build_of(image).files) - kept
        self.assets.remove(gone)
        return gone

    def build_of(self, image: Image) -> Build:
        """Return the front end of *image*."""
        if image.commit not in self.builds:
            self.builds[image.commit] = build(image.commit, throws_at_start=Bug.THROWS_AT_START in image.bugs)
        return self.builds[image.commit]

    def published(self, image: Image) -> Build:
        """Return the front end of *image*, its files published."""
        made = self.build_of(image)
        self.assets.publish(made, image.missing_chunks, with_maps=Bug.PUBLISHES_MAPS in image.bugs)
        return made


@dataclass(slots=True, eq=False)
class Running:
    """A replica that serves."""

    service: str
    slot: int
    upstream: Upstream
    serving: Serving
    close: Callable[[], Awaitable[None]]
    begin: "Callable[[], Started]"
    endurance: Endurance = field(default_factory=Endurance)
    memory: Memory | None = None

    async def crash(self, down_s: float) -> None:
        """End at once, as a process does that is killed, and start anew after *down_s* seconds."""
        await self.stop(abruptly=True)
        await asyncio.sleep(down_s)
        self.serving, self.close, self.memory = self.begin()
        self.upstream.port = await self.serving.start()

    async def stop(self, *, abruptly: bool = False) -> None:
        """Stop serving and give all connections back."""
        await self.serving.stop(abruptly=abruptly)
        await self.close()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a replica runs: its service, its slot, and the colour of its half of the blue-green pair."""

    service: str
    slot: int
    colour: str

    @property
    def name(self) -> str:
        """How the replica names itself."""
        return f"{self.service}-{self.colour}-{self.slot + 1}"


async def start_replica(place: Place, image: Image, settings: Settings, around: Surroundings) -> Running:
    """Start one replica; raises ReplicaCrashed if its build does not start."""
    if not image.starts:
        raise ReplicaCrashed(f"{place.name}: exit status 1")
    starters = {"bff": _bff, "web": _web, "worker": _worker}

    def begin() -> Started:
        return starters[place.service](place.name, image, settings, around)

    serving, close, memory = begin()
    upstream = Upstream(place.name, await serving.start())
    return Running(place.service, place.slot, upstream, serving, close, begin, image.endurance, memory)


Started = tuple[Serving, Callable[[], Awaitable[None]], Memory | None]


def _bff(name: str, image: Image, settings: Settings, around: Surroundings) -> Started:
    redis = Redis(unix_socket_path=settings.valkey, decode_responses=True)
    memory = Memory(image.endurance.leaks_mb)
    context = Context(
        name=name,
        image=image,
        settings=settings,
        database=Pool(settings.database, settings.pooling, read_only=settings.read_only),
        vitals=Pool(settings.database, Pooling(1)),
        memory=memory,
        redis=redis,
        exports=Queue(QUEUE, {"connection": redis}),
        sessions=Sessions(settings.session_secret),
        billing=Billing(around.whmcs, settings.whmcs),
        crm=Crm(around.salesforce, settings.salesforce),
        payments=Payments(around.payments, settings.payment),
    )
    schedule = Schedule(context)
    schedule.start()

    async def close() -> None:
        await schedule.stop()
        await context.close()

    return Serving(bff(context, around.routes(Speaker("bff", image, settings, context)))), close, memory


def _web(name: str, image: Image, settings: Settings, around: Surroundings) -> Started:
    replica = WebReplica(name, image, settings, around.published(image), around.assets)
    return Serving(replica.app(around.routes(Speaker("web", image, settings)))), _nothing, None


def _worker(name: str, image: Image, settings: Settings, around: Surroundings) -> Started:
    worker = ExportWorker(name, image, settings)
    worker.start()
    return Serving(worker.app(around.routes(Speaker("worker", image, settings)))), worker.stop, None


async def _nothing() -> None:
    """Give nothing back: a web replica holds no connections."""
