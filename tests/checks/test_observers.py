"""The stand-ins for those who watch a deployment answer as the real ones do, and the checks understand them."""

import time
from dataclasses import replace
from typing import Any

import pytest

from smoke.checks import alerts, announcements, errors, force_update, logs, metrics, targets
from smoke.demo.serving import Serving
from smoke.environment import Environment
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import NEW, OLD, conclude, environment_of, json_answer, world_of
from tests.checks.observers import Observers, Watched
from tests.http.servers import client, in_loop

MODULES = (errors, metrics, targets, alerts, logs, announcements, force_update)
BEGAN = time.time() - 200
GOOD = {"metrics": {"http_errors_total": 0.001}, "targets": {"a:9100": "up", "b:9100": "up"}, "errors": 1.0}
BEFORE = Watched(OLD, "1.41.2", BEGAN - 9000, issues=("an old one",), **GOOD)  # type: ignore[arg-type]
RELEASE = Release(commit=NEW, version="1.42.0", deployed_at=BEGAN)


def environment(url: str) -> Environment:
    """Return an environment that all of them watch."""
    token = {"env": "TOKEN"}
    return environment_of(
        monitoring={
            "after_s": 0,
            "sentry": {"url": url, "organization": "acme", "token": token},
            "prometheus": {"url": url, "token": token},
            "alertmanager": {"url": url, "token": token},
            "loki": {"url": url, "token": token},
        },
        errors={"web": {"project": "web", "release": "shop@{version}", "crash_free_at_least": 0.99}},
        metrics={"error-rate": {"query": "sum(rate(http_errors_total[{window}]))", "at_most": 0.01}},
        targets={"api": {"job": "api", "at_least": 2, "within_s": 0.1}},
        logs={"bff": {"lines": '{app="bff"}', "errors": '|~ "error"', "within_s": 0.1}},
        announcements={"deploys": {"channel": "C024BE91L", "token": token, "url": f"{url}/api"}},
        apps={"ios": {"bundle_id": "app.demo.ios", "path": "/config", "minimum": "minimum", "store": url}},
    )


async def judged(observers: Observers, minimum: str = "4.0.0") -> dict[str, Judgement]:
    """Conclude every check; only the configuration of apps comes from elsewhere."""
    serving = Serving(observers.app())
    described = environment(f"http://127.0.0.1:{await serving.start()}")
    config = world_of({"https://api.test/config": json_answer({"minimum": minimum})}).http
    try:
        async with client(timeout_s=5) as http:
            real = world_of({}, described, RELEASE, secret=lambda _: "token-1", now=time.time)
            found: dict[str, Judgement] = {}
            for check in (one for module in MODULES for one in module.checks(described, RELEASE)):
                world = replace(real, http=_Both(http, config))
                found[check.id] = await conclude(check, world)
            return found
    finally:
        await serving.stop(abruptly=True)


class _Both:
    """Send what goes to the API to a table, and everything else over the network."""

    def __init__(self, real: Any, table: Any) -> None:
        self._real, self._table = real, table

    async def send(self, request: Any) -> Any:
        """Send one request."""
        return await self._of(request).send(request)

    async def sample(self, request: Any, times: int) -> Any:
        """Send a request so often."""
        return await self._of(request).sample(request, times)

    def _of(self, request: Any) -> Any:
        return self._table if request.url.startswith("https://api.test") else self._real


def observers(**seen: Any) -> Observers:
    """Return observers of a deploy whose new release they see like this."""
    return Observers("token-1", [BEFORE, Watched(NEW, "1.42.0", BEGAN, **{**GOOD, **seen})])


@in_loop
async def test_a_good_deploy() -> None:
    """Everything passes; what was wrong with the release before is not held against this one."""
    found = await judged(observers())
    assert {one.outcome for one in found.values()} == {Outcome.PASSED}, found


@pytest.mark.parametrize(
    ("seen", "red"),
    [
        ({"issues": ("TypeError: x is undefined",)}, {"errors/web", "crash-free/web"}),
        ({"metrics": {"http_errors_total": 0.05}}, {"metric/error-rate"}),
        ({"targets": {"a:9100": "up", "b:9100": "down"}}, {"targets/api"}),
        ({"alerts": ("HighErrorRate",)}, {"alerts/gating"}),
        ({"lines": 0.0, "errors": 0.0}, {"logs/bff"}),
        ({"errors": 60.0}, {"log-errors/bff"}),
        ({"announced": False}, {"announcement/deploys"}),
    ],
)
def test_each_fault_is_seen(seen: dict[str, Any], red: set[str]) -> None:
    """Each of them turns its own checks red, and no other one."""

    @in_loop
    async def run() -> None:
        found = await judged(observers(**seen))
        assert {name for name, one in found.items() if one.outcome is Outcome.FAILED} == red, found

    run()


@in_loop
async def test_an_unregistered_release() -> None:
    """A release that Sentry does not know is undecided."""
    found = await judged(observers(registered=False))
    assert (found["errors/web"].outcome, found["errors/web"].cause) == (Outcome.UNDECIDED, Cause.SUITE)


@in_loop
async def test_everybody_is_locked_out() -> None:
    """A minimum above what the App Store serves is seen."""
    found = await judged(observers(), minimum="4.3.0")
    assert found["force-update/ios"].outcome is Outcome.FAILED


@in_loop
async def test_who_is_down() -> None:
    """That none of them answers is not the release's fault."""
    watching = replace(observers(), down={"sentry", "prometheus", "alertmanager", "loki", "slack", "app store"})
    found = await judged(watching)
    assert {(one.outcome, one.cause) for one in found.values()} == {(Outcome.UNDECIDED, Cause.DEPENDENCY)}, found


@in_loop
async def test_who_refuses_the_token() -> None:
    """That they refuse our token is not the release's fault either; the App Store asks for none."""
    found = await judged(replace(observers(), token="another"))
    assert found.pop("force-update/ios").outcome is Outcome.PASSED
    assert {(one.outcome, one.cause) for one in found.values()} == {(Outcome.UNDECIDED, Cause.CREDENTIALS)}, found
