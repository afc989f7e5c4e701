"""Every check of an environment, in the order of the stages."""

from pathlib import Path

import pytest

from smoke.checks import registry
from smoke.checks.registry import build
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
