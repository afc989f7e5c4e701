"""What an environment file leaves open until run time, such as the number of the pull request of a preview."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from smoke.environment._model import PARAMETER, Kind, Model, Text
from smoke.environment._wording import unknown
from smoke.errors import UsageError

ParameterName = Annotated[str, Field(pattern=PARAMETER), Kind("parameter name")]
Content = Mapping[str, Any]


class Parameter(Model):
    """A value that is given at run time with `--set NAME=VALUE`; `{NAME}` in any text of the file stands for it."""

    description: Text = Field(description="what it is, for people")
    pattern: Text = Field(description="a regular expression that the whole value matches; nothing else gets in")
    example: Text = Field(description="a value that is right; the file is validated with it where none is given")
    address: Text | None = Field(
        None,
        description="an address with `{NAME}` in its host, which may be given instead of the value; another host is "
        "refused",
    )

    @model_validator(mode="after")
    def _example_matches(self) -> Self:
        try:
            right = re.fullmatch(self.pattern, self.example)
        except re.error as error:
            raise ValueError(f"'pattern' is no regular expression ({error}); correct it") from None
        if right is None:
            raise ValueError(f"found the example {self.example!r}, which does not match {self.pattern!r}; correct one")
        return self


class Given(Model):
    """What was given for the parameters of one environment."""

    values: dict[str, str] = Field({}, description="the values by name")
    missing: dict[str, str] = Field({}, description="the descriptions of those that nobody gave, by name")

    hidden: ClassVar[frozenset[str]] = frozenset({"values", "missing"})

    def demand(self, environment: str) -> None:
        """Raise UsageError if a value is missing."""
        for name, meaning in self.missing.items():
            raise UsageError(f"{environment}: {meaning} is missing; give it with --set {name}=VALUE")


def parse_settings(texts: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Read the values of `--set NAME=VALUE`; raises UsageError for anything else and for a name given twice."""
    given: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not re.fullmatch(PARAMETER, name):
            raise UsageError(f"--set {text}: write NAME=VALUE, with a name in capitals, such as N=123")
        if given.get(name, value) != value:
            raise UsageError(f"--set {name} is given twice, as {given[name]!r} and {value!r}; keep one")
        given[name] = value
    return given


def refuse_unknown(given: Mapping[str, str], known: set[str], where: str) -> None:
    """Raise UsageError for a value that belongs to no parameter among the *known* ones of *where*."""
    for name in given:
        if name not in known:
            raise UsageError(f"--set {name}: {unknown(name, sorted(known), f'parameter of {where}')}")


def fill(content: Content, given: Mapping[str, str], environment: str) -> tuple[dict[str, Any], Given]:
    """
    Return *content* with every `{NAME}` replaced, by the example where nothing was given, and what was given.

    Raises UsageError for a value that does not match its pattern. What is wrong with the table itself the models say.
    """
    declared = _declared(content)
    values = {name: _value(one, name, given[name], environment) for name, one in declared.items() if name in given}
    missing = {name: one["description"] for name, one in declared.items() if name not in given}
    put = {f"{{{name}}}": values.get(name, one["example"]) for name, one in declared.items()}
    filled = {key: value if key == "parameters" else _filled(value, put) for key, value in content.items()}
    return filled, Given(values=values, missing=missing)


def _declared(content: Content) -> dict[str, Mapping[str, str]]:
    """Return the parameters that are written as they should be."""
    table = content.get("parameters")
    entries = table.items() if isinstance(table, Mapping) else ()
    needed = ("description", "pattern", "example")
    return {
        name: one
        for name, one in entries
        if isinstance(one, Mapping) and all(isinstance(one.get(key), str) for key in needed)
    }


def _value(parameter: Mapping[str, str], name: str, text: str, environment: str) -> str:
    value = text
    if "://" in text and isinstance(parameter.get("address"), str):
        value = _out_of_address(parameter["address"], name, text, environment)
    try:
        right = re.fullmatch(parameter["pattern"], value)
    except re.error:
        return value  # the model says what is wrong with the pattern
    if right is None:
        raise UsageError(
            f"--set {name}={text}: {parameter['description']} of {environment} must match {parameter['pattern']}, "
            f"such as {parameter['example']}"
        )
    return value


def _out_of_address(pattern: str, name: str, text: str, environment: str) -> str:
    """Return the part of the address *text* that stands where `{NAME}` is in *pattern*; only scheme and host count."""
    before, _, after = pattern.partition(f"{{{name}}}")
    try:
        parts = urlsplit(text)
        address = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        address = ""
    if not (address.startswith(before) and address.endswith(after) and len(address) > len(before) + len(after)):
        raise UsageError(f"--set {name}={text}: this is no address of {environment}; those look like {pattern}")
    return address[len(before) : len(address) - len(after)]


def _filled(value: Any, put: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(one, put) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, put) for one in value]
    if isinstance(value, str):
        for mark, text in put.items():
            value = value.replace(mark, text)
    return value
