"""Names are completed with the release of the service that they are about."""

import pytest

from smoke.checks._memory import Memory
from smoke.checks._release_name import NameUnknown, release_name
from smoke.verdict.release import Release
from tests.checks.fake_world import NEW, OLD, world_of

SETTLED = Memory(settled={"bff": {"commits": [NEW]}, "web": {"commits": [OLD]}})


@pytest.mark.parametrize(("service", "name"), [("bff", f"shop@{NEW}"), ("web", f"shop@{OLD}"), (None, f"shop@{NEW}")])
def test_a_service_that_is_not_replaced(service: str | None, name: str) -> None:
    """It still is what is live of it."""
    world = world_of({}, release=Release(commit=NEW[:8], services=("bff",)), memory=SETTLED)
    assert release_name("shop@{commit}", world, service) == name


def test_a_version_that_is_not_its_own() -> None:
    """The manifest's version is that of what the release replaces."""
    world = world_of({}, release=Release(commit=NEW, version="1.4.0", services=("bff",)), memory=SETTLED)
    assert release_name("shop@{version}", world, "bff") == "shop@1.4.0"
    with pytest.raises(NameUnknown):
        release_name("shop@{version}", world, "web")
