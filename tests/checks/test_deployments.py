"""What the platform tells of the deployment, from the first look to the end."""

from typing import Any

import pytest

from smoke.checks._deployments import judge_deployments
from smoke.checks.deployments import DeploymentCheck, checks
from smoke.dependencies.deployment import Deployment, Phase
from smoke.errors import SecretMissing
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    NEW,
    OLD,
    THIRD,
    Answer,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)

URL = "https://backboard.railway.com/graphql/v2"
RELEASE = Release(commit=NEW, previous=OLD)
RAILWAY = {"project_id": "p", "environment_id": "e", "service_id": "s", "token": {"env": "TOKEN"}}


def node(status: str, commit: str | None = NEW, at: int = 0, **meta: str) -> dict[str, Any]:
    """Return a deployment as Railway lists it, made *at* minutes after ten."""
    named = {"commitHash": commit} if commit else {}
    created = f"2026-11-20T10:{at:02}:00.000Z"
    return {"id": f"d{at}", "status": status, "createdAt": created, "meta": {**named, **meta}}


def listing(*nodes: dict[str, Any]) -> Exchange:
    """Return Railway's answer."""
    return json_answer({"data": {"deployments": {"edges": [{"node": one} for one in nodes]}}})


def the_check(release: Release = RELEASE, **keys: Any) -> DeploymentCheck:
    """Return the check of one platform."""
    environment = environment_of(platforms={"api": {"service": "bff", "railway": RAILWAY, **keys}})
    check = next(iter(checks(environment, release)))
    assert isinstance(check, DeploymentCheck)
    return check


def judged(given: Answer, release: Release = RELEASE, budget_s: float = 120.0) -> Judgement:
    """Make the check against a Railway that answers *given*."""
    return concluded(the_check(release), world_of({URL: given}, release=release, budget_s=budget_s))


def test_identity() -> None:
    """It names its service, waits on its own, and says something although converging failed."""
    check = the_check()
    assert (check.id, check.service, check.gating) == ("deployment/api", "bff", True)
    assert check.independent
    assert check.watches
    assert not the_check(gating=False).gating


@pytest.mark.parametrize(
    ("nodes", "outcome", "cause", "said"),
    [
        ([node("SUCCESS")], Outcome.PASSED, None, "the deployment of 9f1c2ab at Railway is SUCCESS"),
        ([node("SUCCESS", at=5), node("FAILED", at=1)], Outcome.PASSED, None, "is SUCCESS"),
        ([node("FAILED")], Outcome.FAILED, Cause.RELEASE, "9f1c2ab at Railway is FAILED"),
        ([node("CRASHED")], Outcome.FAILED, Cause.RELEASE, "9f1c2ab at Railway is CRASHED"),
        ([node("NEEDS_APPROVAL")], Outcome.UNDECIDED, Cause.RELEASE, "somebody has to let it go on"),
        ([node("SKIPPED")], Outcome.UNDECIDED, Cause.RELEASE, "it does not serve"),
        ([node("REMOVED")], Outcome.UNDECIDED, Cause.RELEASE, "it does not serve"),
        ([node("NOVEL")], Outcome.UNDECIDED, Cause.SUITE, "a state that is not known"),
        (
            [node("SUCCESS", OLD)],
            Outcome.UNDECIDED,
            Cause.RELEASE,
            "no deployment of 9f1c2ab; the newest is of 4e77d01",
        ),
        ([], Outcome.UNDECIDED, Cause.SUITE, "lists no deployment"),
        (
            [node("SUCCESS", THIRD, 5), node("REMOVED")],
            Outcome.UNDECIDED,
            Cause.SUPERSEDED,
            "newer deployment, of c0ffee1",
        ),
        ([node("BUILDING", THIRD, 5), node("FAILED")], Outcome.UNDECIDED, Cause.SUPERSEDED, "newer deployment"),
        ([node("FAILED", THIRD, 5), node("FAILED")], Outcome.FAILED, Cause.RELEASE, "9f1c2ab at Railway is FAILED"),
        ([node("SUCCESS", OLD, 5), node("REMOVED")], Outcome.FAILED, Cause.RELEASE, "the release was taken back"),
        ([node("BUILDING", THIRD, 5), node("SUCCESS")], Outcome.PASSED, None, "a newer deployment is under way"),
    ],
)
def test_ended(nodes: list[dict[str, Any]], outcome: Outcome, cause: Cause | None, said: str) -> None:
    """The deployment of this commit decides, unless a newer one has taken its place."""
    found = judged(listing(*nodes))

    assert (found.outcome, found.cause) == (outcome, cause)
    assert said in found.message


def test_waits_while_it_is_under_way() -> None:
    """A deployment that is still being made is looked at again until it is live."""
    world = world_of({URL: in_turn(listing(node("SUCCESS", OLD)), listing(node("BUILDING")), listing(node("SUCCESS")))})
    found = concluded(the_check(), world)

    assert found.outcome is Outcome.PASSED
    assert world.now() - 1_800_000_000.0 == 10.0


@pytest.mark.parametrize(("budget_s", "waited"), [(120.0, 60.0), (20.0, 15.0)])
def test_still_moving_at_the_end(budget_s: float, waited: float) -> None:
    """As long as converging may take, and the budget lasts, and no longer: then it is undecided."""
    world = world_of({URL: listing(node("DEPLOYING"))}, budget_s=budget_s)
    found = concluded(the_check(), world)

    assert (found.outcome, found.cause, found.facts["standing"]) == (Outcome.UNDECIDED, Cause.RELEASE, "moving")
    assert world.now() - 1_800_000_000.0 == waited


def test_waits_for_one_that_is_not_there_yet() -> None:
    """A deployment that nobody has begun is awaited, but not as long as one that is under way."""
    world = world_of({URL: listing(node("SUCCESS", OLD))})

    assert concluded(the_check(), world).outcome is Outcome.UNDECIDED
    assert world.now() - 1_800_000_000.0 == 30.0


def test_does_not_wait_on_when_the_release_is_condemned() -> None:
    """Others have proved enough."""
    world = world_of({URL: listing(node("BUILDING"))}, condemned=lambda: True)

    assert concluded(the_check(), world).outcome is Outcome.UNDECIDED
    assert world.now() == 1_800_000_000.0


def test_a_failed_deployment_needs_no_rollback() -> None:
    """What was live before still is; one that crashed was live itself."""
    assert judged(listing(node("FAILED"))).facts["remedy"] == "no-op"
    assert "remedy" not in judged(listing(node("CRASHED"))).facts


def test_uploads_name_no_commit() -> None:
    """Without a commit the newest deployment counts, with a note; its failure is not known to be the release's."""
    live, failed = judged(listing(node("SUCCESS", None))), judged(listing(node("FAILED", None)))

    assert (live.outcome, live.facts["noted"]) == (
        Outcome.PASSED,
        "it names no commit, so that it may be another one's",
    )
    assert (failed.outcome, failed.cause) == (Outcome.UNDECIDED, Cause.RELEASE)


def test_image_names_the_commit() -> None:
    """An image's tag names the commit too; one of 40 digits that was never pushed is explained."""
    live = judged(listing(node("SUCCESS", None, image=f"ghcr.test/app:staging-{NEW[:7]}")))
    other = judged(listing(node("SUCCESS", None, image=f"ghcr.test/app:staging-{OLD}")))
    dead = judged(listing(node("FAILED", None, image=f"ghcr.test/app:staging-{NEW}")))

    assert (live.outcome, live.facts) == (Outcome.PASSED, {})
    assert (other.outcome, "newest is of 4e77d01" in other.message) == (Outcome.UNDECIDED, True)
    assert dead.outcome is Outcome.FAILED
    assert "pushes 7 (staging-9f1c2ab)" in dead.message


@pytest.mark.parametrize(
    ("tag", "tier", "outcome"),
    [
        ("v1.4.0-rc.1", "prod", Outcome.FAILED),
        ("v1.4.0-beta.2", "prod", Outcome.FAILED),
        ("v1.4.0-rc.1@sha256:0a1b2c", "prod", Outcome.FAILED),
        ("v1.4.0rc1", "prod", Outcome.FAILED),
        ("v1.4.0_beta", "prod", Outcome.FAILED),
        ("prod-v1.4.0-rc.1", "prod", Outcome.FAILED),
        ("v1.4-beta", "prod", Outcome.FAILED),
        ("1.4.0-57", "prod", Outcome.PASSED),
        ("v1.4.0", "prod", Outcome.PASSED),
        ("1.4.0-alpine3.20", "prod", Outcome.PASSED),
        (f"prod-{NEW}", "prod", Outcome.PASSED),
        ("v1.4.0-rc.1", "staging", Outcome.PASSED),
    ],
)
def test_a_pre_release_on_its_way_to_production(tag: str, tier: str, outcome: Outcome) -> None:
    """An image's tag tells a pre-release where the service tells its commit only."""
    environment = environment_of(tier=tier, platforms={"api": {"railway": RAILWAY}})
    (check,) = [one for one in checks(environment, RELEASE) if one.id == "deployment/api"]
    found = concluded(check, world_of({URL: listing(node("SUCCESS", image=f"ghcr.test:5000/acme/app:{tag}"))}))

    assert found.outcome is outcome
    assert ("a pre-release, which this environment forbids" in found.message) is (outcome is Outcome.FAILED)


def test_without_an_announced_commit() -> None:
    """On call the newest deployment counts."""
    assert judged(listing(node("SUCCESS", OLD)), Release()).outcome is Outcome.PASSED
    assert judged(listing(node("FAILED", OLD)), Release()).outcome is Outcome.UNDECIDED
    assert judged(listing(node("BUILDING", OLD)), Release()).facts["standing"] == "moving"


def test_what_runs_now_is_the_release() -> None:
    """Where the platform keeps no list, what is broken now is what was deployed."""
    broken = Deployment("shop", Phase.CRASHED, "web is exited (1)", current=True)
    other = Deployment("shop", Phase.CRASHED, "web is exited (1)", tag=f"app:prod-{OLD}", current=True)

    assert judge_deployments("Docker Compose", [broken], RELEASE).outcome is Outcome.FAILED
    assert judge_deployments("Docker Compose", [other], RELEASE).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        (failing(FailureKind.TIMEOUT), Cause.DEPENDENCY),
        (failing(FailureKind.TLS), Cause.DEPENDENCY),
        (failing(FailureKind.REFUSED), Cause.DEPENDENCY),
        (failing(FailureKind.NAME), Cause.RUNNER),
        (json_answer({"errors": [{"message": "Not Authorized"}]}), Cause.CREDENTIALS),
        (answer("", 401), Cause.CREDENTIALS),
        (answer("", 403), Cause.CREDENTIALS),
        (answer("not found", 404), Cause.SUITE),
        (answer("", 429, headers={"retry-after": "60"}), Cause.CREDENTIALS),
        (answer("oops", 500), Cause.DEPENDENCY),
        (html("<h1>Bad gateway</h1>", 502), Cause.DEPENDENCY),
        (html("<h1>Log in</h1>"), Cause.DEPENDENCY),
        (answer("", 302, headers={"location": "/login"}), Cause.SUITE),
        (answer(""), Cause.DEPENDENCY),
        (answer("{", content_type="application/json"), Cause.SUITE),
        (json_answer("SUCCESS"), Cause.SUITE),
        (json_answer({}), Cause.SUITE),
        (json_answer({"data": {}}), Cause.SUITE),
    ],
)
def test_a_platform_that_cannot_be_asked_decides_nothing(given: Exchange, cause: Cause) -> None:
    """Whatever it answers in place of its list, the release does not fail for it, and nothing is waited for."""
    world = world_of({URL: given}, secret=lambda _: "s3cret-token")
    found = concluded(the_check(), world)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, cause)
    assert "s3cret" not in str(found)
    assert world.now() == 1_800_000_000.0


def test_missing_token() -> None:
    """Without a token nothing is sent."""

    def missing(_reference: object) -> str:
        raise SecretMissing("set TOKEN")

    world = world_of({}, secret=missing)

    assert concluded(the_check(), world).cause is Cause.CREDENTIALS
    assert world.http.asked == []  # type: ignore[attr-defined]
