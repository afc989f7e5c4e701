"""Read a file together with the files that it extends, and find out which of them says what."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from smoke.environment._merging import is_named, merge
from smoke.environment._positions import Place, key_lines, line_of
from smoke.errors import ConfigurationError

DEEPEST = 50
"""Levels of nesting beyond which no file of people is; what reads it level by level would not come back."""


@dataclass(frozen=True)
class Layer:
    """One file: its content and the lines of its keys; *shown* is its path as messages give it."""

    file: Path
    shown: str
    data: dict[str, Any]
    lines: dict[Place, int]


def read_toml(file: Path, shown: str) -> Layer:
    """Read one file; raises ConfigurationError with the line when it is not TOML."""
    try:
        text = file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigurationError(f"{shown}: there is no such file; correct the path or create it") from None
    except OSError as error:
        raise ConfigurationError(f"{shown}: the file cannot be read ({error.strerror}); check what it is") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{shown}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_malformed(shown, str(error))) from None
    except RecursionError:
        raise ConfigurationError(_too_deep(shown)) from None
    except ValueError:  # the parser's word for a whole number of thousands of digits
        raise ConfigurationError(f"{shown}: a number in it has too many digits; shorten it") from None
    if _depth(data) > DEEPEST:
        raise ConfigurationError(_too_deep(shown))
    return Layer(file, shown, data, key_lines(text))


def read_layers(file: Path, relative_to: Path) -> tuple[Layer, ...]:
    """Return *file* and what it extends, the most special first; raises ConfigurationError."""
    layers = [read_toml(file, _shown(file, relative_to))]
    while (parent := layers[-1].data.pop("extends", None)) is not None:
        child = layers[-1]
        where = f"{child.shown}:{line_of(child.lines, ('extends',))}: extends"
        if not isinstance(parent, str) or not parent.strip():
            raise ConfigurationError(f'{where}: found {parent!r}, but one file name is needed, such as "_portal.toml"')
        target = (child.file.parent / parent).resolve()
        if target in {layer.file.resolve() for layer in layers}:
            chain = " -> ".join([*(layer.file.name for layer in layers), target.name])
            raise ConfigurationError(
                f"{where}: the files extend each other in a circle ({chain}); remove one 'extends'"
            )
        if not target.is_file():
            raise ConfigurationError(f"{where}: there is no file {parent!r} beside this one; correct the name")
        layers.append(read_toml(target, _shown(target, relative_to)))
    return tuple(layers)


def merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """Return the effective content."""
    return reduce(lambda parent, child: merge(parent, child.data), reversed(layers), {})


def locate(layers: Sequence[Layer], whole: dict[str, Any], place: Place) -> str:
    """Return `file:line` of the layer that says the most about *place* of the merged content *whole*."""
    owned = [(_own_place(layer.data, whole, place), layer) for layer in layers]
    # Of equals the first counts, which is the most special one.
    own, layer = max(owned, key=lambda pair: len(pair[0]))
    line = line_of(layer.lines, own)
    return f"{layer.shown}:{line}" if line else layers[0].shown


def _own_place(data: Any, whole: Any, place: Place) -> Place:
    """Translate the longest part of *place* that *data* knows: arrays merged by name count differently there."""
    own: list[str | int] = []
    for step in place:
        try:
            found = _own_index(data, whole, step) if isinstance(step, int) else step
            data, whole = data[found], whole[step]
        except (KeyError, IndexError, TypeError, ValueError):
            break
        own.append(found)
    return tuple(own)


def _own_index(data: Any, whole: Any, index: int) -> int:
    """Return where *data* has the entry that has *index* in *whole*; raises IndexError or ValueError if it has none."""
    if not (is_named(data) and is_named(whole)):
        return index
    return [item["name"] for item in data].index(whole[index]["name"])


def _shown(file: Path, relative_to: Path) -> str:
    try:
        return file.resolve().relative_to(relative_to.resolve()).as_posix()
    except ValueError:
        return str(file)


def _malformed(shown: str, message: str) -> str:
    what, _, where = message.rpartition(" (at ")
    if not what or not where.startswith("line "):
        return f"{shown}: this is not TOML: {_lower(what or message)}; the file ends too early"
    line, _, column = where.removeprefix("line ").removesuffix(")").partition(", column ")
    return f"{shown}:{line}: this is not TOML: {_lower(what)}, at column {column}; correct that line"


def _too_deep(shown: str) -> str:
    return f"{shown}: tables or lists in it are nested more than {DEEPEST} deep; make it flatter"


def _depth(data: Any) -> int:
    """Return how deep *data* is nested, as far as it matters; level by level, since recursion would not come back."""
    level, depth = [data], 0
    while level and depth <= DEEPEST:
        inner = [one for each in level for one in (each.values() if isinstance(each, dict) else each)]
        level = [one for one in inner if isinstance(one, dict | list)]
        depth += 1
    return depth


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
