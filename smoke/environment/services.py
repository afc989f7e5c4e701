"""Services: the deployed components and how each tells its health and its release."""

from typing import Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import Header, JmesPath, Model, Path, Scalar, Seconds, Text, exactly_one
from smoke.environment.addresses import BaseUrl
from smoke.environment.edge import Cors
from smoke.environment.rollbacks import Rollback
from smoke.environment.sent_headers import SentHeader, SentName

MOST_REPLICAS = 10_000
"""More copies than this nobody meets by asking: the share of one is then no number to count on."""


class Health(Model):
    """How a service tells that it is well."""

    path: Path = Field(description="where to ask")
    status: JmesPath = Field("status", description="where the state lies in the JSON answer")
    body: Literal["json", "any"] = Field(
        "json",
        description="`any` where only the status is promised: then every answer is right that is no page and does not "
        "say that something is wrong; of `components`, where they are told, none may be down",
    )
    text: Text | None = Field(None, description="the whole plain-text body of a healthy answer, instead of JSON")
    components: JmesPath | None = Field(None, description="where the mapping of components and their states lies")
    optional: tuple[Text, ...] = Field((), description="components that may be down without failing the check")
    timestamp: JmesPath | None = Field(
        None, description="where the answer carries its own time; it must be fresh and advance"
    )
    max_age_s: Seconds = Field(60.0, description="how old that time may be")
    expect: dict[JmesPath, Scalar] = Field(
        {}, description='JMESPath to the value that must be there, e.g. `env = "production"`'
    )

    @model_validator(mode="after")
    def _one_format(self) -> Self:
        clash = next((key for key in ("components", "timestamp", "expect") if getattr(self, key)), None)
        if self.text is not None and clash:
            raise ValueError(f"found 'text' and {clash!r}, but {clash!r} needs a JSON answer; keep one of them")
        return self

    @model_validator(mode="after")
    def _any_body_promises_nothing(self) -> Self:
        clash = next((key for key in ("text", "timestamp", "expect") if getattr(self, key)), None)
        if self.body == "any" and clash:
            raise ValueError(
                f"found body = 'any' and {clash!r}, but {clash!r} is looked up in the body; keep one of them"
            )
        return self


class ReleaseProbe(Model):
    """Where a service tells which commit it runs: exactly one of commit, header, meta and text."""

    path: Path = Field(description="where to ask")
    commit: JmesPath | None = Field(None, description="where the commit lies in the JSON answer")
    header: Header | None = Field(None, description="name of the response header that holds the commit")
    meta: Text | None = Field(None, description="name of the HTML meta element that holds the commit, for pages")
    text: Literal[True] | None = Field(
        None, description="for plain text, such as `/version.txt`: all of it is the commit"
    )
    version: JmesPath | None = Field(None, description="where the version lies in the JSON answer; reported only")
    optional: bool = Field(
        False,
        description="whether the build may leave the commit out: where every answer does, and did before the deploy, "
        "the release of this service is not compared, and the verdict says so",
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        exactly_one(self, "commit", "header", "meta", "text")
        return self


class Uptime(Model):
    """Where a service tells how long its process has been running, in seconds."""

    path: Path = Field(description="where to ask")
    at: JmesPath = Field("uptime", description="where the seconds lie in the JSON answer")
    optional: bool = Field(
        False,
        description="whether it may be left out: where every answer does, and did before the deploy, restarts are not "
        "seen by it, and the verdict says so",
    )


class Memory(Model):
    """Where a service tells how much memory its process holds, in bytes."""

    path: Path = Field(description="where to ask")
    at: JmesPath = Field("memory.rss", description="where the bytes lie in the JSON answer")


class Service(Model):
    """One deployed component with a URL."""

    url: BaseUrl = Field(description="its address, which all paths are added to")
    origin: BaseUrl | None = Field(
        None, description="its address beside the edge or CDN; tells a fault of what stands before it from its own"
    )
    headers: dict[SentName, SentHeader] = Field(
        {}, description="request headers that whatever we ask it carries, such as a client's key, by name"
    )
    replicas: int = Field(1, ge=1, le=MOST_REPLICAS, description="how many copies run behind the address")
    min_share: float | None = Field(
        None,
        ge=1 / MOST_REPLICAS,
        le=1,
        description="smallest share of requests whose failing must be seen; default 1/replicas",
    )
    replica_header: Header | None = Field(None, description="response header in which a replica names itself")
    health: Health | None = Field(None, description="how it tells that it is well")
    release: ReleaseProbe | None = Field(None, description="how it tells which commit it runs")
    debug: bool | None = Field(
        None, description="whether it may show debug output, such as a stack trace; by default only in tier dev"
    )
    private: tuple[Path, ...] = Field(
        (), description="files that must not be served, such as `/.env` and `/.git/HEAD`; one request each"
    )
    memory: Memory | None = Field(
        None, description="how it tells what memory it holds; a leak is seen by it while the service is watched on"
    )
    uptime: Uptime | None = Field(None, description="how it tells when its process started; restarts are seen by it")
    rollback: Rollback | None = Field(None, description="how it gets back to what was live before")
    cors: Cors | None = Field(None, description="pages of another origin that call it from the browser")

    @model_validator(mode="after")
    def _share_shows_one_replica(self) -> Self:
        if self.min_share is not None and self.min_share > 1 / self.replicas:
            raise ValueError(
                f"found min_share = {self.min_share:g}, but that would miss one broken replica of {self.replicas}; "
                f"write at most {1 / self.replicas:.2g} or leave it out"
            )
        return self

    @model_validator(mode="after")
    def _each_header_once(self) -> Self:
        known: dict[str, str] = {}
        for name in self.headers:
            if (other := known.setdefault(name.lower(), name)) != name:
                raise ValueError(f"found the headers {other!r} and {name!r}, which are one; keep one of them")
        return self

    @property
    def left_to_pages(self) -> frozenset[str]:
        """The headers, in lower case, that the pages themselves must send, as no browser adds them."""
        return frozenset(name.lower() for name, header in self.headers.items() if not header.browser)

    @property
    def share(self) -> float:
        """The smallest failing share that must not be missed."""
        return self.min_share if self.min_share is not None else 1 / self.replicas
