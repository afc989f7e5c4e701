"""Third parties that the system depends on: as the system reports them, and asked directly."""

from typing import Literal

from pydantic import Field

from smoke.environment._model import JmesPath, Model, Path, Seconds, Secret


class Reported(Model):
    """Where a service says how a dependency is."""

    service: str = "bff"
    path: Path
    at: JmesPath
    role: str | None = None


class Trust(Model):
    """The vendor's public status of our instance."""

    instance: str
    url: str = "https://api.status.salesforce.com"


class SalesforceDirect(Model):
    """Client credentials to ask Salesforce ourselves."""

    my_domain: str | None = Field(None, description="`acme` for https://acme.my.salesforce.com; needed for client credentials")
    url: str | None = Field(None, description="instead of my_domain, the whole address")
    client_id: Secret
    client_secret: Secret
    trust: Trust | None = None


class Salesforce(Model):
    """Salesforce, as reported and directly."""

    reported: Reported | None = None
    direct: SalesforceDirect | None = None
    when_down: Literal["hold", "pass"] = "hold"


class WhmcsDirect(Model):
    """API credentials to ask WHMCS ourselves (classic API)."""

    url: str
    identifier: Secret
    secret: Secret
    access_key: Secret | None = None


class Whmcs(Model):
    """WHMCS, as reported and directly."""

    reported: Reported | None = None
    direct: WhmcsDirect | None = None
    when_down: Literal["hold", "pass"] = "hold"


class Dependencies(Model):
    """The third parties."""

    salesforce: Salesforce | None = None
    whmcs: Whmcs | None = None
    timeout_s: Seconds = 10.0
