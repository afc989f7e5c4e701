"""Third parties that the system depends on: as the system reports them, and asked directly."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from smoke.environment._model import MY_DOMAIN, JmesPath, Kind, Model, Name, Path, Seconds, Secret, Text, exactly_one
from smoke.environment.addresses import BaseUrl, Url


class Reported(Model):
    """Where a service says how a dependency is."""

    service: Name = Field("bff", description="the service to ask")
    path: Path = Field(description="where to ask")
    at: JmesPath = Field(description="where the dependency's state lies in the JSON answer")
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")


class Trust(Model):
    """The vendor's public status of our instance: `trust = { instance = "AP15" }`, or by My Domain's name."""

    instance: Text | None = Field(None, description="the instance's name, e.g. `AP15`")
    alias: Text | None = Field(None, description="instead of the instance, the My Domain name that leads to it")
    url: BaseUrl = Field("https://api.status.salesforce.com", description="the status service")

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        exactly_one(self, "instance", "alias")
        return self


class Quota(Model):
    """How much of the org's daily API requests must be left: `quota = { least_share = 0.1 }`."""

    least_share: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.1, description="the share of `DailyApiRequests` below which Salesforce counts as degraded"
    )
    gating: bool = Field(False, description="whether that holds a deploy; without it, it is advisory")


LOGIN_HOSTS = frozenset({"login.salesforce.com", "test.salesforce.com"})
"""Hosts that serve every org: they take assertions (JWT bearer), but no client credentials."""


class SalesforceDirect(Model):
    """
    How to ask Salesforce ourselves: by client credentials, or as a user by an assertion that a key signs (JWT bearer).

    `direct = { my_domain = "acme", client_id = { env = "SF_ID" }, client_secret = { env = "SF_SECRET" } }`, or
    `direct = { my_domain = "acme", client_id = { env = "SF_ID" }, username = { env = "SF_USER" }, private_key =
    { env = "SF_KEY" } }`.
    """

    my_domain: Annotated[str, Field(pattern=MY_DOMAIN), Kind("My Domain name")] | None = Field(
        None,
        description="`acme` for https://acme.my.salesforce.com, `acme--uat.sandbox` for a sandbox; "
        "needed for client credentials",
    )
    url: BaseUrl | None = Field(None, description="instead of my_domain, the whole address")
    client_id: Secret = Field(description="the app's consumer key")
    client_secret: Secret | None = Field(None, description="the app's consumer secret, for client credentials")
    username: Secret | None = Field(None, description="the user to ask as, with private_key")
    private_key: Secret | None = Field(
        None, description="the RSA key in PEM format whose certificate the app has; it signs the assertion"
    )
    audience: BaseUrl = Field(
        "https://login.salesforce.com",
        description="whom the assertion is for; of a sandbox `https://test.salesforce.com`",
    )
    trust: Trust | None = Field(None, description="where the vendor's own status of our instance is read")
    quota: Quota | None = Field(None, description="how much of the daily API requests must be left")

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        exactly_one(self, "my_domain", "url")
        return self

    @model_validator(mode="after")
    def _one_grant(self) -> Self:
        exactly_one(self, "client_secret", "private_key")
        if (self.private_key is None) != (self.username is None):
            raise ValueError("'username' and 'private_key' belong together, for an assertion; add the other one")
        if self.client_secret is not None and self.url and urlsplit(self.url).hostname in LOGIN_HOSTS:
            raise ValueError(
                f"found {self.url!r}, where client credentials are refused; give the org's own address: 'my_domain'"
            )
        return self


class Salesforce(Model):
    """Salesforce, as reported and directly."""

    reported: Reported | None = Field(None, description="where a service says how Salesforce is")
    direct: SalesforceDirect | None = Field(None, description="how to ask Salesforce ourselves")
    when_down: Literal["hold", "pass"] = Field("hold", description="what its own outage means for the verdict")


class WhmcsHealth(Model):
    """What WHMCS itself finds wrong with its installation (`GetHealthStatus`): `health = {}` asks for it."""

    gating: bool = Field(False, description="whether a danger that it reports holds a deploy; without it, advisory")


class WhmcsDirect(Model):
    """
    How to ask WHMCS ourselves.

    `direct = { url = "https://billing.example.net", identifier = { env = "ID" }, secret = { env = "SECRET" } }` asks
    the classic API; `direct = { url = "https://billing.example.net", api = "rest" }` asks the REST API of WHMCS 9 for
    its public catalogue, which needs no credential.
    """

    url: BaseUrl = Field(description="the address of the installation")
    api: Literal["classic", "rest"] = Field("classic", description="which API to ask")
    identifier: Secret | None = Field(None, description="the API credential's identifier; the classic API needs it")
    secret: Secret | None = Field(None, description="the API credential's secret")
    access_key: Secret | None = Field(None, description="the key that bypasses the IP restriction")
    health: WhmcsHealth | None = Field(None, description="what WHMCS finds wrong with itself; classic API only")

    @model_validator(mode="after")
    def _credential_fits_the_api(self) -> Self:
        if self.api == "classic" and (self.identifier is None or self.secret is None):
            raise ValueError("the classic API needs 'identifier' and 'secret'; add both, or set api = 'rest'")
        if self.api == "rest" and (self.identifier or self.secret or self.access_key or self.health):
            raise ValueError("the REST API needs no credential and tells no health; keep only 'url' and 'api'")
        return self


class Whmcs(Model):
    """WHMCS, as reported and directly."""

    reported: Reported | None = Field(None, description="where a service says how WHMCS is")
    direct: WhmcsDirect | None = Field(None, description="how to ask WHMCS ourselves")
    when_down: Literal["hold", "pass"] = Field("hold", description="what its own outage means for the verdict")


class OtherDirect(Model):
    """
    How to ask any other third party ourselves: one GET of an address that anybody may ask, such as its API or status.

    Without `at`, every answer shows that it is there but a server error: a refusal too. With it the answer is JSON
    that tells how the third party is: `direct = { url = "https://status.example.com/api/v2/status.json",
    at = "status.indicator", up = ["none", "minor"] }`.
    """

    url: Url = Field(description="the address")
    at: JmesPath | None = Field(None, description="where the JSON answer tells its state")
    up: tuple[Text, ...] = Field(
        (), description="the words there that mean that it is up, and any other that it is down; by default the usual"
    )

    @model_validator(mode="after")
    def _words_have_a_place(self) -> Self:
        if self.up and self.at is None:
            raise ValueError("found 'up' without 'at', the place of those words in the answer; add it, or remove 'up'")
        return self


class Other(Model):
    """
    Any other third party, such as a payment provider, as reported and directly.

    Example: `[dependencies.others.stripe]` with `direct = { url = "https://api.stripe.com/v1" }`. Its name is
    the one that `depends_on` uses, and that of the component in the health of a service. A service that says it is
    down is the release's failure, unless it does not answer us either.
    """

    reported: Reported | None = Field(None, description="where a service says how it is")
    direct: OtherDirect | None = Field(None, description="how to ask it ourselves")
    when_down: Literal["hold", "pass"] = Field("hold", description="what its own outage means for the verdict")

    @model_validator(mode="after")
    def _is_asked(self) -> Self:
        if self.reported is None and self.direct is None:
            raise ValueError("found neither 'reported' nor 'direct', so nothing would be known of it; add 'direct'")
        return self


ThirdParty = Salesforce | Whmcs | Other
"""What is known of one third party."""


class Dependencies(Model):
    """The third parties."""

    salesforce: Salesforce | None = Field(None, description="the customer relationship system")
    whmcs: Whmcs | None = Field(None, description="the billing system")
    others: dict[Name, Other] = Field({}, description="any others, by name")
    timeout_s: Seconds = Field(10.0, description="for one direct call")

    @model_validator(mode="after")
    def _others_have_their_own_names(self) -> Self:
        for name in ("salesforce", "whmcs"):
            if name in self.others:
                raise ValueError(f"found 'others.{name}', which has a table of its own; write [dependencies.{name}]")
        return self

    def by_name(self) -> dict[str, ThirdParty]:
        """Return all that are configured, by the names that `depends_on` uses."""
        named: dict[str, ThirdParty | None] = {"salesforce": self.salesforce, "whmcs": self.whmcs, **self.others}
        return {name: one for name, one in named.items() if one is not None}
