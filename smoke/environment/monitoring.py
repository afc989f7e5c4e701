"""Monitoring systems that watch the environment: where they are and how they are asked; read only."""

from pydantic import Field

from smoke.environment._model import Model, Name, Seconds, Secret, Text
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


class MonitoringServer(Model):
    """A server that may want to know who asks, and for which tenant."""

    url: BaseUrl = Field(description="its address")
    token: Secret | None = Field(None, description="a bearer token, if it wants one")
    user: Secret | None = Field(None, description="the user of HTTP basic authentication")
    password: Secret | None = Field(None, description="the password of HTTP basic authentication")
    tenant: Text | None = Field(None, description="the tenant, sent as `X-Scope-OrgID`")


class Prometheus(MonitoringServer):
    """
    Prometheus, or what speaks its query API (Mimir, Thanos, VictoriaMetrics).

    `[monitoring.prometheus]` with `url = "https://prometheus.example.net"`.
    """

    url: BaseUrl = Field(description="its address, up to where `/api/v1/query` follows")


class Loki(MonitoringServer):
    """Loki, which collects logs: `[monitoring.loki]` with `url = "https://loki.example.net"` and `tenant = "shop"`."""

    url: BaseUrl = Field(description="its address, up to where `/loki/api/v1/query` follows")


class Alertmanager(MonitoringServer):
    """
    Alertmanager: no alert may have begun since the deploy.

    `[monitoring.alertmanager]` with `url = "https://alertmanager.example.net"` and `matchers = ['service="shop"']`.
    Its alerts make two checks: `alerts/gating` and `alerts/advisory`.
    """

    url: BaseUrl = Field(description="its address, up to where `/api/v2/alerts` follows")
    matchers: tuple[Text, ...] = Field(
        (), description='only alerts with these labels, as Alertmanager writes them: `service="shop"`, `env=~"prod.*"`'
    )
    label: Text = Field("severity", description="the label that holds an alert's severity")
    gating: tuple[Text, ...] = Field(
        ("critical",),
        description="severities of alerts that fail the release; all others, but those of `holds`, are only reported",
    )
    holds: tuple[Text, ...] = Field(
        (),
        description="severities of alerts that a person has to look at: a new one is no proof, but holds the verdict",
    )
    ignored: tuple[Text, ...] = Field(
        ("Watchdog", "DeadMansSwitch", "InfoInhibitor"), description="names of alerts that always fire, or mean nothing"
    )
    service: Name | None = Field(None, description="the service to roll back for them, if it is one")


class Monitoring(Model):
    """The monitoring systems, and when they are asked."""

    after_s: float = Field(
        10.0,
        ge=0,
        description="how long after the release has settled they are asked, the soak included: what happens takes a "
        "while to reach them",
    )
    timeout_s: Seconds = Field(15.0, description="for one question")
    window_s: Seconds = Field(300.0, description="how far to look back where the start of the deploy is not known")
    least_s: Seconds = Field(60.0, description="the shortest time to look back, however young the deploy is")
    longest_s: Seconds = Field(3600.0, description="the longest time to look back, however old the deploy is")
    sentry: Sentry | None = Field(None, description="where errors are collected; needed by `[errors]`")
    prometheus: Prometheus | None = Field(None, description="where metrics are; needed by `[metrics]` and `[targets]`")
    alertmanager: Alertmanager | None = Field(None, description="where alerts are")
    loki: Loki | None = Field(None, description="where logs are; needed by `[logs]`")


Asked = Sentry | Prometheus | Loki | Alertmanager
"""Whoever is asked."""
