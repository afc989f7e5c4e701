"""The reference of all keys of an environment file, made from the models."""

import builtins
import enum
import json
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from smoke.environment._declared import Manifest
from smoke.environment._introspection import fields_of, models_in, options
from smoke.environment._model import Kind, Model
from smoke.environment.environment import Environment

FILE = Path("docs/environment-reference.md")
"""Where the reference is published, from the root of the project."""

_INTRODUCTION = """\
# Reference of the environment file

Made by `smoke reference` from the models in `smoke/environment`; do not edit it by hand.

An environment file is `environments/<system>/<environment>.toml`. With `extends = "_portal.toml"` it inherits from a
file beside it: tables merge key by key, arrays of tables whose entries have a `name` merge by that name, everything
else is replaced. A file whose name starts with `_` is there to be extended only. An unknown key is an error.

"""

_MANIFEST = """\
# Reference of the release manifest

The file that `smoke verify --release FILE` reads; `--sha` and `--previous` are the short form of its first lines.

"""

_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def reference() -> str:
    """Return the reference as Markdown."""
    return _INTRODUCTION + _sections(Environment) + _MANIFEST + _sections(Manifest).rstrip("\n") + "\n"


def write(file: Path = FILE) -> None:
    """Write the reference to *file*; raises OSError."""
    file.write_text(reference(), "utf-8")


def models(root: type[Model]) -> list[type[Model]]:
    """Return *root* and all models in it, in the order in which a reader meets them."""
    found: list[type[Model]] = []
    waiting = [root]
    while waiting:
        model = waiting.pop(0)
        if model not in found:
            found.append(model)
            waiting = [*_inner(model), *waiting]
    return found


def _sections(root: type[Model]) -> str:
    return "\n".join(_section(model) for model in models(root)) + "\n"


def _section(model: type[Model]) -> str:
    text = "\n".join(line.strip() for line in (model.__doc__ or "").strip().splitlines())
    rows = "".join(_row(key, field) for key, field in fields_of(model).items())
    return f"## {model.__name__}\n\n{text}\n\n| key | type | default | meaning |\n|---|---|---|---|\n{rows}"


def _row(key: str, field: FieldInfo) -> str:
    kind = next((one.word for one in field.metadata if isinstance(one, Kind)), None) or _kind(field.annotation)
    cells = (f"`{key}`", kind, _default(field), field.description or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _kind(annotation: Any) -> str:
    """Return what a file writes for *annotation*, in words."""
    word = _named(annotation)
    return word or " or ".join(dict.fromkeys(_word(option) for option in options(annotation)))


def _word(option: Any) -> str:
    """Return the word for a type that is neither a union nor annotated."""
    arguments = get_args(option)
    match get_origin(option):
        case builtins.dict:
            return f"table of {_kind(arguments[1])}"
        case builtins.tuple:
            return f"list of {_kind(arguments[0])}"
        case typing.Literal:
            return _one_of(arguments)
    if issubclass(option, enum.Enum):
        return _one_of([member.value for member in option])
    if issubclass(option, Model):
        return f"[{option.__name__}](#{option.__name__.lower()})"
    return _PLAIN[option]


def _named(annotation: Any) -> str | None:
    """Return the word that the type itself carries, looking through None."""
    arguments = [one for one in get_args(annotation) if one is not type(None)]
    marks = getattr(annotation, "__metadata__", ())
    if not marks and len(arguments) == 1 and get_origin(annotation) not in {tuple, dict, typing.Literal}:
        return _named(arguments[0])
    return next((mark.word for mark in marks if isinstance(mark, Kind)), None)


def _one_of(values: Any) -> str:
    return "one of " + ", ".join(f'`"{value}"`' for value in values)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None:
        return ""
    if isinstance(value, Model):
        return "as below"
    return f"`{json.dumps(value)}`"


def _inner(model: type[Model]) -> Iterator[type[Model]]:
    for field in fields_of(model).values():
        yield from _models_within(field.annotation)


def _models_within(annotation: Any) -> Iterator[type[Model]]:
    for option in options(annotation):
        model = models_in(option)
        if model is not None:
            yield model
        for argument in get_args(option) if get_origin(option) in {tuple, dict} else ():
            yield from _models_within(argument)
