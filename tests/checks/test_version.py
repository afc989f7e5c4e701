"""The version is measured after the rollout: a full census has to be unanimous."""

from typing import Any

import pytest

from smoke.checks.version import VersionCheck, checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
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

URL = "https://api.test/version"
RELEASE = Release(commit=NEW, previous=OLD, version="1.4.0")


def environment(tier: str = "demo", replicas: int = 3) -> Environment:
    """Return an environment whose bff tells its commit and version."""
    probe = {"path": "/version", "commit": "commit", "version": "version"}
    service = {"url": "https://api.test", "replicas": replicas, "replica_header": "x-replica", "release": probe}
    return environment_of(services={"bff": service}, tier=tier)


def serves(commit: object, replica: str = "a", version: object = "1.4.0") -> Exchange:
    """Return the answer of a replica."""
    return json_answer({"commit": commit, "version": version}, headers={"x-replica": replica})


def judged(*answers: Answer, release: Release = RELEASE, tier: str = "demo") -> Judgement:
    """Conclude the check for a service that answers so, in turn."""
    described = environment(tier)
    return concluded(the_check(described, release), world_of({URL: in_turn(*answers)}, described, release))


def the_check(described: Environment, release: Release = RELEASE) -> VersionCheck:
    """Return the only version check."""
    (check,) = checks(described, release)
    return check


def test_identity() -> None:
    """The check is immediate, waits for the rollout, and can be repeated by hand."""
    check = the_check(environment())
    assert (check.id, check.stage, check.independent) == ("version/bff", Stage.IMMEDIATE, False)
    assert check.reproduce() == "curl -sS -i https://api.test/version"
    assert not list(checks(environment_of(), RELEASE))


def test_a_unanimous_census_passes() -> None:
    """Twelve answers, one commit, in whichever spelling."""
    judgement = judged(serves(NEW, "a"), serves(NEW[:8], "b"), serves(f"prod-{NEW}", "c"))
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message == "12 of 12 answers come from 9f1c2ab"
    assert judgement.facts["census"] == {"commits": {NEW: 12}, "replicas": {"a": 4, "b": 4, "c": 4}}
    assert "noted" not in judgement.facts


def test_an_old_replica_fails() -> None:
    """A replica that serves the previous commit is named."""
    judgement = judged(serves(NEW, "a"), serves(NEW, "b"), serves(OLD, "c"))
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message == "the previous commit 4e77d01 served from replica c (8 of 8); the others are fine"
    assert judgement.facts["signature"] == "other commit served"


def test_a_last_straggler_is_noted() -> None:
    """One old answer right after the rollout, and none in a census twice as large, passes with a note."""
    judgement = judged(serves(OLD), *[serves(NEW)] * 99)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == "1 of the first answers came from another commit"


def test_a_single_old_answer_in_the_last_census_fails() -> None:
    """A vote for another commit is no noise."""
    judgement = judged(*[serves(NEW)] * 11, serves(OLD))
    assert judgement.outcome is Outcome.FAILED


def test_a_newer_deploy_is_undecided() -> None:
    """A commit neither announced nor previous, after the rollout had settled, belongs to another deploy."""
    judgement = judged(serves(NEW), serves(THIRD))
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUPERSEDED)


def test_ambient_noise_is_no_vote() -> None:
    """A lost answer is neither for nor against."""
    assert judged(failing(FailureKind.RESET), *[serves(NEW)] * 99).outcome is Outcome.PASSED


def test_a_replica_that_does_not_answer_fails() -> None:
    """A third of the answers missing is a fault, also here."""
    judgement = judged(serves(NEW), serves(NEW), answer("", 502))
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message == "HTTP 502 in 8 of 24 samples"


def test_too_rare_for_certainty_is_undecided() -> None:
    """What stays between noise and fault is not decided."""
    assert judged(answer("", 502), *[serves(NEW)] * 7).outcome is Outcome.UNDECIDED


WORD = answer("ok")


@pytest.mark.parametrize(
    "made", [*map(serves, ["${GIT_SHA}", "dev", None, [], {"sha": NEW}]), WORD, json_answer("ok"), html("OK")]
)
def test_an_untold_commit_is_undecided(made: Exchange) -> None:
    """Placeholders verify nothing, and a health that is but a word names no commit."""
    judgement = judged(made)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert judgement.facts["untold"]


def page_check(path_answer: Answer, release: Release = RELEASE, **probe: Any) -> Judgement:
    """Conclude the check for pages that may leave their commit out."""
    service = {"url": "https://api.test", "release": {"path": "/", "meta": "commit", "optional": True, **probe}}
    described = environment_of(services={"web": service}, tier="prod")
    return concluded(the_check(described, release), world_of({"https://api.test/": path_answer}, described, release))


NAMELESS = html("<title>Shop</title>")


def named(commit: str) -> Exchange:
    """Return a page that tells its commit."""
    return html(f'<meta name="commit" content="{commit}">')


def test_what_may_be_left_out_is_not_compared() -> None:
    """Nothing is told, so nothing is verified and nobody condemned; the verdict says so."""
    judgement = page_check(NAMELESS)
    assert (judgement.outcome, judgement.cause, judgement.facts["waived"]) == (Outcome.SKIPPED, None, "untold")
    assert "its release was not compared" in judgement.message
    assert judgement.facts["untold"]  # which a baseline may disprove


@pytest.mark.parametrize("answer_", [named(OLD), answer("", 502), failing(), html("<title>404</title>", 404)])
def test_what_may_be_left_out_is_held_against_it_where_it_is_told(answer_: Exchange) -> None:
    """Another commit, or no answer at all, is as wrong as anywhere."""
    assert page_check(answer_).outcome is Outcome.FAILED


def test_what_may_be_left_out_counts_where_it_is_told() -> None:
    """A page that tells the release passes."""
    assert page_check(named(NEW)).outcome is Outcome.PASSED


def test_a_commit_untold_by_one_replica_fails() -> None:
    """Replicas of one release tell the same."""
    assert judged(serves(NEW, "a"), serves(NEW, "b"), serves("dev", "c")).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("made", "signature"),
    [
        (html("<p>hi"), "HTML instead of JSON"),
        (answer("Hello from nginx"), "invalid JSON"),
        (answer("ok", 503), "HTTP 503"),
        (failing(), "connection refused"),
    ],
)
def test_other_content_fails(made: Exchange, signature: str) -> None:
    """What is no answer to the question is a fault."""
    judgement = judged(made)
    assert (judgement.outcome, judgement.facts["signature"]) == (Outcome.FAILED, signature)


@pytest.mark.parametrize("told", [NEW, NEW[:8], f"prod-{NEW}\n"])
def test_a_commit_that_stands_alone(told: str) -> None:
    """Who answers with nothing but the commit has answered the question."""
    assert judged(answer(told)).outcome is Outcome.PASSED


def test_nothing_announced_needs_agreement() -> None:
    """Without an announced commit the replicas must agree with each other."""
    assert judged(serves(OLD), release=Release()).outcome is Outcome.PASSED
    assert judged(serves(OLD), serves(NEW), release=Release()).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("version", "tier", "noted"),
    [
        ("1.4.0", "prod", None),
        ("v1.4.0", "prod", None),
        ("1.3.9", "prod", "the version calls itself 1.3.9, announced was 1.4.0"),
        (None, "prod", "the version is not told, announced was 1.4.0"),
        ("1.4.0-rc.1", "demo", "the version calls itself 1.4.0-rc.1, announced was 1.4.0"),
    ],
)
def test_the_version_text_is_noted_only(version: Any, tier: str, noted: str | None) -> None:
    """The commit decides; a version that differs is a note."""
    judgement = judged(serves(NEW, version=version), tier=tier)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts.get("noted") == noted


@pytest.mark.parametrize(
    ("version", "announced", "noted"),
    [
        (f"prod-{NEW}", "v1.4.0", None),
        (f"prod-{NEW[:7]}", f"prod-{NEW}", None),
        ("v1.4.0", f"prod-{NEW}", None),
        ("v1.4.0", f"prod-{OLD}", f"the version calls itself v1.4.0, announced was prod-{OLD}"),
        (f"prod-{OLD}", "v1.4.0", f"the version calls itself prod-{OLD}, announced was v1.4.0"),
        ("0.0.0", "v1.4.0", "the version is not told, announced was v1.4.0"),
        ("${APP_VERSION}", "v1.4.0", "the version is not told, announced was v1.4.0"),
    ],
)
def test_a_tag_of_the_commit_is_as_good_as_a_version(version: str, announced: str, noted: str | None) -> None:
    """An image carries its version, or its commit where the tag came late: both are right."""
    judgement = judged(serves(NEW, version=version), release=Release(commit=NEW, version=announced), tier="prod")
    assert (judgement.outcome, judgement.facts.get("noted")) == (Outcome.PASSED, noted)


@pytest.mark.parametrize(
    ("told", "announced", "tier", "outcome"),
    [
        ("2.0.0-rc.1", None, "prod", Outcome.FAILED),
        ("2.0.0rc1", None, "prod", Outcome.FAILED),
        ("1.4.0", "v1.4.0-beta.2", "prod", Outcome.FAILED),
        (None, "v1.4.0-beta.2", "prod", Outcome.FAILED),
        ("2.0.0-rc.1", None, "staging", Outcome.PASSED),
        ("1.4.0-9f1c2ab", None, "prod", Outcome.PASSED),
        ("1.4.0+build.7", None, "prod", Outcome.PASSED),
        ("1.4.0-57", None, "prod", Outcome.PASSED),
        ("1.4.0-hotfix.1", "1.4.0-hotfix.1", "prod", Outcome.PASSED),
        ("api:v1.4.0-alpine", None, "prod", Outcome.PASSED),
    ],
)
def test_a_pre_release_is_blocked_in_production(told: Any, announced: str | None, tier: str, outcome: Outcome) -> None:
    """A release candidate belongs elsewhere, whether the build or the manifest admits to be one."""
    judgement = judged(serves(NEW, version=told), release=Release(commit=NEW, version=announced), tier=tier)
    assert judgement.outcome is outcome
    if outcome is Outcome.FAILED:
        assert judgement.cause is Cause.RELEASE
        assert "is a pre-release, which this environment forbids" in judgement.message


@pytest.mark.parametrize(("announced", "unchanging"), [(None, True), ("1.4.0", True), ("0.1.0-beta", False)])
def test_a_pre_release_by_the_builds_word_may_be_old(announced: str | None, unchanging: bool) -> None:
    """The same text before the deploy may excuse it, unless the manifest announces a pre-release too."""
    facts = judged(serves(NEW, version="0.1.0-beta"), release=Release(commit=NEW, version=announced), tier="prod").facts
    assert (facts["signature"], facts["unchanging"]) == ("0.1.0-beta is a pre-release", unchanging)


@pytest.mark.parametrize(("policy", "noted"), [("allow", False), ("note", True)])
def test_a_pre_release_may_be_allowed(policy: str, noted: bool) -> None:
    """The environment file may let pre-releases pass, with or without a note."""
    described = environment("prod").model_copy(update={"pre_releases": policy})
    release = Release(commit=NEW)
    world = world_of({URL: serves(NEW, version="2.0.0-rc.1")}, described, release)
    judgement = concluded(the_check(described, release), world)
    assert judgement.outcome is Outcome.PASSED
    assert ("noted" in judgement.facts) is noted


@pytest.mark.parametrize("told", ["1.4.0", "v1.4.0", NEW[:6]])
def test_what_cannot_be_compared_with_the_commit_is_undecided(told: str) -> None:
    """A version in the commit's place, or too few digits of it, is neither the release nor another one."""
    judgement = judged(serves(told))
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)


@pytest.mark.parametrize("told", [f"feature-x-{NEW[:7]}", f"release-1.4-{NEW}", f"v1.4.0-3-g{NEW[:9]}"])
def test_any_branch_may_stand_before_the_commit(told: str) -> None:
    """Tags are named after branches of any name."""
    assert judged(serves(told)).outcome is Outcome.PASSED


def test_the_census_is_remembered_for_the_confirmation() -> None:
    """Later checks of the run can compare with it."""
    described = environment()
    world = world_of({URL: serves(NEW)}, described, RELEASE)
    concluded(the_check(described), world)
    assert {one.commit for one in world.memory.census["bff"]} == {NEW}
