"""Source maps that are public are noticed, and count where they are forbidden."""

from typing import Any

import pytest

from smoke.checks.source_maps import SourceMapsCheck, checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import FakeHttp, answer, concluded, environment_of, failing, html, json_answer, world_of

ROOT = "https://web.test"
PAGE = '<script type="module" src="/a-1.js?v=2"></script><script src="https://cdn.test/x.js"></script>'
MAP = json_answer({"version": 3, "sources": ["../src/a.js"], "sourcesContent": ["secret"], "mappings": "AAAA"})


def environment(**assets: Any) -> Environment:
    """Return a site with one script."""
    return environment_of(services={"web": {"url": ROOT}}, assets=assets)


def judged(made: Exchange, page: Exchange | None = None, **assets: Any) -> tuple[SourceMapsCheck, Judgement, FakeHttp]:
    """Conclude the check for a site whose map is *made*."""
    described = environment(**assets)
    (check,) = checks(described, Release())
    world = world_of({f"{ROOT}/": page or html(PAGE), f"{ROOT}/a-1.js.map": made}, described)
    assert isinstance(world.http, FakeHttp)
    return check, concluded(check, world), world.http


@pytest.mark.parametrize(("policy", "gating"), [("warn", False), ("forbid", True)])
def test_public(policy: str, *, gating: bool) -> None:
    """A public map is a failure that counts only where the environment forbids it."""
    check, judgement, _ = judged(MAP, source_maps=policy)
    assert (check.id, check.stage, check.gating) == ("maps/web", Stage.IMMEDIATE, gating)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message == "source maps are public: /a-1.js.map"


def test_a_warning_by_default() -> None:
    """Nobody is stopped who did not ask for it; who allows maps has no check."""
    assert judged(MAP)[0].gating is False
    assert not list(checks(environment(source_maps="allow"), Release()))
    assert not list(checks(environment_of(), Release()))


@pytest.mark.parametrize(
    "made",
    [
        answer("", 404),
        answer("", 403),
        html("<div id=root>"),
        answer("", 200),
        json_answer({"error": "no"}),
        json_answer([]),
        answer("{", content_type="application/json"),
        answer("[" * 20_000, content_type="application/json"),
        answer('{"version":3,', content_type="application/json", truncated=True),
        answer("", 302, headers={"location": "/login"}),
        failing(FailureKind.TIMEOUT),
    ],
)
def test_none(made: Exchange) -> None:
    """A refusal, a page in its place and anything that is no map pass."""
    _, judgement, http = judged(made, source_maps="forbid")
    assert judgement.outcome is Outcome.PASSED
    assert {one.url for one in http.asked} == {f"{ROOT}/", f"{ROOT}/a-1.js.map"}


def test_a_long_one() -> None:
    """A map beyond the size limit is known by its beginning."""
    long = answer(
        '{"version":3,"sources":["a.js"],"sourcesContent":["', content_type="application/json", truncated=True
    )
    assert judged(long)[1].outcome is Outcome.FAILED


@pytest.mark.parametrize("page", [html("<p>no script"), answer("", 502), failing()])
def test_no_script(page: Exchange) -> None:
    """Where nothing is named nothing is published."""
    assert judged(MAP, page)[1].outcome is Outcome.PASSED
