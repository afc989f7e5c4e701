"""Make a model from the content of a file, or say everything that is wrong with it."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

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
        details = [one for one in error.errors(include_url=False) if not _follows_from_others(one)]
        return [Problem(place_of(one), sentence(one, model), one["type"] == "missing") for one in details]


def refuse(problems: Iterable[Problem], layers: Sequence[Layer]) -> None:
    """Raise ConfigurationError with one line for each of *problems*; do nothing if there are none."""
    content = merged(layers)
    lines = [_line(problem, layers, content) for problem in problems]
    if lines:
        raise ConfigurationError(*dict.fromkeys(lines))


def repeated_names(layers: Sequence[Layer]) -> Iterator[Problem]:
    """Yield the names that occur twice in one array of one file, which merging would hide."""
    effective = merged(layers)
    for layer in layers:
        for key, items in layer.data.items():
            if isinstance(items, list) and isinstance(effective[key], list):
                yield from _repeated(key, items, effective[key])


def _repeated(key: str, items: list[object], effective: list[object]) -> Iterator[Problem]:
    counts = Counter(name for item in items if isinstance(name := _name(item), str))
    for name, count in counts.items():
        if count > 1:
            index = next((place for place, item in enumerate(effective) if _name(item) == name), 0)
            yield Problem((key, index), f"found the name {name!r} {count} times in one file; rename or remove one")


def _name(item: object) -> object:
    return item.get("name") if isinstance(item, dict) else None


def _line(problem: Problem, layers: Sequence[Layer], content: dict[str, Any]) -> str:
    # What is missing is to be added to the file in hand, not to the one that it extends.
    where = locate(layers[:1] if problem.missing else layers, content, problem.place)
    key = dotted(problem.place[:-1] if problem.missing else problem.place, content)
    return ": ".join(part for part in (where, key, problem.sentence) if part)


def _follows_from_others(error: ErrorDetails) -> bool:
    """Tell whether a list counts as too short only because its entries were wrong, which is said already."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _text(value: object) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"TOML has no {type(value).__name__}")
