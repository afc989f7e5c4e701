"""A foreign system as a thin layer over the portal's replicas: its hosts, its paths, its way of saying things."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smoke.demo import addresses
from smoke.demo.quirks import Quirk
from smoke.demo.release import Image, Settings

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from smoke.demo.bff.context import Context
    from smoke.demo.faults import Fault
    from smoke.demo.scene import Scene

SITES = {"web": addresses.WEB, "bff": addresses.API, "worker": addresses.WORKER}
"""The internal name of each service of the portal."""

SHORT = 7


@dataclass(frozen=True, slots=True)
class Door:
    """
    Where requests for *host* lead whose path begins with *path*: to a *service*, with *onto* in its place.

    One with a *port* is entered without TLS, as on a developer's machine.
    """

    host: str
    service: str
    path: str = "/"
    onto: str = "/"
    port: int | None = None

    @property
    def at(self) -> str:
        """The host as requests name it."""
        return f"{self.host}:{self.port}" if self.port else self.host

    @property
    def origin(self) -> str:
        """Where a browser finds it."""
        return f"http://{self.at}" if self.port else f"https://{self.host}"

    def leads(self, host: str, target: str) -> str | None:
        """Return the target behind the door, or None if the request goes elsewhere."""
        path = target.partition("?")[0]
        whole = self.path.rstrip("/")
        if host != self.at or not (path == whole or path.startswith(f"{whole}/")):
            return None
        return f"{self.onto.rstrip('/')}/{target[len(whole) :].lstrip('/')}" if whole != self.onto else target


@dataclass(frozen=True, slots=True)
class Speaker:
    """A replica that is to answer in a dialect: its *service* of the portal, its build and its settings."""

    service: str
    image: Image
    settings: Settings
    context: "Context | None" = None
    started: float = field(default_factory=time.monotonic)

    def has(self, quirk: Quirk) -> bool:
        """Tell whether it has a quirk."""
        return quirk in self.settings.quirks

    @property
    def uptime_s(self) -> float:
        """How long it has been running, in seconds."""
        return round(time.monotonic() - self.started, 3)

    @property
    def commit(self) -> str:
        """The commit as it tells it."""
        told = self.image.commit[::-1] if self.has(Quirk.OTHER_COMMIT) else self.image.commit
        told = told[:SHORT] if self.has(Quirk.SHORT_SHA) else told
        return f"prod-{told}" if self.has(Quirk.PREFIXED_SHA) else told

    @property
    def version(self) -> str:
        """The version as it tells it."""
        return f"{self.image.version}-rc.1" if self.has(Quirk.PRE_RELEASE) else self.image.version


Speak = Callable[[Speaker], "Sequence[BaseRoute]"]


def _unchanged(_scene: "Scene") -> None:
    """Leave the scene as it is."""


def _nothing(_speaker: Speaker) -> "Sequence[BaseRoute]":
    return ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    One environment of a foreign system.

    The first of its *doors* that fits counts. *pages* is the origin of its pages, *api* what they call, *title* what
    they call themselves; *speak* gives the routes that a replica has before its own. *also* are further public names
    of the third parties, the control host and the neighbour, by the stack's own names. *secrets* lead from the
    variables that the environment file names to the stack's files; *parameters* are what the file leaves open, *sql* is
    what its database has besides. Only a *balanced* one has a balancer that leaves out replicas which call themselves
    sick. *settle* changes the scene of a good deploy before any fault does; *traps* are the faults of this dialect.
    """

    environment: str
    doors: tuple[Door, ...]
    pages: str
    api: str
    title: str
    speak: Speak = _nothing
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    sql: str = ""
    balanced: bool = False
    settle: "Callable[[Scene], None]" = _unchanged
    traps: "tuple[Fault, ...]" = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The public names behind the edge."""
        neighbours = self.also.get(addresses.NEIGHBOUR, ())
        return tuple(dict.fromkeys((*(door.host for door in self.doors if not door.port), *neighbours)))

    @property
    def origins(self) -> tuple[str, ...]:
        """What of it a browser can open."""
        return tuple(dict.fromkeys(door.origin for door in self.doors))

    def behind(self, host: str, target: str) -> tuple[str, str]:
        """Return the internal host and target of a public one; what is no door's stays as it is."""
        for door in self.doors:
            onward = door.leads(host, target)
            if onward is not None:
                return SITES[door.service], onward
        return host, target

    def name_of(self, internal: str) -> str:
        """Return the public name of a third party."""
        return next(iter(self.also.get(internal, ())), internal)


OWN = Dialect(
    environment="portal/demo",
    doors=(),
    pages=f"https://{addresses.WEB}",
    api=f"https://{addresses.API}",
    title="Customer Portal",
    balanced=True,
)
"""The stack as itself."""
