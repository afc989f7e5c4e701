"""One deployment of a system, as its file describes it."""

from pydantic import Field

from smoke.environment._model import FileReference, Model, Name, Seconds
from smoke.environment.dependencies import Dependencies
from smoke.environment.journeys import Browser, Journey
from smoke.environment.promises import Assets, Component, Login, Migrations, Page, Protected, Queue, Read, Role, Write
from smoke.environment.services import Service
from smoke.verdict.words import Tier


class Converge(Model):
    """How long the release may take to settle, and when standing still counts as stuck."""

    within_s: Seconds = 60.0
    stuck_after_s: Seconds = Field(30.0, description="no change for so long, short of the goal, is stuck; a change since is still moving")
    every_s: Seconds = Field(1.0, description="pause between looks")


class Limits(Model):
    """What the suite allows itself, for each host, and what it accepts in one answer."""

    concurrency: int = Field(16, ge=1)
    requests_per_s: float = Field(50.0, gt=0)
    connect_timeout_s: Seconds = 5.0
    timeout_s: Seconds = Field(10.0, description="for a whole exchange")
    body_bytes: int = Field(2_000_000, ge=1)
    redirects: int = Field(5, ge=0)


class Confirm(Model):
    """The second look."""

    pause_s: Seconds = 3.0
    rounds: int = Field(3, ge=2, le=5, description="most looks at one check, the first included")


class Environment(Model):
    """An environment file."""

    name: str = Field(description="set by the loader: `<system>/<environment>`")
    tier: Tier
    description: str = ""
    budget_s: Seconds = 120.0
    control: tuple[str, ...] = Field((), description="URLs of unrelated hosts; they tell the runner's network from the target's")
    connect_to: tuple[str, ...] | FileReference = Field((), description="HOST:PORT:HOST:PORT rules, or a file with one a line")
    ca: FileReference | str | None = Field(None, description="an extra CA bundle (PEM)")
    proxy: str | None = None
    services: dict[Name, Service] = Field(min_length=1)
    converge: Converge = Converge()
    limits: Limits = Limits()
    confirm: Confirm = Confirm()
    roles: dict[Name, Role] = {}
    login: Login | None = None
    pages: tuple[Page, ...] = ()
    assets: Assets | None = None
    protected: tuple[Protected, ...] = ()
    reads: tuple[Read, ...] = ()
    components: dict[Name, Component] = {}
    migrations: dict[Name, Migrations] = {}
    queues: dict[Name, Queue] = {}
    dependencies: Dependencies = Dependencies()
    writes: tuple[Write, ...] = ()
    journeys: tuple[Journey, ...] = ()
    browser: Browser = Browser()

    @property
    def system(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]
