"""How long a deployment took, as an advisory finding with the team's severity."""

from datetime import UTC, datetime
from typing import Any

import pytest

from smoke.checks.deployment_times import checks
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import NEW, NOW, OLD, answer, concluded, environment_of, in_turn, json_answer, world_of

VERCEL = {"project_id": "p", "token": {"env": "TOKEN"}}
URL = "https://api.vercel.com/v6/deployments"
RAILWAY = {"project_id": "p", "environment_id": "e", "service_id": "s", "token": {"env": "TOKEN"}}
RAILWAY_URL = "https://backboard.railway.com/graphql/v2"


def judged(answered: Exchange, release: Release | None = None, platform: Any = None, **keys: Any) -> Judgement:
    """Make the check against a platform that answers so."""
    described = platform or {"vercel": VERCEL}
    environment = environment_of(platforms={"web": {"severity": "SEV-2", **described, **keys}})
    (check,) = checks(environment, release or Release(commit=NEW))
    assert (check.id, check.gating) == ("deployment-time/web", False)
    return concluded(check, world_of({URL: answered, RAILWAY_URL: answered}, environment))


def vercel(took_s: float | None, state: str = "READY", ago_s: float = 1000.0, commit: str = NEW) -> Exchange:
    """Return Vercel's answer for a deployment that began so long ago."""
    began = (NOW - ago_s) * 1000
    ended = {"ready": began + took_s * 1000} if took_s is not None else {}
    row = {"uid": "d", "readyState": state, "readySubstate": "PROMOTED", "target": "production", "aliasAssigned": 1}
    return json_answer({"deployments": [{**row, "created": began, "meta": {"githubCommitSha": commit}, **ended}]})


def railway(status: str, ago_s: float) -> Exchange:
    """Return Railway's answer, which tells no end."""
    created = datetime.fromtimestamp(NOW - ago_s, UTC).isoformat()
    row = {"id": "d", "status": status, "createdAt": created, "meta": {"commitHash": NEW}}
    return json_answer({"data": {"deployments": {"edges": [{"node": row}]}}})


def test_in_time() -> None:
    """It took as long as it may."""
    found = judged(vercel(600))

    assert (found.outcome, found.message, found.facts["took_s"]) == (Outcome.PASSED, "it took 600 s", 600.0)


def test_too_long() -> None:
    """It took longer: failed, with the severity, but advisory."""
    found = judged(vercel(601))

    assert (found.outcome, found.message) == (Outcome.FAILED, "it took 601 s, more than 600 s (SEV-2)")
    assert found.facts["severity"] == "SEV-2"


@pytest.mark.parametrize(
    ("ago_s", "outcome", "said"),
    [(63, Outcome.PASSED, "it has taken 63 s"), (700, Outcome.FAILED, "it has already taken 700 s")],
)
def test_under_way(ago_s: float, outcome: Outcome, said: str) -> None:
    """One that is still being made has taken the time until now."""
    found = judged(vercel(None, "BUILDING", ago_s))

    assert found.outcome is outcome
    assert said in found.message


def test_once_too_long_is_too_long() -> None:
    """Railway tells no end: that it was seen at work for too long is not undone by a later look that tells nothing."""
    environment = environment_of(platforms={"web": {"railway": RAILWAY}})
    (check,) = checks(environment, Release(commit=NEW))
    world = world_of({RAILWAY_URL: in_turn(railway("DEPLOYING", 900), railway("SUCCESS", 905))}, environment)
    found = concluded(check, world)

    assert (found.outcome, found.message) == (Outcome.FAILED, "it has already taken 900 s, more than 600 s")


def test_without_an_end() -> None:
    """Railway does not tell when a deployment ended: what began a minute ago took no longer, else nothing is known."""
    platform = {"railway": RAILWAY}

    assert judged(railway("SUCCESS", 63), platform=platform).message == "it took at most 63 s"
    assert judged(railway("SUCCESS", 6000), platform=platform).outcome is Outcome.UNDECIDED
    assert judged(railway("BUILDING", 6000), platform=platform).outcome is Outcome.FAILED


def test_nothing_to_time() -> None:
    """A deployment of another commit, none at all, or an answer of another kind is undecided."""
    others = [vercel(60, commit=OLD), json_answer({"deployments": []}), answer("", 502)]

    assert [judged(one).outcome for one in others] == [Outcome.UNDECIDED] * 3
    assert judged(others[-1]).cause is Cause.DEPENDENCY


def test_kubernetes_began_with_the_deploy() -> None:
    """Where the platform tells no beginning the manifest's counts; without one nothing is known."""
    data = {
        "metadata": {"name": "api", "generation": 1},
        "spec": {"replicas": 1},
        "status": {
            "observedGeneration": 1,
            "replicas": 1,
            "updatedReplicas": 1,
            "availableReplicas": 1,
            "conditions": [
                {"type": "Progressing", "lastUpdateTime": datetime.fromtimestamp(NOW - 60, UTC).isoformat()}
            ],
        },
    }
    api = {"deployment": "api", "api": "https://k8s.test", "token": {"env": "TOKEN"}}
    environment = environment_of(platforms={"web": {"kubernetes": api}})
    url = "https://k8s.test/apis/apps/v1/namespaces/default/deployments/api"

    def with_start(deployed_at: float | None) -> Judgement:
        (check,) = checks(environment, Release(commit=NEW, deployed_at=deployed_at))
        return concluded(check, world_of({url: json_answer(data)}, environment))

    assert with_start(NOW - 100).message == "it took 40 s"
    assert with_start(None).outcome is Outcome.UNDECIDED


def test_compose_tells_no_time() -> None:
    """There is nothing to time where only what runs now is told."""
    assert not list(checks(environment_of(platforms={"web": {"compose": {}}}), Release()))
