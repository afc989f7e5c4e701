"""What all models of the environment file have in common: the kinds of value and their names in prose."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WrapValidator, model_validator

NAME = r"^[a-z0-9][a-z0-9_.-]*$"
PATH = r"^/([^/\s]\S*)?$"
VARIABLE = r"^[A-Z_][A-Z0-9_]*$"
"""Capitals only: a password that somebody puts here by mistake is then refused before a message names it."""
HEADER = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
VISIBLE = r"\S"
MY_DOMAIN = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.(sandbox|develop|scratch|trailblaze|demo|patch|stage))?$"
CHECK_ID = r"^[a-z0-9_-]+/\S+$"
MENTION = r"^(here|channel|[UWS][A-Z0-9]{6,})$"
PARAMETER = r"^[A-Z][A-Z0-9_]*$"
"""Capitals only: `{id}` and the like in paths mean something else."""
RELATION = r"^[^.\s]+(\.[^.\s]+)?$"
REPOSITORY = r"^[^/\s]+/[^/\s]+$"
FIELD = r"^(\[\]|[^.\[\]?\s]+)(\[\]|\?)*(\.[^.\[\]?\s]+(\[\]|\?)*)*$"

PATTERNS = {
    NAME: "a name made of lower-case letters, digits, '_', '.' and '-'",
    PATH: "a path that starts with one '/' and has no blanks",
    VARIABLE: "the name of an environment variable, in capitals",
    HEADER: "the name of an HTTP header",
    VISIBLE: "a text that is not blank",
    MY_DOMAIN: "a My Domain name such as 'acme', or 'acme--uat.sandbox' of a sandbox",
    CHECK_ID: "the id of a check, such as 'journey/invoices'",
    MENTION: "here, channel, or the id of a user or group, such as 'S0123ABCD'",
    PARAMETER: "a name in capitals",
    RELATION: "a name such as 'orders', or 'audit.events' with its schema",
    REPOSITORY: "a repository such as 'acme/shop'",
    FIELD: "a path such as 'items[].price', or 'contact?.email' where there may be no contact",
}
"""What a pattern asks for, in words for an error message."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a type is called in the generated reference."""

    word: str


def _compiled(expression: str) -> str:
    try:
        jmespath.compile(expression)
    except JMESPathError:
        raise ValueError(
            f"found {expression!r}, which is not a JMESPath expression; "
            "join keys with '.', and quote a key that holds other characters than letters, digits and '_'"
        ) from None
    return expression


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _scalar(value: Any, inner: Callable[[Any], Any]) -> Any:
    # ValueError, not TypeError: pydantic collects only the former.
    if not isinstance(value, str | int | float | bool):
        raise ValueError("found a list or a table, but a text, a number, true or false is needed")  # noqa: TRY004 - pydantic reports ValueError
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"found {value}, but a finite number is needed")
    return inner(value)


Seconds = Annotated[float, Field(gt=0), Kind("seconds")]
Name = Annotated[str, Field(pattern=NAME), Kind("name")]
Path = Annotated[str, Field(pattern=PATH), Kind("path")]
Header = Annotated[str, Field(pattern=HEADER), Kind("header name")]
Text = Annotated[str, Field(pattern=VISIBLE), Kind("text")]
Names = Annotated[
    tuple[Text, ...],
    BeforeValidator(_listed, json_schema_input_type=Text | tuple[Text, ...]),
    Field(min_length=1),
    Kind("text or list of texts"),
]
"""One text, or several of which any will do."""
ChosenStage = Literal["immediate", "functional", "integration", "monitoring"]
"""When a check is made that may be made in any of these stages: the file says."""
Status = Annotated[int, Field(ge=100, le=599), Kind("HTTP status")]
JmesPath = Annotated[str, Field(min_length=1), AfterValidator(_compiled), Kind("JMESPath")]
Scalar = Annotated[str | int | float | bool, WrapValidator(_scalar), Kind("text, number or true/false")]


class Model(BaseModel):
    """Frozen; an unknown key is an error."""

    # Most models are only parts of another: building each one's own validator as well would cost every start time.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)

    hidden: ClassVar[frozenset[str]] = frozenset()
    """Fields that no file may set."""


class Secret(Model):
    """
    A reference to a secret, never its value: exactly one of `env` and `file`.

    One trailing newline of the value is dropped; an empty value counts as missing.
    """

    env: Annotated[str, Field(pattern=VARIABLE), Kind("variable name")] | None = Field(
        None,
        description="the environment variable `NAME` that holds the value, or `NAME_FILE` that holds a file's path",
    )
    file: Text | None = Field(None, description="a file that holds the value, relative to the state directory")

    @model_validator(mode="after")
    def _one_source(self) -> "Secret":
        exactly_one(self, "env", "file")
        return self


class FileReference(Model):
    """A file written by a tool at run time."""

    file: Text = Field(description="its path, relative to the state directory (`SMOKE_STATE_DIR`, default `.smoke`)")


def exactly_one(model: Model, *keys: str) -> None:
    """Raise ValueError unless exactly one of *keys* is given."""
    given = [key for key in keys if getattr(model, key) is not None]
    if len(given) != 1:
        found = " and ".join(repr(key) for key in given) or "none of them"
        remedy = "keep" if given else "add"
        choices = ", ".join(repr(key) for key in keys)
        raise ValueError(f"found {found}, but exactly one of {choices} is needed; {remedy} one")
