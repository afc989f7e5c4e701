"""What an environment says of the way back reaches the verdict."""

from typing import Any

from smoke.running.response import components_of
from tests.checks.fake_world import environment_of

BFF = {"url": "https://api.test"}
VERCEL = {"project_id": "p", "token": {"env": "TOKEN"}}


def way_back(**keys: Any) -> list[tuple[str, str, float | None, tuple[str, ...]]]:
    """Return each component with its procedure, duration and command."""
    found = components_of(environment_of(**keys))
    return [(one.name, one.procedure, one.takes_s, one.command) for one in found]


def test_nothing_declared() -> None:
    """Without a rollback or a platform no component is told."""
    assert way_back() == []
    assert way_back(platforms={"web": {"vercel": VERCEL}}) == []


def test_the_files_own_word() -> None:
    """What the file says counts, whatever the platform is."""
    service = {**BFF, "rollback": {"procedure": "call Kim", "takes_s": 60}}

    assert way_back(services={"bff": service}, platforms={"web": {"service": "bff", "vercel": VERCEL}}) == [
        ("bff", "call Kim", 60, ())
    ]


def test_the_platforms_own_way() -> None:
    """Where the file says nothing people are told what the platform can do; no command of it is ever run."""
    assert way_back(platforms={"web": {"service": "bff", "vercel": VERCEL}}) == [
        (
            "bff",
            "roll back to the last good production deployment (instant rollback): vercel rollback DEPLOYMENT_URL",
            5,
            (),
        )
    ]


def test_a_long_call_is_not_quoted() -> None:
    """A call of an API is told in words."""
    coolify = {"url": "https://c.test", "application": "a", "token": {"env": "TOKEN"}}
    ((_, procedure, _, _),) = way_back(platforms={"api": {"service": "bff", "coolify": coolify}})

    assert "curl" not in procedure


def test_two_platforms() -> None:
    """What two platforms deploy has no single way back."""
    platforms = {"a": {"service": "bff", "vercel": VERCEL}, "b": {"service": "bff", "compose": {}}}

    github = {"service": "bff", "github": {"repository": "acme/shop", "token": {"env": "TOKEN"}}}

    assert way_back(platforms=platforms) == []
    assert way_back(platforms={"a": platforms["a"], "c": github})[0][2] == 5
