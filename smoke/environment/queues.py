"""Queues: their limits, and a harmless job sent through from end to end."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import JmesPath, Model, Name, Path, Scalar, Seconds, Secret, Text
from smoke.environment._secrecy import sounds_secret

Count = Annotated[int, Field(ge=0)]

UNTOLD = {
    "celery": ("max_oldest_s", "max_failed", "max_stalled"),
    "rabbitmq": ("max_failed", "max_stalled"),
}
"""Limits of which the servers of some kinds of queue tell nothing."""


class QueueLimits(Model):
    """Limits for one queue; a limit that is left out is not judged."""

    max_waiting: Count | None = Field(None, description="most jobs that may wait")
    max_oldest_s: Seconds | None = Field(None, description="how long the oldest waiting job may have waited")
    max_failed: Count | None = Field(None, description="most jobs that may have failed (since the deploy, if known)")
    max_stalled: Count | None = Field(
        None, description="most active jobs that no worker holds any more (asked directly: BullMQ and Bull)"
    )
    paused: bool = Field(False, description="whether the queue may be paused")


class QueueDirect(Model):
    """
    How the queue's own server is asked, read only, beside what the API reports.

    `direct = { kind = "bullmq", url = { env = "REDIS_URL" }, workers = 1 }` reads BullMQ 5 and 6 at Redis or Valkey;
    `kind = "bull"` reads Bull 4, `kind = "celery"` the lists of a Celery broker there. `direct = { kind = "rabbitmq",
    url = { env = "RABBITMQ_MANAGEMENT_URL" }, workers = 1 }` asks RabbitMQ's management API, for Celery over AMQP too.
    """

    kind: Literal["bullmq", "bull", "celery", "rabbitmq"] = Field(description="who wrote the queue")
    url: Secret = Field(
        description="`redis://`, `rediss://` (TLS) or `unix://` address of the server; of RabbitMQ the `https://` "
        "address of its management API, with `user:password@`"
    )
    queue: Text | None = Field(None, description="the queue's name at the server; by default the name of this table")
    prefix: Text | None = Field(
        None, description="what the keys begin with: of BullMQ and Bull `bull` by default, of Celery nothing"
    )
    vhost: Text = Field("/", description="RabbitMQ's virtual host")
    workers: Annotated[int, Field(ge=1)] | None = Field(
        None, description="fewest workers that must be connected; not judged without it"
    )
    gating: bool = Field(True, description="whether a deploy depends on it")


class QueueJob(Model):
    """A harmless job sent through the queue from end to end."""

    service: Name = Field("bff", description="the service that takes the job")
    path: Path = Field(description="where the job is posted to; an entry of `writes` must allow it")
    body: dict[str, Scalar] = Field({}, description="the JSON body that is posted")
    role: Name | None = Field(None, description="the role to post as; anonymous without it")
    id: JmesPath = Field("id", description="where the answer holds the job's id")
    status_path: Path = Field(description="where to ask for the job; `{id}` stands for its id")
    status: JmesPath = Field("status", description="where the job's state lies in that answer")
    done: tuple[Text, ...] = Field(
        ("completed", "done", "finished"), min_length=1, description="states of a job that is done"
    )
    failed: tuple[Text, ...] = Field(("failed", "error"), description="states of a job that failed")
    deadline_s: Seconds = Field(30.0, description="how long the job may take")
    cleanup_path: Path | None = Field(
        None, description="DELETE here afterwards; `{id}` stands for its id; an entry of `writes` must allow it"
    )

    @model_validator(mode="after")
    def _paths_name_the_job(self) -> Self:
        for key in ("status_path", "cleanup_path"):
            path = getattr(self, key)
            if path is not None and "{id}" not in path:
                raise ValueError(f"found {key} = {path!r}, which names no job; put {{id}} where the job's id belongs")
        return self

    @model_validator(mode="after")
    def _body_holds_no_secret(self) -> Self:
        secret = next((key for key in self.body if sounds_secret(key)), None)
        if secret is not None:
            raise ValueError(f"'body' holds {secret!r}, which looks like a secret; send jobs that need none")
        return self


class Queue(Model):
    """
    A queue, as the API reports it (`path` and `at`), as its own server tells (`direct`), or both.

    `[queues.exports] service = "worker"`, `direct = { kind = "bullmq", url = { env = "REDIS_URL" }, workers = 1 }` and
    `limits = { max_waiting = 100, max_oldest_s = 60, max_failed = 0 }` need no route of the application.
    """

    service: Name = Field("bff", description="the service that reports, and that is at fault beyond the limits")
    path: Path | None = Field(
        None, description="where to ask; `{since}` stands for the start of the deploy in epoch milliseconds"
    )
    at: JmesPath | None = Field(None, description="where the counts of this queue lie; needed with `path`")
    every: bool = Field(
        False, description="whether `at` holds all queues, by name or as a list, each of which keeps within the limits"
    )
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")
    failed_since: JmesPath | None = Field(
        None,
        description="where failures since a moment lie; `{since}` in the path is epoch milliseconds of the deploy",
    )
    direct: QueueDirect | None = Field(None, description="how to ask the queue's own server")
    limits: QueueLimits = Field(QueueLimits(), description="what is still right")
    depends_on: tuple[Name, ...] = Field((), description="third parties that the jobs need")
    job: QueueJob | None = Field(None, description="a job to send through; its backlog is read at `path`")

    @model_validator(mode="after")
    def _limits_can_be_told(self) -> Self:
        kind = self.direct.kind if self.direct else ""
        untold = [name for name in UNTOLD.get(kind, ()) if getattr(self.limits, name) is not None]
        if untold and (self.path is None or untold == ["max_stalled"]):
            raise ValueError(
                f"found limits.{untold[0]}, which a queue of kind {kind!r} does not tell; remove it, "
                "or let the API report the queue ('path' and 'at')"
            )
        return self

    @model_validator(mode="after")
    def _has_a_source(self) -> Self:
        if self.path is None and (self.direct is None or self.at is not None or self.job is not None):
            raise ValueError("the key 'path' is missing, where the API reports this queue; add 'path' and 'at'")
        if self.path is not None and self.at is None:
            raise ValueError("the key 'at' is missing, where the counts lie in the answer; add it, or remove 'path'")
        return self
