"""Judge what a platform tells of the deployment of a release; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smoke.checks._census import NO_OP, short
from smoke.dependencies.deployment import Deployment, Phase
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release, commit_in, is_pre_release, long_tag, normalise, same_commit
from smoke.verdict.words import Cause, Outcome

OTHERS = frozenset({Phase.LIVE, Phase.MOVING, Phase.WAITING})
"""Phases of a newer deployment by which it takes the place of the release's."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be judged: the release's own *deployment*, and the *newer* ones of other commits that replace it."""

    platform: str
    deployment: Deployment
    newer: tuple[Deployment, ...] = ()
    named: bool = True
    """Whether the deployment names the release's commit."""


def judge_deployments(
    platform: str, deployments: Sequence[Deployment], release: Release, *, pre_releases: bool = True
) -> Judgement:
    """Judge the list of a platform, the newest first; *pre_releases* tells whether an image's tag may be one."""
    if not deployments:
        return _undecided(f"{platform} lists no deployment; check its ids in the environment file", Cause.SUITE)
    case = case_of(platform, deployments, release)
    if case is None:
        return _not_begun(platform, deployments[0], release)
    if case.newer:
        overtaken = _overtaken(case, release)
        if overtaken is not None:
            return overtaken
    tag = early(case.deployment)
    if case.deployment.phase is Phase.LIVE and not pre_releases and tag:
        found = f"{tag} is live at {platform}, a pre-release, which this environment forbids"
        return _judged(Outcome.FAILED, found, {"signature": "pre-release"}, Cause.RELEASE)
    return _own(case, release)


def early(deployment: Deployment) -> str | None:
    """Return the tag of a deployment's image, with the image's name, if it is a pre-release."""
    tag = tag_of(deployment)
    return tag if is_pre_release(tag) else None


def tag_of(deployment: Deployment) -> str:
    """Return the tag of a deployment's image, with the image's name; nothing where only a digest tells which it is."""
    image, digest, _ = deployment.tag.rpartition("/")[2].partition("@")
    return "" if digest and ":" not in image else image


def shipped(deployments: Sequence[Deployment], release: Release) -> Deployment | None:
    """Return the deployment that brought a release which is served by now; None if the platform does not tell."""
    case = case_of("", deployments, release) if deployments else None
    if case is None or not (case.named or case.deployment.phase is Phase.LIVE):
        return None
    return case.deployment


def case_of(platform: str, deployments: Sequence[Deployment], release: Release) -> Case | None:
    """Return the release's deployment; without an announced commit, or where the newest names none, the newest."""
    newest = deployments[0]
    if release.commit is None:
        return Case(platform, newest, named=False)
    for place, one in enumerate(deployments):
        if _is_release(one, release.commit):
            newer = tuple(other for other in deployments[:place] if other.phase in OTHERS)
            return Case(platform, one, newer)
    # Where images carry a version or, if that came late, the commit, a version may be the release's own.
    return None if _names(newest) else Case(platform, newest, named=False)


def _is_release(one: Deployment, commit: str) -> bool:
    return same_commit(one.commit, commit) or same_commit(one.tag, commit)


def _names(one: Deployment) -> bool:
    return normalise(one.commit) is not None or commit_in(one.tag) is not None


def _not_begun(platform: str, newest: Deployment, release: Release) -> Judgement:
    found = f"{platform} has no deployment of {short(release.commit or '')}; the newest is of {_what(newest)}"
    return _undecided(found, Cause.RELEASE, unclear=True)


def _overtaken(case: Case, release: Release) -> Judgement | None:
    """Judge newer deployments of other commits: one that brings back the previous commit takes the release back."""
    newest = case.newer[0]
    found = f"{case.platform} has a newer deployment, of {_what(newest)}, which is {newest.word}"
    replaced = release.replaced
    taken_back = newest.phase is Phase.LIVE and replaced is not None and _is_release(newest, replaced)
    if taken_back:
        message = f"the release was taken back: {found}"
        return _judged(Outcome.FAILED, message, {"signature": "taken back", "remedy": NO_OP}, Cause.RELEASE)
    if newest.phase is Phase.LIVE or case.deployment.phase is not Phase.LIVE:
        return _undecided(found, Cause.SUPERSEDED)
    return None


def _own(case: Case, release: Release) -> Judgement:
    one = case.deployment
    found = f"the deployment of {_what(one)} at {case.platform} is {one.word}" + (f" ({one.why})" if one.why else "")
    if one.phase is Phase.LIVE:
        return _live(case, found, release)
    if one.phase in {Phase.FAILED, Phase.CRASHED}:
        return _broken(case, found, release)
    if one.phase is Phase.MOVING:
        return _undecided(f"{found}: still under way", Cause.RELEASE, {"standing": "moving"})
    if one.phase is Phase.WAITING:
        facts = {"standing": "waiting", "decider": "approve or promote the deployment, then verify again"}
        return _undecided(f"{found}: somebody has to let it go on", Cause.RELEASE, facts)
    if one.phase in {Phase.GONE, Phase.SKIPPED}:
        return _undecided(f"{found}: it does not serve", Cause.RELEASE)
    return _undecided(f"{found}, a state that is not known", Cause.SUITE)


def _live(case: Case, found: str, release: Release) -> Judgement:
    notes = [f"a newer deployment is under way: {_what(one)} is {one.word}" for one in case.newer[:1]]
    if release.commit and not case.named:
        notes.append("it names no commit, so that it may be another one's")
    facts = {"noted": "; ".join(notes)} if notes else {}
    return _judged(Outcome.PASSED, "; ".join([found, *notes]), facts)


def _broken(case: Case, found: str, release: Release) -> Judgement:
    one = case.deployment
    explained = long_tag(one.tag.rpartition(":")[2]) or long_tag(release.version)
    message = "; ".join([found, *([explained] if explained and one.phase is Phase.FAILED else [])])
    mine = case.named or (one.current and release.commit is not None)
    if not mine:
        return _undecided(f"{message}; whether it is the release's is not told", Cause.RELEASE)
    facts: dict[str, Any] = {"signature": f"deployment {one.phase.value}", "deployment": one.id}
    if one.phase is Phase.FAILED:
        facts["remedy"] = NO_OP  # what was live before still is
    return _judged(Outcome.FAILED, message, facts, Cause.RELEASE)


def _what(one: Deployment) -> str:
    commit = normalise(one.commit) or commit_in(one.tag)
    return short(commit) if commit else one.tag or f"deployment {one.id}"


def _judged(outcome: Outcome, found: str, facts: dict[str, Any], cause: Cause | None = None) -> Judgement:
    return Judgement(outcome, found, cause, expected="the release's deployment is live", found=found, facts=facts)


def _undecided(found: str, cause: Cause, facts: dict[str, Any] | None = None, *, unclear: bool = False) -> Judgement:
    expected = "the release's deployment is live"
    return Judgement(Outcome.UNDECIDED, found, cause, expected, found, facts or {}, unclear=unclear)
