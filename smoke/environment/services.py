"""Services: the deployed components and how each tells its health and its release."""

from pydantic import Field

from smoke.environment._model import JmesPath, Model, Path, Scalar, Seconds


class Health(Model):
    """How a service tells that it is well."""

    path: Path
    status: JmesPath = "status"
    text: str | None = Field(None, description="the whole plain-text body of a healthy answer, instead of JSON")
    components: JmesPath | None = Field(None, description="where the mapping of components and their states lies")
    optional: tuple[str, ...] = Field((), description="components that may be down without failing the check")
    timestamp: JmesPath | None = Field(None, description="where the answer carries its own time; it must be fresh and advance")
    max_age_s: Seconds = Field(60.0, description="how old that time may be")
    expect: dict[str, Scalar] = Field({}, description="JMESPath to the value that must be there, e.g. env = \"production\"")


class ReleaseProbe(Model):
    """Where a service tells which commit it runs: exactly one of commit, header and meta."""

    path: Path
    commit: JmesPath | None = Field(None, description="JMESPath into the JSON answer")
    header: str | None = Field(None, description="name of a response header")
    meta: str | None = Field(None, description="name of an HTML meta element, for pages")
    version: JmesPath | None = None


class Uptime(Model):
    """Where a service tells how long its process has been running, in seconds."""

    path: Path
    at: JmesPath = "uptime"


class Service(Model):
    """One deployed component with a URL."""

    url: str
    replicas: int = Field(1, ge=1)
    min_share: float | None = Field(None, gt=0, le=1, description="smallest share of requests whose failing must be seen; default 1/replicas")
    replica_header: str | None = Field(None, description="response header in which a replica names itself")
    health: Health | None = None
    release: ReleaseProbe | None = None
    uptime: Uptime | None = None

    @property
    def share(self) -> float:
        """The smallest failing share that must not be missed."""
        return self.min_share if self.min_share is not None else 1 / self.replicas
