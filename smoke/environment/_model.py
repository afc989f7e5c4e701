"""What all models of the environment file have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(gt=0)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Path = Annotated[str, Field(pattern=r"^/")]
JmesPath = Annotated[str, Field(min_length=1)]
Scalar = str | int | float | bool


class Model(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Model):
    """
    A reference to a secret: never its value.

    `env` names an environment variable (`NAME`, or `NAME_FILE` holding the path of a file); `file` names a file,
    relative to the state directory.
    """

    env: str | None = None
    file: str | None = None


class FileReference(Model):
    """A file written by a tool at run time, relative to the state directory (`SMOKE_STATE_DIR`, default `.smoke`)."""

    file: str
