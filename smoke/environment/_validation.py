"""Make a model from the content of a file, or say everything that is wrong with it."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from smoke.environment._layers import Layer, locate, merged
from smoke.environment._model import Model
from smoke.environment._positions import Place
from smoke.environment._wording import dotted, place_of, sentence
from smoke.errors import ConfigurationError

AnyModel = TypeVar("AnyModel", bound=Model)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; *missing* means that the last step of *place* is not there."""

    place: Place
    sentence: str
    missing: bool = False


def validate(model: type[AnyModel], content: dict[str, Any]) -> AnyModel | list[Problem]:
    """
    Return the model that *content* describes, or all problems with it.

    Content goes through JSON, where a strict reading knows tables, lists and texts but converts no text to a number.
    """
    try:
        return model.model_validate_json(json.dumps(content, default=_text), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return [Problem(place_of(one), sentence(one, model), one["type"] == "missing") for one in details]


def refuse(problems: Iterable[Problem], layers: Sequence[Layer]) -> None:
    """Raise ConfigurationError with one line for each of *problems*; do nothing if there are none."""
    content = merged(layers)
    lines = [_line(problem, layers, content) for problem in problems]
    if lines:
        raise ConfigurationError(*dict.fromkeys(lines))


def _line(problem: Problem, layers: Sequence[Layer], content: dict[str, Any]) -> str:
    # What is missing is to be added to the file in hand, not to the one that it extends.
    where = locate(layers[:1] if problem.missing else layers, problem.place)
    key = dotted(problem.place[:-1] if problem.missing else problem.place, content)
    return ": ".join(part for part in (where, key, problem.sentence) if part)


def _text(value: object) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"TOML has no {type(value).__name__}")
