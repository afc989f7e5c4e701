"""What an environment promises over HTTP: pages, assets, login, reads and refusals."""

from typing import Literal, Self

from pydantic import Field, model_validator

from smoke.environment._model import ChosenStage, Header, JmesPath, Model, Name, Path, Secret, Status, Text
from smoke.environment._secrecy import sounds_secret
from smoke.environment.edge import SourceMaps
from smoke.environment.expectations import Expectation, Shape

_FIRST_ERROR = 400
_PROOFS = frozenset({"authorization", "cookie", "proxy-authorization"})


class Page(Model):
    """A page that must show its landmark, to everybody or to a role; a status is not enough."""

    name: Name = Field(description="its name, unique among pages")
    service: Name = Field("web", description="the service that serves it")
    path: Path = Field(description="the page to read")
    role: Name | None = Field(
        None, description="the role to read it as, which every replica must show it to; anonymous without it"
    )
    contains: tuple[Text, ...] = Field(min_length=1, description="texts that must be in the HTML as served")
    absent: tuple[Text, ...] = Field((), description="texts that must not be there, beside the usual error phrases")
    timed: bool | None = Field(
        None,
        description="whether it is timed; by default as `latency.every_route` says, and if `max_median_ms` is given",
    )
    max_median_ms: float | None = Field(
        None, gt=0, description="its longest median in milliseconds, instead of the environment's"
    )
    gating: bool = Field(True, description="whether its failure counts for the verdict")


class Assets(Model):
    """Scripts and style sheets that the served pages need, followed through imports and the manifest."""

    service: Name = Field("web", description="the service that serves the pages")
    pages: tuple[Path, ...] = Field(("/",), min_length=1, description="the pages to start from")
    manifest: Path | None = Field(None, description="JSON list or mapping of all chunks, if the build publishes one")
    limit: int = Field(200, ge=1, description="most assets that are fetched")
    source_maps: SourceMaps = Field("warn", description="what public source maps of the scripts mean")


class Login(Model):
    """The login API."""

    service: Name = Field("bff", description="the service that logs in")
    path: Path = Field(description="where the user and the password are posted to")
    page: Path | None = Field(
        None,
        description="the page with the login form, where its hidden fields and cookies are to be sent along, as tokens "
        "against forged requests are; a redirect back to it is a refusal",
    )
    encoding: Literal["json", "form"] = Field("json", description="how they are posted")
    user_field: Text = Field("username", description="name of the field for the user")
    password_field: Text = Field("password", description="name of the field for the password")
    accepted: tuple[Status, ...] = Field((200, 201, 204), min_length=1, description="statuses of a good login")
    refused: tuple[Status, ...] = Field((400, 401, 403, 422), min_length=1, description="statuses of a bad login")
    token: JmesPath | None = Field(
        None, description="where the answer carries a bearer token; without it the cookies are the session"
    )
    who: Path | None = Field(
        None,
        description="a path that answers 200 to a session only; proves that a session works and survives a deploy",
    )
    who_contains: Text | None = Field(
        None, description="a text that only a session is shown at `who`, which may then be a page instead of JSON"
    )

    everywhere: bool | None = Field(
        None,
        description="whether each role logs in as often as it takes to meet every replica, at most a dozen times; only "
        "where the limits for logins allow that. By default a release is looked at by a few logins more in the end: "
        "up to five in all, or as many as it takes where the limit tells that there is room. With `false` by none",
    )

    @model_validator(mode="after")
    def _page_has_a_form(self) -> Self:
        if self.page is not None and self.encoding != "form":
            raise ValueError("found 'page', but only forms have hidden fields; add encoding = \"form\", or remove it")
        return self

    @model_validator(mode="after")
    def _no_status_means_both(self) -> Self:
        both = sorted(set(self.accepted) & set(self.refused))
        if both:
            raise ValueError(
                f"found {both[0]} in both 'accepted' and 'refused'; a status means one of them, so remove the other"
            )
        return self


class Role(Model):
    """A synthetic user."""

    user: Secret = Field(description="the user's name or mail address")
    password: Secret = Field(description="the user's password")


class Protected(Model):
    """A route that must refuse the anonymous, or a role that may not see it."""

    name: Name = Field(description="its name, unique among protected routes")
    service: Name = Field("bff", description="the service that must refuse")
    path: Path = Field(description="the route")
    role: Name | None = Field(None, description="the role that must be refused; the anonymous without it")
    owner: Name | None = Field(
        None, description="a role that may see it; asked too, since a refusal of what is not there proves nothing"
    )
    refused: tuple[Status, ...] = Field((401, 403), min_length=1, description="statuses that are a refusal")
    redirects_to: Text | None = Field(None, description="a redirect whose location contains this text is a refusal too")
    depends_on: tuple[Name, ...] = Field((), description="dependencies whose outage explains a failure")

    @model_validator(mode="after")
    def _owner_is_somebody_else(self) -> Self:
        if self.owner is not None and self.owner == self.role:
            raise ValueError(f"found {self.owner!r} as both 'role' and 'owner'; the owner may see it; name another")
        return self

    @model_validator(mode="after")
    def _refusals_are_errors(self) -> Self:
        answer = next((status for status in self.refused if status < _FIRST_ERROR), None)
        if answer is not None:
            raise ValueError(
                f"found {answer} in 'refused', but it is no refusal; list statuses from 400, "
                "and name the target of a redirect in 'redirects_to'"
            )
        return self


class Read(Model):
    """A read through the API, anonymous or as a role, with what its answer must hold."""

    name: Name = Field(description="its name, unique among reads")
    service: Name = Field("bff", description="the service to ask")
    path: Path = Field(description="what to read")
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")
    headers: dict[Header, Text] = Field(
        {}, description="further request headers, such as those by which an installed app names its version"
    )
    expect: tuple[Expectation, ...] = Field((), description="what the JSON answer must hold")
    shape: Shape = Field(
        {}, description="what clients in the field rely on: types of the answer's fields, by path; more may be there"
    )
    keeps_shape: bool = Field(
        False, description="whether every field that was there before the deploy must still be there, with its type"
    )
    fixture: bool = Field(
        False, description="whether it reads test data: what was missing before the deploy already holds the verdict"
    )
    flag: Text | None = Field(
        None, description="the feature flag it stands behind: it is made where the flag is on for its role"
    )
    warm: bool = Field(
        False, description="whether it is made with the role's session from before the deploy as well (`warm/<name>`)"
    )
    depends_on: tuple[Name, ...] = Field((), description="dependencies whose outage explains a failure")
    timed: bool | None = Field(
        None,
        description="whether it is timed; by default as `latency.every_route` says, and if `max_median_ms` is given",
    )
    max_median_ms: float | None = Field(
        None, gt=0, description="its longest median in milliseconds, instead of the environment's"
    )
    burst: int | None = Field(
        None, ge=4, le=50, description="allow a burst of so many requests at once, which must be answered as one is"
    )
    stage: ChosenStage = Field("functional", description="when it is made")
    gating: bool = Field(True, description="whether its failure counts for the verdict")

    @model_validator(mode="after")
    def _headers_hold_no_secret(self) -> Self:
        secret = next((one for one in self.headers if sounds_secret(one) or one.lower() in _PROOFS), None)
        if secret is not None:
            raise ValueError(f"'headers' holds {secret!r}, which looks like a secret; name a 'role' to be logged in")
        return self

    @model_validator(mode="after")
    def _warm_has_a_role(self) -> Self:
        if self.warm and self.role is None:
            raise ValueError(
                "found 'warm' without 'role', but only roles have a session from before the deploy; add it"
            )
        return self


class Component(Model):
    """A part that a service reports on, such as Redis: `at` must be healthy by the normalisation table."""

    service: Name = Field("bff", description="the service that reports")
    path: Path = Field(description="where to ask")
    at: JmesPath = Field(description="where the part's state lies in the JSON answer")
    optional: bool = Field(
        False,
        description="whether the report may leave the part out: where every answer does, and did before the deploy, it "
        "is not judged, and the verdict says so",
    )
    role: Name | None = Field(None, description="the role to ask as; anonymous without it")
