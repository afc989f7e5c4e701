"""API keys: what partners prove themselves with, and what goes on being accepted while they are rotated."""

from typing import Self

from pydantic import Field, model_validator

from smoke.environment._declared import Moment
from smoke.environment._model import Header, Model, Name, Path, Secret, Status, Text


class ApiKey(Model):
    """An API key that must be accepted, beside the previous one while the overlap lasts; without a key nobody is."""

    service: Name = Field("bff", description="the service that must accept it")
    path: Path = Field(description="a read that needs the key")
    header: Header = Field("authorization", description="the request header that carries the key")
    scheme: Text | None = Field(None, description="a word before the key, such as `Bearer`")
    current: Secret = Field(description="the key that partners are told to use")
    previous: Secret | None = Field(None, description="the key that partners may still use")
    previous_until: Moment | None = Field(None, description="when the previous key may stop to be accepted")
    retired: Secret | None = Field(
        None, description="the key before the last rotation, which must be refused like none at all"
    )
    refused: tuple[Status, ...] = Field((401, 403), min_length=1, description="statuses of a refusal")

    @model_validator(mode="after")
    def _overlap_needs_a_key(self) -> Self:
        if self.previous_until is not None and self.previous is None:
            raise ValueError("found 'previous_until' without 'previous'; add the previous key or remove the date")
        return self
