"""What an environment promises over HTTP: pages, assets, login, reads, refusals, queues, databases."""

from typing import Literal

from pydantic import Field

from smoke.environment._model import JmesPath, Model, Name, Path, Scalar, Seconds, Secret


class Page(Model):
    """A public page that must show its landmark; a status is not enough."""

    name: Name
    service: str = "web"
    path: Path
    contains: tuple[str, ...] = Field(min_length=1, description="texts that must be in the HTML as served")
    absent: tuple[str, ...] = Field((), description="texts that must not be there, beside the usual error phrases")
    gating: bool = True


class Assets(Model):
    """Scripts and style sheets that the served pages need, followed through imports and the manifest."""

    service: str = "web"
    pages: tuple[Path, ...] = ("/",)
    manifest: Path | None = Field(None, description="JSON list or mapping of all chunks, if the build publishes one")
    limit: int = Field(200, ge=1)


class Login(Model):
    """The login API."""

    service: str = "bff"
    path: Path
    encoding: Literal["json", "form"] = "json"
    user_field: str = "username"
    password_field: str = "password"  # noqa: S105 - the name of a field
    accepted: tuple[int, ...] = (200, 201, 204)
    refused: tuple[int, ...] = (400, 401, 403, 422)
    token: JmesPath | None = Field(None, description="where the answer carries a bearer token; without it the cookies are the session")
    who: Path | None = Field(None, description="a path that answers 200 to a session only; proves that a session works and survives a deploy")


class Role(Model):
    """A synthetic user."""

    user: Secret
    password: Secret


class Protected(Model):
    """A route that must refuse the anonymous."""

    name: Name
    service: str = "bff"
    path: Path
    refused: tuple[int, ...] = (401, 403)
    redirects_to: str | None = Field(None, description="a redirect whose location contains this text is a refusal too")


class Expectation(Model):
    """What must be found at a place in a JSON answer."""

    at: JmesPath
    equals: Scalar | None = None
    contains: Scalar | None = None
    at_least: float | None = Field(None, description="smallest number, or smallest length of a list")
    at_most: float | None = None


class Read(Model):
    """A read through the API, anonymous or as a role, with what its answer must hold."""

    name: Name
    service: str = "bff"
    path: Path
    role: str | None = None
    expect: tuple[Expectation, ...] = ()
    depends_on: tuple[str, ...] = ()
    stage: Literal["immediate", "functional", "integration", "monitoring"] = "functional"
    gating: bool = True


class Component(Model):
    """A part that a service reports on, such as Redis: `at` must be healthy by the normalisation table."""

    service: str = "bff"
    path: Path
    at: JmesPath
    role: str | None = None


class Migrations(Model):
    """The migration history in a database, read over a read-only connection."""

    dsn: Secret
    tool: Literal["prisma"] = "prisma"
    table: str = "_prisma_migrations"
    expected: tuple[str, ...] = Field((), description="names that must be applied; a release manifest may add more")


class QueueLimits(Model):
    """Limits for one queue; a limit that is left out is not judged."""

    max_waiting: int | None = None
    max_oldest_s: Seconds | None = None
    max_failed: int | None = None
    paused: bool = Field(False, description="whether the queue may be paused")


class QueueJob(Model):
    """A harmless job sent through the queue from end to end."""

    service: str = "bff"
    path: Path
    body: dict[str, Scalar] = {}
    role: str | None = None
    id: JmesPath = "id"
    status_path: Path = Field(description="where to ask for the job; `{id}` stands for its id")
    status: JmesPath = "status"
    done: tuple[str, ...] = ("completed", "done", "finished")
    failed: tuple[str, ...] = ("failed", "error")
    deadline_s: Seconds = 30.0
    cleanup_path: Path | None = Field(None, description="DELETE here afterwards; `{id}` stands for its id")


class Queue(Model):
    """A queue as the API reports it, and optionally a job sent through it."""

    service: str = "bff"
    path: Path
    at: JmesPath = Field(description="where the counts of this queue lie")
    role: str | None = None
    failed_since: JmesPath | None = Field(None, description="where failures since a moment lie; `{since}` in the path is epoch milliseconds of the deploy")
    limits: QueueLimits = QueueLimits()
    job: QueueJob | None = None


class Write(Model):
    """A write that the suite may make in this environment."""

    name: Name
    service: str = "bff"
    methods: tuple[Literal["POST", "PUT", "PATCH", "DELETE"], ...]
    path: str = Field(description="path pattern; `*` stands for one segment")
