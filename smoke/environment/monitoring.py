"""Monitoring systems that watch the environment: where they are and how they are asked; read only."""

from pydantic import Field

from smoke.environment._model import Model, Seconds, Secret, Text
from smoke.environment.addresses import BaseUrl


class Sentry(Model):
    """
    Sentry, which collects errors.

    Example: `[monitoring.sentry]` with `organization = "acme"` and `token = { env = "SENTRY_TOKEN" }`.
    The token needs the scopes `event:read` and `project:read`, or `org:read`.
    """

    url: BaseUrl = Field(
        "https://us.sentry.io",
        description="the region's address (in the EU `https://de.sentry.io`), or that of your own installation",
    )
    organization: Text = Field(description="the organisation's slug")
    token: Secret = Field(description="an auth token that may read issues and releases")


class Monitoring(Model):
    """The monitoring systems, and when they are asked."""

    after_s: float = Field(
        10.0,
        ge=0,
        description="how long after the release has settled they are asked, the soak included: what happens takes a "
        "while to reach them",
    )
    timeout_s: Seconds = Field(15.0, description="for one question")
    sentry: Sentry | None = Field(None, description="where errors are collected; needed by `[errors]`")


Asked = Sentry
"""Whoever is asked."""
