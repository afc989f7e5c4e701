"""Schedules: work that is to be carried out once at every tick."""

from pydantic import Field

from smoke.environment._model import JmesPath, Model, Name, Path, Seconds


class Schedule(Model):
    """Work that is carried out once at every tick, as an audit endpoint lists it: read only."""

    service: Name = Field("bff", description="the service that lists the executions")
    path: Path = Field(description="where to ask for them, the newest included")
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")
    at: JmesPath = Field(description="where the list of executions lies")
    key: JmesPath = Field("key", description="where an execution holds the key that names its work and its tick")
    by: JmesPath | None = Field(None, description="where an execution names who carried it out; told in messages")
    every_s: Seconds = Field(description="the time between two ticks; a tick beyond the budget is not waited for")
    late_s: Seconds = Field(5.0, description="how long after a tick its last execution may appear")
