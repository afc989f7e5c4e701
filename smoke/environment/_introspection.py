"""Find the models, keys and meanings at a place of a configuration file."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from smoke.environment._model import Model
from smoke.environment._positions import Place


def model_at(root: type[Model], place: Place) -> type[Model] | None:
    """Return the model that describes the table at *place*, or None if there is none."""
    return models_in(_annotation_at(root, place))


def keys_at(root: type[Model], place: Place) -> list[str]:
    """Return the keys that are known at *place*, as a file writes them."""
    model = model_at(root, place)
    return list(fields_of(model)) if model else []


def describe(root: type[Model], place: Place) -> str:
    """Return the description of the nearest key at or around *place*; empty at the root."""
    for length in range(len(place), 0, -1):
        model = model_at(root, place[: length - 1])
        key = place[length - 1]
        if model and isinstance(key, str) and key in (fields := fields_of(model)):
            return fields[key].description or ""
    return ""


def fields_of(model: type[Model]) -> dict[str, Any]:
    """Return the fields of *model* by the key that a file uses, hidden ones left out."""
    return {field.alias or name: field for name, field in model.model_fields.items() if name not in model.hidden}


def models_in(annotation: Any) -> type[Model] | None:
    """Return the model in *annotation*, seen through `Annotated`, `None` and unions."""
    for option in options(annotation):
        if isinstance(option, type) and issubclass(option, Model):
            return option
    return None


def options(annotation: Any) -> Iterator[Any]:
    """Yield what *annotation* allows, without `Annotated` and None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from options(get_args(annotation)[0])
    elif origin in {Union, types.UnionType}:
        for option in get_args(annotation):
            yield from options(option)
    elif annotation is not type(None):
        yield annotation


def _annotation_at(root: type[Model], place: Place) -> Any:
    current: Any = root
    for step in place:
        current = _inside(current, step)
    return current


def _inside(annotation: Any, step: str | int) -> Any:
    model = models_in(annotation)
    if model and isinstance(step, str):
        field = fields_of(model).get(step)
        return field.annotation if field else None
    for option in options(annotation):
        if get_origin(option) is dict:
            return get_args(option)[1]
        if get_origin(option) is tuple:
            return get_args(option)[0]
    return None
