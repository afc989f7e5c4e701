"""Every check of an environment, in the order of the stages."""

from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from smoke.checks import registry
from smoke.checks.registry import NEEDS, build
from smoke.environment.environment import Environment
from smoke.environment.loading import load_all
from smoke.verdict.release import Release
from smoke.verdict.words import Stage
from tests.checks.fake_world import NEW, environment_of

ENVIRONMENT = environment_of(
    services={
        "bff": {"url": "https://api.test", "health": {"path": "/health"}, "release": {"path": "/v", "commit": "v"}}
    },
    pages=[{"name": "home", "service": "bff", "path": "/", "contains": ["Portal"]}],
    control=["https://status.test/"],
)

FILES = load_all(Path(__file__).parent.parent.parent / "environments")


def without(model: Any, place: str) -> Any:
    """Return *model* with nothing at *place*."""
    first, _, rest = place.partition(".")
    value = getattr(model, first)
    if rest:
        return model.model_copy(update={first: without(value, rest)})
    nothing = None if value is None or isinstance(value, BaseModel) else type(value)()
    return model.model_copy(update={first: nothing})


def ids(release: Release | None = None) -> list[str]:
    """Return the ids of all checks."""
    return [one.id for one in build(ENVIRONMENT, release or Release(commit=NEW))]


def test_in_the_order_of_the_stages() -> None:
    """Checks come stage by stage."""
    stages = [list(Stage).index(one.stage) for one in build(ENVIRONMENT, Release())]
    assert stages == sorted(stages)


def test_ids_are_unique() -> None:
    """Each check has an id of its own."""
    assert len(set(ids())) == len(ids())
    assert {"converge/bff", "version/bff", "health/bff", "page/home", "control/status.test", "confirm/bff"} <= set(
        ids()
    )


def test_retired_checks_are_not_built() -> None:
    """What the release declares retired is not made."""
    assert "page/home" not in ids(Release(commit=NEW, retired=("page/home", "page/unknown")))


@pytest.mark.parametrize("check", ["converge/bff", "confirm/bff"])
def test_what_binds_the_verdict_to_the_release_stays(check: str) -> None:
    """No manifest can retire the checks that tell which release is live."""
    assert ids(Release(commit=NEW, retired=(check,))) == ids()


def test_every_module_is_registered() -> None:
    """A check module that nobody entered would verify nothing, and nobody would know."""
    modules = {one.stem for one in Path(registry.__file__).parent.glob("[!_]*.py")}
    assert modules - {"registry"} == set(registry.MODULES)


def test_every_check_states_its_promise() -> None:
    """The promise that reports show is one sentence."""
    for one in build(ENVIRONMENT, Release(commit=NEW)):
        assert one.promise.endswith("."), one.id
        assert "\n" not in one.promise


@pytest.mark.parametrize("name", NEEDS)
def test_a_module_that_is_left_out_has_no_checks(name: str) -> None:
    """Whatever else an environment holds, without what the module needs there is nothing to check."""
    module = import_module(f"smoke.checks.{name}")
    for environment in FILES:
        poorer = without(environment, NEEDS[name])
        assert not attrgetter(NEEDS[name])(poorer)
        assert list(module.checks(poorer, Release(commit=NEW))) == []


@pytest.mark.parametrize("environment", FILES, ids=lambda one: one.name)
def test_no_check_is_left_out(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> None:
    """All checks are there that all modules give."""
    built = [one.id for one in build(environment, Release(commit=NEW))]
    monkeypatch.setattr(registry, "NEEDS", {})
    assert built == [one.id for one in build(environment, Release(commit=NEW))]
