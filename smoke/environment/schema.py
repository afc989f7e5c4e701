"""The JSON Schema of environment files, for editors."""

import json
from pathlib import Path
from typing import Any

from smoke.environment.environment import Environment

FILE = Path(__file__).with_name("schema.json")
"""Where the schema is published; the first line of an environment file points there (`#:schema`)."""

_EXTENDS = {
    "type": "string",
    "minLength": 1,
    "description": "the file that this one inherits from, relative to this file",
}


def schema() -> dict[str, Any]:
    """
    Return the schema of one file.

    A file may inherit what it does not say (`extends`), so no key is required but the `name` by which entries merge;
    only `smoke environments` sees the whole.
    """
    made = Environment.model_json_schema()
    for key in Environment.hidden:
        del made["properties"][key]
        made["required"] = [one for one in made["required"] if one != key]
    made["properties"] = {"extends": _EXTENDS, **made["properties"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_relax(made),
        "title": "Smokegate environment",
        "description": "One deployment of a system, or what several of them have in common.",
    }


def schema_text() -> str:
    """Return the schema as the text of `schema.json`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def write(file: Path = FILE) -> None:
    """Write the schema to *file*; raises OSError."""
    file.write_text(schema_text(), "utf-8")


def _relax(node: Any) -> Any:
    """Drop what inheritance makes optional, and what TOML cannot say: null."""
    if isinstance(node, list):
        return [_relax(item) for item in node]
    if not isinstance(node, dict):
        return node
    relaxed = {key: _relax(value) for key, value in node.items() if key not in {"required", "minProperties"}}
    if "name" in node.get("required", ()):
        relaxed["required"] = ["name"]
    return _without_null(relaxed)


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    choices = [choice for choice in node.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == len(node.get("anyOf", ())):
        return node
    rest = {key: value for key, value in node.items() if key != "anyOf" and not (key == "default" and value is None)}
    return {**rest, **(choices[0] if len(choices) == 1 else {"anyOf": choices})}
