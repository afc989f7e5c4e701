"""After the last check the release is still there, in the same processes."""

from typing import Any

from smoke.checks.confirm import ConfirmCheck, checks
from smoke.checks.restarts import checks as restarts_checks
from smoke.checks.version import checks as version_checks
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import NEW, OLD, THIRD, FakeHttp, answer, concluded, environment_of, json_answer, world_of

URL = "https://api.test/health"
RELEASE = Release(commit=NEW, previous=OLD)


def environment(uptime: bool = True) -> Environment:  # noqa: FBT002
    """Return an environment whose bff tells its commit, and its uptime."""
    service: dict[str, Any] = {
        "url": "https://api.test",
        "replicas": 3,
        "replica_header": "x-replica",
        "release": {"path": "/health", "commit": "commit"},
    }
    return environment_of(services={"bff": {**service, **({"uptime": {"path": "/health"}} if uptime else {})}})


def the_check(described: Environment, release: Release = RELEASE) -> ConfirmCheck:
    """Return the only confirmation."""
    (check,) = checks(described, release)
    return check


class Service:
    """Three replicas whose commit and starts can be changed between checks."""

    def __init__(self) -> None:
        self.commits = [NEW, NEW, NEW]
        self.starts = [-30.0, -30.0, -30.0]
        self.count = 0
        self.broken: Exchange | None = None
        self.http: FakeHttp | None = None

    def __call__(self, _: Request) -> Exchange:
        """Answer from the replica whose turn it is."""
        assert self.http is not None
        place = self.count % 3
        self.count += 1
        uptime = self.http.clock.elapsed_s - self.starts[place]
        return self.broken or json_answer(
            {"commit": self.commits[place], "uptime": uptime}, headers={"x-replica": "abc"[place]}
        )


def judged(change: Any, *, uptime: bool = True, before: bool = True, release: Release = RELEASE) -> Judgement:
    """Make the checks that come before, let *change* happen to the service, and conclude the confirmation."""
    described, service = environment(uptime), Service()
    world = world_of({URL: service}, described, release)
    service.http = world.http  # type: ignore[assignment]
    if before:
        for check in (*version_checks(described, release), *restarts_checks(described, release)):
            assert concluded(check, world).outcome is Outcome.PASSED
    service.http.clock.elapsed_s += 20  # type: ignore[union-attr]
    change(service)
    return concluded(the_check(described, release), world)


def test_identity() -> None:
    """The check belongs to the last stage; a service that does not tell its release has none."""
    check = the_check(environment())
    assert (check.id, check.stage) == ("confirm/bff", Stage.CONFIRM)
    assert check.reproduce() == "curl -sS -i https://api.test/health"
    assert not list(checks(environment_of(), RELEASE))


def test_nothing_changed_passes() -> None:
    """The same commit from the same processes."""
    judgement = judged(lambda _: None)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message == "12 of 12 answers come from 9f1c2ab"
    assert judgement.facts["census"]["commits"] == {NEW: 12}


def test_it_needs_nothing_that_was_seen_before() -> None:
    """The census stands on its own where the earlier checks were not made in this process."""
    assert judged(lambda _: None, before=False, uptime=False).outcome is Outcome.PASSED


def test_a_release_that_was_rolled_back_fails() -> None:
    """The previous commit is back on one replica."""

    def roll_back(service: Service) -> None:
        service.commits[1] = OLD

    judgement = judged(roll_back)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message.startswith("the release did not stay: the previous commit 4e77d01 served from replica b")


def test_a_newer_release_supersedes() -> None:
    """A third commit belongs to another deploy."""

    def deploy(service: Service) -> None:
        service.commits = [THIRD, THIRD, THIRD]

    judgement = judged(deploy)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUPERSEDED)


def test_nothing_announced_must_stay_what_it_was() -> None:
    """Without an announced commit it is compared with what was seen before."""

    def change(service: Service) -> None:
        service.commits = [OLD, OLD, OLD]

    assert judged(change, release=Release()).outcome is Outcome.FAILED
    assert judged(lambda _: None, release=Release()).outcome is Outcome.PASSED


def test_nothing_announced_must_stay_what_the_rollout_came_to() -> None:
    """A change between the end of the rollout and the first check is seen too."""
    described, service = environment(uptime=False), Service()
    world = world_of({URL: service}, described, Release())
    service.http = world.http  # type: ignore[assignment]
    world.memory.settled["bff"] = {"commits": {OLD: 12}}
    for check in version_checks(described, Release()):
        assert concluded(check, world).outcome is Outcome.PASSED
    judgement = concluded(the_check(described, Release()), world)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("the release did not stay: 9f1c2ab served")


def test_a_commit_seen_before_the_release_is_not_newer() -> None:
    """Where nobody announced the previous commit, the rollout has shown it: its return is a rollback, not a deploy."""
    for earlier, outcome in (([OLD], Outcome.FAILED), ([], Outcome.UNDECIDED)):
        service = Service()
        world = world_of({URL: service}, environment(uptime=False), Release(commit=NEW))
        service.http = world.http  # type: ignore[assignment]
        world.memory.settled["bff"] = {"commits": {NEW: 12}, "earlier": earlier}
        service.commits = [OLD, OLD, OLD]
        judgement = concluded(the_check(environment(uptime=False), Release(commit=NEW)), world)
        assert judgement.outcome is outcome
        assert judgement.facts.get("remedy") == ("no-op" if earlier else None)


def test_a_restart_since_fails() -> None:
    """The commit is the same, but one process is new."""

    def crash(service: Service) -> None:
        service.starts[2] = 15.0

    judgement = judged(crash)
    assert (judgement.outcome, judgement.message) == (Outcome.FAILED, "replica c restarted during the verification")


def test_an_outage_at_the_end_fails() -> None:
    """No answer any more is no confirmation."""

    def fall(service: Service) -> None:
        service.broken = answer("", 502)

    judgement = judged(fall)
    assert (judgement.outcome, judgement.message) == (Outcome.FAILED, "HTTP 502 in 24 of 24 samples")


def test_an_untold_commit_is_undecided() -> None:
    """Placeholders confirm nothing."""

    def forget(service: Service) -> None:
        service.commits = ["dev", "dev", "dev"]

    assert judged(forget).outcome is Outcome.UNDECIDED
