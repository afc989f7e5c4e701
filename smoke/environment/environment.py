"""One deployment of a system, as its file describes it."""

import hashlib
import json
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from smoke.environment._model import FileReference, Model, Name, Seconds, Text
from smoke.environment.addresses import BaseUrl, Url
from smoke.environment.announcements import Announcement
from smoke.environment.apps import App
from smoke.environment.canary import Alerts, Canary
from smoke.environment.connect_to import ConnectRule
from smoke.environment.databases import Database, Migrations
from smoke.environment.dependencies import Dependencies
from smoke.environment.edge import Headers, Private
from smoke.environment.flags import Flags
from smoke.environment.handoffs import Handoff
from smoke.environment.invariants import Invariant
from smoke.environment.journeys import Browser, Journey
from smoke.environment.keys import ApiKey
from smoke.environment.load import Burst, Latency, Soak
from smoke.environment.monitoring import Monitoring
from smoke.environment.notify import Notifier
from smoke.environment.parameters import Given, Parameter, ParameterName
from smoke.environment.platforms import Platform
from smoke.environment.promises import Assets, Component, Login, Page, Protected, Read, Role
from smoke.environment.queues import Queue
from smoke.environment.rollbacks import Guard, Part
from smoke.environment.roundtrips import Roundtrip
from smoke.environment.schedules import Schedule
from smoke.environment.services import Service
from smoke.environment.telemetry import Errors, Logs, Metric, Targets
from smoke.environment.writes import Write
from smoke.verdict.words import Tier


class Converge(Model):
    """How long the release may take to settle, and when standing still counts as stuck."""

    within_s: Seconds = Field(60.0, description="the longest time that the release may take to settle")
    stuck_after_s: Seconds = Field(
        30.0, description="no change for so long, short of the goal, is stuck; a change since is still moving"
    )
    every_s: Seconds = Field(1.0, description="pause between looks")


class Limits(Model):
    """What the suite allows itself, for each host, and what it accepts in one answer."""

    concurrency: int = Field(16, ge=1, description="requests to one host at the same time")
    requests_per_s: float = Field(50.0, gt=0, description="requests to one host in a second")
    connect_timeout_s: Seconds = Field(5.0, description="until a connection stands")
    timeout_s: Seconds = Field(10.0, description="for a whole exchange")
    body_bytes: int = Field(2_000_000, ge=1, description="how much of a body is read")
    redirects: int = Field(5, ge=0, description="how many redirects are followed")


class Edge(Model):
    """What stands before the services: a CDN, a load balancer of a provider."""

    canary: tuple[Url, ...] = Field(
        (), description="URLs of unrelated hosts behind the same edge; they tell its provider's outage from our fault"
    )


class Confirm(Model):
    """The second look."""

    pause_s: Seconds = Field(3.0, description="pause before a look is repeated")
    rounds: int = Field(3, ge=2, le=5, description="most looks at one check, the first included")


class Tls(Model):
    """What is asked of certificates beside being accepted."""

    warn_days: float = Field(
        14.0, ge=0, description="a certificate that ends within so many days, and is due for renewal, is a warning"
    )


def _kind_of_source(value: Any) -> str:
    return "<file>" if isinstance(value, dict | FileReference) else "<plain>"


# The tags stand in angle brackets so that error locations can be told from keys (see `_wording`).
ByFile = Annotated[FileReference, Tag("<file>")]
ConnectRules = Annotated[Annotated[tuple[ConnectRule, ...], Tag("<plain>")] | ByFile, Discriminator(_kind_of_source)]
CaBundle = Annotated[Annotated[Text, Tag("<plain>")] | ByFile, Discriminator(_kind_of_source)]


PreReleases = Literal["forbid", "note", "allow"]


class Environment(Model):
    """An environment file."""

    hidden: ClassVar[frozenset[str]] = frozenset({"name", "given"})

    name: str = Field(description="set by the loader: `<system>/<environment>`")
    tier: Tier = Field(description="what the environment is used for")
    description: str = Field("", description="one line for people")
    parameters: dict[ParameterName, Parameter] = Field({}, description="what is said at run time only, by name")
    given: Given = Field(Given(), description="set by the loader: the values of the parameters")
    pre_releases: PreReleases | None = Field(
        None,
        description="what a pre-release (`1.4.0-rc.1`) means here, as the build or the manifest says; "
        "by default forbidden in tier prod, allowed elsewhere",
    )
    budget_s: Seconds = Field(120.0, description="the deadline of the whole run")
    control: tuple[Url, ...] = Field(
        (), description="URLs of unrelated hosts; they tell the runner's network from the target's"
    )
    edge: Edge = Field(Edge(canary=()), description="what stands before the services")
    connect_to: ConnectRules = Field(
        (), description="HOST:PORT:HOST:PORT rules as of curl, or a file with one a line: where connections really go"
    )
    ca: CaBundle | None = Field(None, description="an extra CA bundle (PEM)")
    proxy: BaseUrl | None = Field(None, description="HTTP proxy for all requests")
    services: dict[Name, Service] = Field(min_length=1, description="the deployed components")
    converge: Converge = Field(Converge(), description="how the release settles")
    limits: Limits = Field(Limits(), description="what the suite allows itself")
    confirm: Confirm = Field(Confirm(), description="the second look")
    burst: Burst = Field(Burst(), description="what a burst of parallel requests may take")
    latency: Latency = Field(Latency(), description="how long routes may take")
    soak: Soak = Field(Soak(), description="watching on once the release has settled")
    tls: Tls = Field(Tls(), description="certificates")
    roles: dict[Name, Role] = Field({}, description="the synthetic users")
    login: Login | None = Field(None, description="the login API; needed by all that uses a role")
    pages: tuple[Page, ...] = Field((), description="pages as they are served, public or of a role")
    headers: tuple[Headers, ...] = Field((), description="response headers that must be there, or must not")
    assets: Assets | None = Field(None, description="scripts and style sheets of the pages")
    protected: tuple[Protected, ...] = Field((), description="routes that must refuse the anonymous, or a role")
    private: tuple[Private, ...] = Field((), description="addresses whose answers are one account's alone")
    keys: dict[Name, ApiKey] = Field({}, description="API keys of partners, by name")
    reads: tuple[Read, ...] = Field((), description="reads through the API")
    invariants: tuple[Invariant, ...] = Field((), description="what must hold between the answers of two reads")
    handoffs: tuple[Handoff, ...] = Field(
        (), description="sessions at third parties that are opened and given up again"
    )
    roundtrips: tuple[Roundtrip, ...] = Field((), description="harmless writes that are read back and removed again")
    flags: Flags | None = Field(None, description="where the product tells which feature flags are on")
    apps: dict[Name, App] = Field({}, description="mobile apps and the least version demanded of them, by name")
    components: dict[Name, Component] = Field({}, description="parts that a service reports on")
    migrations: dict[Name, Migrations] = Field({}, description="migration histories, by database")
    platforms: dict[Name, Platform] = Field({}, description="where services are deployed, by name of your choice")
    databases: dict[Name, Database] = Field({}, description="tables and indexes that must be there, by database")
    queues: dict[Name, Queue] = Field({}, description="queues, by name")
    schedules: dict[Name, Schedule] = Field({}, description="work on a schedule, by name")
    dependencies: Dependencies = Field(Dependencies(), description="third parties")
    monitoring: Monitoring = Field(Monitoring(), description="the monitoring systems, and when they are asked")
    errors: dict[Name, Errors] = Field({}, description="new issues of the release in Sentry, by name")
    metrics: dict[Name, Metric] = Field({}, description="values that Prometheus computes, by name")
    targets: dict[Name, Targets] = Field({}, description="what Prometheus scrapes, by name")
    logs: dict[Name, Logs] = Field({}, description="logs in Loki, by name")
    announcements: dict[Name, Announcement] = Field({}, description="messages about the deploy in Slack, by name")
    writes: tuple[Write, ...] = Field((), description="the only requests that may change something here")
    journeys: tuple[Journey, ...] = Field((), description="checks that a real browser makes")
    browser: Browser = Field(Browser(), description="how journeys use the browser")
    rollbacks: dict[Name, Part] = Field({}, description="what else can be rolled back, beside `services.*.rollback`")
    guard: Guard = Field(Guard(), description="how long a deploy and its rollback may take (`smoke guard`)")
    canary: Canary = Field(Canary(), description="the same checks, again and again (`smoke canary`)")
    alerts: Alerts = Field(Alerts(), description="when the canary alerts, and whom")
    notify: dict[Name, Notifier] = Field({}, description="who is told of deploys, by name")

    @property
    def system(self) -> str:
        """The part of the name before the slash."""
        return self.name.partition("/")[0]

    @property
    def pre_releases_are(self) -> PreReleases:
        """What a pre-release means here, the tier's default included."""
        return self.pre_releases or ("forbid" if self.tier is Tier.PROD else "allow")


def config_sha256(environment: Environment) -> str:
    """Return the SHA-256 of the effective content, inherited keys and defaults included; it holds no secret values."""
    content = json.dumps(environment.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
