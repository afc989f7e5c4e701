"""A pre-release that reached production is seen by its image's tag; where none is told, a version has to be."""

from dataclasses import replace
from typing import Any

import pytest

from smoke.checks._census import Vote
from smoke.checks._memory import Memory
from smoke.checks.pre_releases import PreReleaseCheck, checks
from smoke.errors import SecretMissing
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import (
    NEW,
    OLD,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    json_answer,
    world_of,
)

COOLIFY = {"url": "https://coolify.test", "application": "abc", "token": {"env": "TOKEN"}}
API = "https://coolify.test/api/v1"
LIST, APPLICATION = f"{API}/deployments/applications/abc", f"{API}/applications/abc"
RELEASE = Release(commit=NEW, previous=OLD)
VERSION = "https://api.test/version"
SERVICES = {"bff": {"url": "https://api.test", "release": {"path": "/version", "commit": "sha", "version": "version"}}}


def row(tag: str | None, commit: str = NEW, status: str = "finished", at: int = 1) -> dict[str, Any]:
    """Return a deployment as Coolify lists it, made *at* minutes after ten."""
    told = {"deployment_uuid": f"d{at}", "status": status, "commit": commit, "docker_registry_image_tag": tag}
    return {**told, "created_at": f"2026-11-20T10:{at:02}:00Z", "updated_at": f"2026-11-20T10:{at:02}:30Z"}


def listing(*rows: dict[str, Any]) -> Exchange:
    """Return Coolify's list."""
    return json_answer({"count": len(rows), "deployments": list(rows)})


def made(tier: str = "prod", **keys: Any) -> list[PreReleaseCheck]:
    """Return the checks of an environment with one platform that is only reported."""
    platform = {"service": "bff", "gating": False, **(keys or {"coolify": COOLIFY})}
    found = checks(environment_of(tier=tier, platforms={"api": platform}), RELEASE)
    return [one for one in found if isinstance(one, PreReleaseCheck)]


def judged(listed: Exchange, application: Exchange | None = None, release: Release = RELEASE, **more: Any) -> Judgement:
    """Make the check against a Coolify that answers so."""
    environment = environment_of(tier="prod", platforms={"api": {"coolify": COOLIFY, "gating": False}})
    (check,) = checks(environment, release)
    running = application or json_answer({"status": "running:healthy", "docker_registry_image_tag": None})
    return concluded(check, world_of({LIST: listed, APPLICATION: running}, release=release, **more))


def test_identity() -> None:
    """It counts although the platform's own word does not, and is made once the release is served."""
    (check,) = made()
    assert (check.id, check.service, check.gating) == ("pre-release/api", "bff", True)
    assert (check.stage, check.independent) == (Stage.IMMEDIATE, False)


def test_where_it_is_made() -> None:
    """Only where pre-releases are forbidden, the platform tells tags, and its own check does not judge them."""
    railway = {"project_id": "p", "environment_id": "e", "service_id": "s", "token": {"env": "TOKEN"}}
    assert not made("staging")
    assert not made(railway=railway)
    assert not made(gating=True, coolify=COOLIFY)


@pytest.mark.parametrize(
    "tag", ["v1.4.0-rc.1", "v1.4.0-beta", "1.4.0-beta.2", "ghcr.test:5000/almafrica/api:v1.4.0-rc1"]
)
@pytest.mark.parametrize("commit", [NEW, "HEAD"])
def test_a_pre_release(tag: str, commit: str) -> None:
    """It is the release's fault, also where the entry names no commit, beside older ones that do."""
    found = judged(listing(row(tag, commit, at=5), row(f"prod-{OLD}", OLD)))
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message.endswith("was deployed by Coolify, a pre-release, which this environment forbids")


@pytest.mark.parametrize("tag", ["v1.4.0", f"prod-{NEW}", f"prod-{NEW[:7]}", "1.4.0-alpine3.20", "latest"])
def test_no_pre_release(tag: str) -> None:
    """A version, a commit, a base image: none is a pre-release."""
    found = judged(listing(row(tag)))
    assert found.outcome is Outcome.PASSED
    assert found.message == f"{tag}, deployed by Coolify, is no pre-release"


def test_the_tag_that_the_application_has() -> None:
    """Where the newest deployment tells no tag, the application may."""
    told = json_answer({"status": "running:healthy", "docker_registry_image_tag": "v1.4.0-rc.1"})
    assert judged(listing(row(None)), told).outcome is Outcome.FAILED
    assert judged(listing(row("v1.4.0")), told).outcome is Outcome.PASSED


def test_another_deployments_tag() -> None:
    """A pre-release that was live before, or whose deployment failed, is not this release's."""
    assert judged(listing(row("v1.4.0", at=5), row("v1.4.0-rc.1", OLD))).outcome is Outcome.PASSED
    assert judged(listing(row("v1.5.0-rc.1", OLD, "failed", 9), row("v1.4.0"))).outcome is Outcome.PASSED
    assert judged(listing(row("v1.4.0-rc.1", OLD))).outcome is Outcome.UNDECIDED


def test_on_call_the_newest_counts() -> None:
    """Without an announced commit what is live is judged; one that failed is not live."""
    assert judged(listing(row("v1.4.0-rc.1")), release=Release()).outcome is Outcome.FAILED
    assert judged(listing(row("v1.4.0-rc.1", status="failed")), release=Release()).outcome is Outcome.UNDECIDED


SILENT = pytest.mark.parametrize(
    "listed",
    [
        listing(),
        listing(row(None)),
        listing(row("app@sha256:0a1b2c")),
        json_answer({}),
        json_answer("finished"),
        json_answer({"deployments": ["v1.4.0-rc.1"]}),
        answer("{", content_type="application/json"),
        answer(""),
        html("<h1>Log in</h1>"),
        answer("", 302, headers={"location": "/login"}),
        answer("", 401),
        answer("", 403),
        answer("", 404),
        answer("", 429, headers={"retry-after": "60"}),
        answer("oops", 500),
        answer("", 503),
        failing(FailureKind.TIMEOUT),
        failing(FailureKind.TLS),
        failing(FailureKind.NAME),
    ],
)


@SILENT
def test_a_platform_that_tells_no_tag_fails_nothing_and_verifies_nothing(listed: Exchange) -> None:
    """Without a version too, nobody says that it is no pre-release."""
    found = judged(listed, secret=lambda _: "s3cret-token")
    assert found.outcome is Outcome.UNDECIDED
    assert found.cause in {Cause.SUITE, Cause.DEPENDENCY, Cause.CREDENTIALS, Cause.RUNNER}
    assert "neither the service nor the manifest tells a version" in found.message
    assert "s3cret" not in str(found)


@SILENT
def test_then_the_announced_version_counts(listed: Exchange) -> None:
    """The manifest's word is taken, and the verdict says so."""
    found = judged(listed, release=replace(RELEASE, version="v1.4.0"))
    assert (found.outcome, found.facts["waived"]) == (Outcome.SKIPPED, "no tag")
    assert "the manifest announced v1.4.0, which is no pre-release" in found.message


@pytest.mark.parametrize(
    ("listed", "cause"),
    [
        (answer("", 404), Cause.SUITE),
        (answer("", 401), Cause.CREDENTIALS),
        (answer("", 503), Cause.DEPENDENCY),
        (listing(row(None)), Cause.SUITE),
    ],
)
def test_whose_fault_it_is_that_nobody_tells(listed: Exchange, cause: Cause) -> None:
    """The obstacle says what has to be put right; it is never the release."""
    assert judged(listed).cause is cause


def by_service(told: object, release: Release = RELEASE, taken: tuple[Vote, ...] = ()) -> Judgement:
    """Make the check against a Coolify that is unknown there, and a service whose build tells *told*."""
    platforms = {"api": {"service": "bff", "coolify": COOLIFY, "gating": False}}
    environment = environment_of(tier="prod", services=SERVICES, platforms=platforms)
    (check,) = checks(environment, release)
    version = json_answer({"sha": NEW, "version": told})
    memory = Memory(census={"bff": taken} if taken else {})
    return concluded(check, world_of({LIST: answer("", 404), VERSION: version}, release=release, memory=memory))


@pytest.mark.parametrize("told", ["1.4.0", "v1.4.0-alpine", f"prod-{NEW}"])
def test_then_the_services_version_counts(told: str) -> None:
    """The service's word is taken, out of the census or by a question of its own."""
    for found in (by_service(told), by_service(None, taken=(Vote(NEW, version=told),))):
        assert found.outcome is Outcome.SKIPPED
        assert f"the service calls itself {told}, which is no pre-release" in found.message


@pytest.mark.parametrize("told", [None, "", "latest", "0.0.0", NEW, {"a": 1}, "1.4.0-rc.1"])
def test_a_version_that_excuses_nothing(told: object) -> None:
    """A placeholder or a bare commit tells no version, and a pre-release is judged by the version's own check."""
    assert by_service(told).outcome is Outcome.UNDECIDED
    assert by_service("1.4.0", replace(RELEASE, version="1.4.0-rc.1")).outcome is Outcome.UNDECIDED


def test_replicas_of_several_versions() -> None:
    """One that tells a pre-release takes the others' word away."""
    votes = (Vote(NEW, version="1.4.0"), Vote(NEW, version="1.4.0-rc.1"))
    assert "only 1.4.0-rc.1 is told" in by_service(None, taken=votes).message


def test_missing_token() -> None:
    """Without a token nothing is sent, and that is said."""

    def missing(_reference: object) -> str:
        raise SecretMissing("set TOKEN")

    found = judged(listing(row("v1.4.0-rc.1")), secret=missing)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    assert "set TOKEN" in found.message
