"""Queues: their limits, and a harmless job sent through from end to end."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from smoke.environment._model import JmesPath, Model, Name, Path, Scalar, Seconds, Text
from smoke.environment._secrecy import sounds_secret

Count = Annotated[int, Field(ge=0)]


class QueueLimits(Model):
    """Limits for one queue; a limit that is left out is not judged."""

    max_waiting: Count | None = Field(None, description="most jobs that may wait")
    max_oldest_s: Seconds | None = Field(None, description="how long the oldest waiting job may have waited")
    max_failed: Count | None = Field(None, description="most jobs that may have failed (since the deploy, if known)")
    paused: bool = Field(False, description="whether the queue may be paused")


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
    """A queue as the API reports it, and optionally a job sent through it."""

    service: Name = Field("bff", description="the service that reports")
    path: Path = Field(description="where to ask; `{since}` stands for the start of the deploy in epoch milliseconds")
    at: JmesPath = Field(description="where the counts of this queue lie")
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")
    failed_since: JmesPath | None = Field(
        None,
        description="where failures since a moment lie; `{since}` in the path is epoch milliseconds of the deploy",
    )
    limits: QueueLimits = Field(QueueLimits(), description="what is still right")
    job: QueueJob | None = Field(None, description="a job to send through")
