"""The JSON Schema and the reference are what the models say."""

import tomllib
from pathlib import Path

import jsonschema
import pytest

from smoke.environment import reference, schema
from smoke.environment._declared import Manifest
from smoke.environment._introspection import fields_of
from smoke.environment._model import Model
from smoke.environment.environment import Environment

PROJECT = Path(__file__).parents[2]
FILES = [*sorted((PROJECT / "environments").glob("*/*.toml")), Path(__file__).parent / "_good.toml"]
MODELS = {model.__name__: model for root in (Environment, Manifest) for model in reference.models(root)}

CAUGHT_BY_EDITORS = [
    "unknown_key",
    "unknown_table",
    "missing_name",
    "tier_unknown",
    "text_for_number",
    "replicas_zero",
    "path_relative",
    "secret_inlined",
    "contains_empty",
    "journey_flow",
    "name_set",
    "write_method",
    "connect_to_text",
]


def validator() -> jsonschema.Draft202012Validator:
    """Return a validator for the published schema."""
    return jsonschema.Draft202012Validator(schema.schema())


def test_published_schema_is_up_to_date() -> None:
    """`smoke/environment/schema.json` is what the models say; `smoke schema` writes it."""
    assert schema.FILE.read_text("utf-8") == schema.schema_text()


def test_schema_is_a_schema() -> None:
    """The schema is valid by its own meta-schema."""
    jsonschema.Draft202012Validator.check_schema(schema.schema())


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_good_files_are_accepted(file: Path) -> None:
    """Every right file is right for an editor too, also one that others extend."""
    assert not list(validator().iter_errors(tomllib.loads(file.read_text("utf-8"))))


@pytest.mark.parametrize("rule", CAUGHT_BY_EDITORS)
def test_editors_see_mistakes(rule: str) -> None:
    """What one file alone can get wrong is marked while it is written."""
    text = (Path(__file__).parent / "bad" / f"{rule}.toml").read_text("utf-8")
    assert list(validator().iter_errors(tomllib.loads(text)))


def test_published_reference_is_up_to_date() -> None:
    """`docs/environment-reference.md` is what the models say; `smoke reference` writes it."""
    assert (PROJECT / reference.FILE).read_text("utf-8") == reference.reference()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_key_is_described(name: str) -> None:
    """Every key has a description, and every model a sentence of its own."""
    model: type[Model] = MODELS[name]
    assert model.__doc__
    assert model.__doc__ != Model.__doc__
    assert [key for key, field in fields_of(model).items() if not field.description] == []


def test_writing_both(tmp_path: Path) -> None:
    """Both documents can be written anew."""
    schema.write(tmp_path / "schema.json")
    reference.write(tmp_path / "reference.md")
    assert (tmp_path / "schema.json").read_text("utf-8") == schema.schema_text()
    assert (tmp_path / "reference.md").read_text("utf-8") == reference.reference()
