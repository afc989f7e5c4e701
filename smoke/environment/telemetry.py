"""What monitoring systems must tell of the release: no new errors, metrics within limits, logs that arrive."""

from typing import Annotated, Literal

from pydantic import Field

from smoke.environment._model import Model, Name, Text

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Errors(Model):
    """
    The release brings no new issues, as Sentry tells it; needs `[monitoring.sentry]`.

    Example: `[errors.web]` with `project = "cartly-web"`, `environment = "production"`, `release = "cartly@{version}"`.
    What was first seen in an earlier release does not count.
    """

    project: Text = Field(description="the project: its slug, or its number")
    environment: Text | None = Field(None, description="the environment as the application tells it to Sentry")
    release: Text = Field(
        "{commit}",
        description="how the application calls its release: `{commit}`, `{short}` (7 digits) and `{version}` stand for "
        "those of the release",
    )
    levels: tuple[Literal["fatal", "error", "warning", "info", "debug"], ...] = Field(
        ("fatal", "error"), min_length=1, description="levels of issues that count"
    )
    max_new: Count = Field(0, description="most new issues that are still right")
    min_events: Annotated[int, Field(ge=1)] = Field(
        1, description="an issue counts from so many events on; one with fewer is only noted"
    )
    crash_free_at_least: Share | None = Field(
        None,
        description="smallest share of the release's sessions without a crash, as Sentry tells it",
    )
    service: Name | None = Field(None, description="the service to roll back for them, if it is one")
    gating: bool = Field(True, description="whether its failure counts for the verdict")
