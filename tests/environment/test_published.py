"""The environment files that ship with the product: five real systems, complete, with nothing said twice."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smoke.checks._patterns import dead_patterns
from smoke.checks.registry import build
from smoke.environment import Environment
from smoke.environment.loading import load, names
from smoke.verdict.release import Release
from smoke.verdict.words import Tier

DIRECTORY = Path(__file__).parents[2] / "environments"
SYSTEMS = {
    "portal": ("dev", "prod"),
    "cartly": ("dev", "preview", "staging", "prod"),
    "almafrica": ("prod",),
    "impulse_ai": ("staging", "prod"),
    "web_production": ("staging", "prod"),
}
PUBLISHED = [f"{system}/{environment}" for system, all_of in SYSTEMS.items() for environment in all_of]


def loaded(name: str) -> Environment:
    """Return one of the environments."""
    return load(DIRECTORY, name)


def ids(environment: Environment) -> set[str]:
    """Return the ids of every check, journeys included."""
    journeys = {f"journey/{one.name}" for one in environment.journeys}
    return journeys | {one.id for one in build(environment, Release())}


def test_every_system_is_there() -> None:
    """Each environment that a document describes has its file, and each file is of one of them, or the demo's."""
    assert set(names(DIRECTORY)) == {*PUBLISHED, "portal/demo"}


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_every_gate_needs(name: str) -> None:
    """Each binds its verdict to the release, asks for health, logs in, goes on from there, and says what it is."""
    environment = loaded(name)
    checks = ids(environment)
    assert environment.description
    assert environment.tier.value == name.partition("/")[2]
    assert any(one.startswith("converge/") for one in checks)
    assert any(one.startswith("health/") for one in checks)
    assert {"journey/login"} < {one for one in checks if one.startswith("journey/")}
    assert any(one.startswith("protected/") for one in checks)


@pytest.mark.parametrize("name", [one for one in PUBLISHED if not one.endswith("/dev")])
def test_what_verdicts_need_to_be_sharp(name: str) -> None:
    """Hosts of others tell whose network it is; production is asked gently, and watched for a while."""
    environment = loaded(name)
    assert len(environment.control) > 1
    assert all(service.url.startswith("https://") for service in environment.services.values())
    if environment.tier is Tier.PROD:
        assert environment.limits.requests_per_s <= 20
        assert environment.soak.lasts_s >= 60


@pytest.mark.parametrize("name", PUBLISHED)
def test_nothing_is_said_twice(name: str) -> None:
    """What a file says differs from what it inherits; and what all environments of a system say, they inherit."""
    system, _, environment = name.partition("/")
    child, parent = content(system, environment), content(system, f"_{system}")
    said_again = [place for place, value in leaves(child) if value == found(parent, place)]
    assert said_again == []


@pytest.mark.parametrize("name", [one for one in PUBLISHED if not one.startswith("portal/")])
def test_every_environment_has_comments_and_a_schema(name: str) -> None:
    """A file begins with what editors need, and says what it is about."""
    lines = (DIRECTORY / f"{name}.toml").read_text("utf-8").splitlines()
    assert lines[0] == "#:schema ../../smoke/environment/schema.json"
    assert lines[1].startswith("# ")


def test_cartlys_production_demands_its_own_answers() -> None:
    """The health under /api must call itself production and be fresh; a preview need not."""
    prod, preview = loaded("cartly/prod"), loaded("cartly/preview")
    assert prod.services["api"].health is not None
    assert prod.services["api"].health.expect == {"env": "production"}
    assert prod.services["api"].health.timestamp == "timestamp"
    assert prod.services["api"].url == "https://app.cartly.io/api"
    assert preview.services["api"].health is not None
    assert preview.services["api"].health.expect == {}
    assert preview.services["api"].url == "https://pr-123.cartly.io/api"


def test_production_is_written_to_only_where_a_flow_needs_it() -> None:
    """Drafts of an order are all that may be made, and their removal is allowed with them."""
    for name in PUBLISHED:
        for write in loaded(name).writes:
            assert write.path.endswith("/checkout/drafts*")
            assert set(write.methods) == {"POST", "DELETE"}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_rule_can_happen(name: str) -> None:
    """No rollback, incident or severity waits for a check that the environment does not make."""
    assert [one.sentence for one in dead_patterns(loaded(name))] == []


def content(system: str, name: str) -> dict[str, Any]:
    """Return what one file itself says."""
    return tomllib.loads((DIRECTORY / system / f"{name}.toml").read_text("utf-8"))


def leaves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every value with its place; entries of arrays go by their name."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*place, key))
    elif isinstance(value, list) and all(isinstance(one, dict) and "name" in one for one in value):
        for one in value:
            yield from leaves({key: inner for key, inner in one.items() if key != "name"}, (*place, one["name"]))
    else:
        yield place, value


def found(value: Any, place: tuple[str, ...]) -> Any:
    """Return what lies at *place*, or None."""
    for step in place:
        if isinstance(value, list):
            value = next((one for one in value if isinstance(one, dict) and one.get("name") == step), None)
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value
