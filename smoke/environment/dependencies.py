"""Third parties that the system depends on: as the system reports them, and asked directly."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import LABEL, JmesPath, Kind, Model, Name, Path, Seconds, Secret, Text, exactly_one
from smoke.environment.addresses import BaseUrl


class Reported(Model):
    """Where a service says how a dependency is."""

    service: Name = Field("bff", description="the service to ask")
    path: Path = Field(description="where to ask")
    at: JmesPath = Field(description="where the dependency's state lies in the JSON answer")
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")


class Trust(Model):
    """The vendor's public status of our instance."""

    instance: Text = Field(description="the instance's name, e.g. `AP15`")
    url: BaseUrl = Field("https://api.status.salesforce.com", description="the status service")


class SalesforceDirect(Model):
    """Client credentials to ask Salesforce ourselves."""

    my_domain: Annotated[str, Field(pattern=LABEL), Kind("domain label")] | None = Field(
        None, description="`acme` for https://acme.my.salesforce.com; needed for client credentials"
    )
    url: BaseUrl | None = Field(None, description="instead of my_domain, the whole address")
    client_id: Secret = Field(description="the connected app's consumer key")
    client_secret: Secret = Field(description="the connected app's consumer secret")
    trust: Trust | None = Field(None, description="where the vendor's own status of our instance is read")

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        exactly_one(self, "my_domain", "url")
        return self


class Salesforce(Model):
    """Salesforce, as reported and directly."""

    reported: Reported | None = Field(None, description="where a service says how Salesforce is")
    direct: SalesforceDirect | None = Field(None, description="how to ask Salesforce ourselves")
    when_down: Literal["hold", "pass"] = Field("hold", description="what its own outage means for the verdict")


class WhmcsDirect(Model):
    """API credentials to ask WHMCS ourselves (classic API)."""

    url: BaseUrl = Field(description="the address of the installation")
    identifier: Secret = Field(description="the API credential's identifier")
    secret: Secret = Field(description="the API credential's secret")
    access_key: Secret | None = Field(None, description="the key that bypasses the IP restriction")


class Whmcs(Model):
    """WHMCS, as reported and directly."""

    reported: Reported | None = Field(None, description="where a service says how WHMCS is")
    direct: WhmcsDirect | None = Field(None, description="how to ask WHMCS ourselves")
    when_down: Literal["hold", "pass"] = Field("hold", description="what its own outage means for the verdict")


class Dependencies(Model):
    """The third parties."""

    salesforce: Salesforce | None = Field(None, description="the customer relationship system")
    whmcs: Whmcs | None = Field(None, description="the billing system")
    timeout_s: Seconds = Field(10.0, description="for one direct call")
