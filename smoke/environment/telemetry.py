"""What monitoring systems must tell of the release: no new errors, metrics within limits, logs that arrive."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import Model, Name, Seconds, Text

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


class Metric(Model):
    """
    A value that Prometheus computes stays within limits; needs `[monitoring.prometheus]`.

    Example: `[metrics.error-rate]` with `at_most = 0.01` and
    `query = '(sum(rate(requests{code=~"5.."}[{window}])) or 0 * sum(rate(requests{code!=""}[{window}]))) /
    sum(rate(requests[{window}]))'`; the `or` is for errors that are no series until the first one comes, and has a
    value only if something is counted by that label at all, which `vector(0)` would not tell.
    """

    query: Text = Field(
        description="an instant query in PromQL; `{window}` stands for the time since the deploy (`180s`), `{commit}`, "
        "`{short}` and `{version}` for those of the release"
    )
    at_most: float | None = Field(None, description="largest value of any series")
    at_least: float | None = Field(None, description="smallest value of any series")
    empty: Literal["undecided", "passes", "fails"] = Field(
        "undecided", description="what it means that there are no data, such as a ratio of no requests"
    )
    volume: Text | None = Field(None, description="a query that counts what the value is drawn from, such as requests")
    min_volume: Annotated[float, Field(gt=0)] | None = Field(
        None, description="drawn from less, the value is not judged: one error of eight requests is no error rate"
    )
    service: Name | None = Field(None, description="the service to roll back for it, if it is one")
    gating: bool = Field(True, description="whether its failure counts for the verdict")

    @model_validator(mode="after")
    def _has_a_limit(self) -> Self:
        if self.at_most is None and self.at_least is None:
            raise ValueError("found neither 'at_most' nor 'at_least', so nothing could fail; add one of them")
        if (self.volume is None) != (self.min_volume is None):
            raise ValueError("'volume' and 'min_volume' belong together; add the other one, or remove both")
        return self


class Targets(Model):
    """
    Metrics are collected: Prometheus scrapes every target of a job; needs `[monitoring.prometheus]`.

    Example: `[targets.api]` with `job = "api"` and `at_least = 3`.
    """

    job: Text = Field(description="the value of the targets' label `job`")
    at_least: Annotated[int, Field(ge=1)] = Field(1, description="fewest targets that must be there")
    within_s: Seconds = Field(30.0, description="how long a new target may take until it is scraped")
    service: Name | None = Field(None, description="the service to roll back for it, if it is one")
    gating: bool = Field(True, description="whether its failure counts for the verdict")


class Logs(Model):
    """
    Logs arrive in Loki, and errors in them do not multiply; needs `[monitoring.loki]`.

    Example: `[logs.bff]` with `lines = '{app="bff"}'` and `errors = '|~ "(?i)error"'`. It makes the checks `logs/bff`
    and, with `errors`, `log-errors/bff`.
    """

    lines: Text = Field(description='a selector in LogQL, such as `{app="bff"}`; filters may follow')
    errors: Text | None = Field(None, description="a filter that follows `lines` and leaves only errors")
    at_least: Annotated[int, Field(ge=1)] = Field(1, description="fewest lines since the deploy")
    within_s: Seconds = Field(30.0, description="how long the first lines may take to arrive")
    max_errors: Count = Field(10, description="up to so many errors since the deploy are right in any case")
    growth: Annotated[float, Field(ge=1)] = Field(
        3.0, description="more than that are wrong if they are so many times as many as in as long a time before"
    )
    service: Name | None = Field(None, description="the service to roll back for it, if it is one")
    gating: bool = Field(True, description="whether its failure counts for the verdict")
