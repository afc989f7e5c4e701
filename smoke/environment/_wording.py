"""Say in one sentence what is wrong with a file, whatever the validating library calls it."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from smoke.environment._introspection import describe, keys_at, model_at
from smoke.environment._model import PATTERNS, VARIABLE, Model, Secret
from smoke.environment._positions import Place
from smoke.environment._secrecy import sounds_secret

_NEEDED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "tuple_type": "a list in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "finite_number": "a finite number",
    "string_too_short": "a text that is not empty",
}
_UNQUOTED = {"int_type", "float_type"}
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
}
_SIZES = {"too_short": ("at least", "min_length", "entry"), "too_long": ("at most", "max_length", "entries")}
_LONGEST = 60
_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def place_of(error: ErrorDetails) -> Place:
    """Return where the error is, without the library's own marks for unions and keys."""
    return tuple(step for step in error["loc"] if not (isinstance(step, str) and step[:1] in {"<", "["}))


def sentence(error: ErrorDetails, root: type[Model]) -> str:
    """Return what was found, what is needed and what to do."""
    place, kind, context = place_of(error), error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown(str(place[-1]), keys_at(root, place[:-1]), "key")
    if kind == "missing":
        return _missing(root, place)
    if kind == "value_error":
        return str(context["error"])
    model = model_at(root, place)
    if model is not None and issubclass(model, Secret) and kind == "model_type":
        return _secret_sentence(str(place[-1]))
    if context.get("pattern") == VARIABLE:
        return f"found what is not {PATTERNS[VARIABLE]}; name the variable here and put the secret into it"
    needed, remedy = _needed(kind, context, error["input"])
    meaning = describe(root, place)
    return f"found {_found(error, place)}, but {needed} is needed" + (f" ({meaning})" if meaning else "") + remedy


def unknown(given: str, known: Iterable[str], what: str, remedy: str = "", *, near: str = "") -> str:
    """
    Return the sentence for a word that is not among the *known* ones; *remedy* follows when none of them is near.

    What counts for that is *near*, where *given* is another way to write it.
    """
    choices = list(known)
    nearest = difflib.get_close_matches(near or given, choices, n=1)
    if nearest:
        return f"unknown {what} {given!r}; did you mean {nearest[0]!r}?"
    return f"unknown {what} {given!r}; known here: {', '.join(choices) or 'none'}" + (f"; {remedy}" if remedy else "")


def dotted(place: Place, content: Any) -> str:
    """Return *place* as `journeys[invoices].rows.at_least`: items by their name if they have one."""
    text = ""
    for step in place:
        content = content[step] if _has(content, step) else None
        if isinstance(step, int):
            name = content.get("name") if isinstance(content, Mapping) else None
            text += f"[{name if isinstance(name, str) else step}]"
        else:
            key = step if _BARE.match(step) else repr(step)
            text += f".{key}" if text else key
    return text


def _has(content: Any, step: str | int) -> bool:
    if isinstance(content, Mapping):
        return step in content
    return isinstance(content, list) and isinstance(step, int) and step < len(content)


def _missing(root: type[Model], place: Place) -> str:
    if isinstance(place[-1], int):
        return f"the list is too short; add what is missing ({describe(root, place)})"
    meaning = describe(root, place)
    return f"the key {place[-1]!r} is missing; add it" + (f": {meaning}" if meaning else "")


def _secret_sentence(key: str) -> str:
    reference = f'{key} = {{ env = "NAME" }}'
    return f"found a value, but secrets are references; write {reference} and put the value into that variable"


def _needed(kind: str, context: Mapping[str, Any], value: Any) -> tuple[str, str]:
    """Return what is needed, and a remedy to add."""
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{words} {context[bound]:g}", ""
    if kind in {"literal_error", "enum"}:
        choices = re.findall(r"'([^']*)'", context["expected"])
        near = difflib.get_close_matches(str(value), choices, n=1)
        return f"one of {', '.join(choices)}", f"; did you mean {near[0]!r}?" if near else ""
    if kind in _SIZES:
        words, size, what = _SIZES[kind]
        return f"{words} {context[size]} {what}", ""
    if kind == "string_pattern_mismatch":
        return PATTERNS[context["pattern"]], ""
    quoted = isinstance(value, str) and kind in _UNQUOTED and _NUMBER.match(value)
    return _NEEDED[kind], "; remove the quotes" if quoted else ""


def _found(error: ErrorDetails, place: Place) -> str:
    value = error["input"]
    if error["loc"][-1] == "[key]":
        return f"the key {place[-1]!r}"
    if any(isinstance(step, str) and sounds_secret(step) for step in place):
        return "another value"
    if isinstance(value, Mapping):
        return "a table" if value else "an empty table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
