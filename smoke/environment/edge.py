"""What an environment promises about what stands between visitors and replicas: origins, caches, headers."""

from typing import Literal

from pydantic import Field

from smoke.environment._model import Header, Model, Name, Path, Text
from smoke.environment.addresses import BaseUrl

SourceMaps = Literal["allow", "warn", "forbid"]


class Cors(Model):
    """Pages of another origin that call a service from the browser; it is asked as a browser asks beforehand."""

    service: Name = Field("web", description="the service whose pages call this one")
    origins: tuple[BaseUrl, ...] = Field((), description="further origins whose pages call it")
    path: Path | None = Field(None, description="what they call; by default the login, else `/`")
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field("POST", description="how they call it")
    headers: tuple[Header, ...] = Field(("content-type",), description="headers that they send along")
    credentials: bool | None = Field(
        None, description="whether cookies are sent along; by default unless the login there answers a bearer token"
    )
    refused: tuple[BaseUrl, ...] = Field(
        (), description="origins of strangers, whose pages must not be allowed to call, with a baseline or without"
    )


class Private(Model):
    """
    An address whose answers are one account's alone: never out of a cache, never fit for a shared one.

    What a role reads, and the path that tells who is logged in, are looked at without being named here, as far as the
    anonymous are refused there.
    """

    name: Name = Field(description="its name, unique among private addresses")
    service: Name = Field("bff", description="the service that serves it")
    path: Path = Field(description="the address")


class Headers(Model):
    """Response headers that must be there, or must not."""

    name: Name = Field(description="its name, unique among headers")
    service: Name = Field("web", description="the service to ask")
    path: Path = Field("/", description="what to ask for")
    expect: dict[Header, Text] = Field({}, description="header to a text that its value must contain")
    absent: tuple[Header, ...] = Field((), description="headers that must not be there")
    gating: bool = Field(True, description="whether its failure counts for the verdict")
