"""Feature flags: where the product tells which of them are on for a user."""

from pydantic import Field

from smoke.environment._model import JmesPath, Model, Name, Path


class Flags(Model):
    """
    The route that tells which feature flags are on for whoever asks.

    Checks behind a flag read it as the user that they are made as; `flags/<service>` watches the route itself.
    """

    service: Name = Field("bff", description="the service that tells")
    path: Path = Field(description="where to ask")
    role: Name | None = Field(None, description="the role that `flags/<service>` asks as; anonymous without it")
    at: JmesPath = Field(
        "@", description="where the flags lie: a table of names to true or false, or a list of the names that are on"
    )
