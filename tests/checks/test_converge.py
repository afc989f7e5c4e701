"""The rollout is awaited; one that moves is told from one that is stuck."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from smoke.checks._census import Vote, electorates
from smoke.checks._converge_words import judge_rollout
from smoke.checks._movement import Look
from smoke.checks._progress import Rollout
from smoke.checks.converge import ConvergeCheck, checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import (
    NEW,
    OLD,
    THIRD,
    Answer,
    FakeHttp,
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
RELEASE = Release(commit=NEW, previous=OLD)
CONVERGE = {"within_s": 12, "stuck_after_s": 6, "every_s": 0.3}


def environment(replicas: int = 3, named: bool = True, probe: Any = None, **keys: Any) -> Environment:  # noqa: FBT002
    """Return an environment whose bff tells its commit."""
    service = {
        "url": "https://api.test",
        "replicas": replicas,
        "release": probe or {"path": "/version", "commit": "commit"},
        **({"replica_header": "x-replica"} if named else {}),
    }
    return environment_of(services={"bff": service}, **{"converge": CONVERGE, **keys})


def serves(commit: object, replica: str | None = None, **headers: str) -> Exchange:
    """Return the answer of a replica that serves *commit*."""
    return json_answer({"commit": commit}, headers={**({"x-replica": replica} if replica else {}), **headers})


Timeline = Callable[[float], Sequence[Answer]]
"""The answers, in turn, at so many seconds after the first question."""


class Watched:
    """A check concluded against a rollout that follows a timeline."""

    def __init__(
        self,
        timeline: Timeline,
        described: Environment,
        release: Release,
        budget_s: float,
        before: Before | None = None,
    ) -> None:
        self.world = world_of({URL: self._answer}, described, release, budget_s, before=lambda _check: before)
        self.http: FakeHttp = self.world.http  # type: ignore[assignment]
        self.timeline = timeline
        self.count = 0
        (check,) = checks(described, release)
        self.check: ConvergeCheck = check
        self.judgement: Judgement = concluded(check, self.world)

    def _answer(self, request: Request) -> Exchange:
        self.count += 1
        answers = self.timeline(self.http.clock.elapsed_s)
        chosen = answers[self.count % len(answers)]
        return chosen if isinstance(chosen, Exchange) else chosen(request)

    @property
    def seconds(self) -> float:
        """How long the check took."""
        return self.http.clock.elapsed_s


def watch(
    timeline: Timeline | Sequence[Answer],
    described: Environment | None = None,
    release: Release = RELEASE,
    budget_s: float = 60.0,
    before: Before | None = None,
) -> Watched:
    """Conclude the check against a timeline, or against the same answers for ever."""
    constant = timeline if callable(timeline) else lambda _: timeline
    return Watched(constant, described or environment(), release, budget_s, before)


def rolling(*switches: float) -> Timeline:
    """Return a timeline in which replica a, b, c … come to serve the new commit at these seconds."""
    return lambda now: [serves(NEW if now >= at else OLD, "abcdef"[place]) for place, at in enumerate(switches)]


NEVER = 1e9
ALL_NEW = [serves(NEW, "a"), serves(NEW, "b"), serves(NEW, "c")]
ALL_OLD = [serves(OLD, "a"), serves(OLD, "b"), serves(OLD, "c")]


def test_identity() -> None:
    """The check belongs to the converge stage, says something on its own, and can be repeated by hand."""
    watched = watch(ALL_NEW)
    assert (watched.check.id, watched.check.stage, watched.check.independent) == ("converge/bff", Stage.CONVERGE, True)
    assert watched.check.reproduce() == "curl -sS -i https://api.test/version"


def test_a_service_that_does_not_tell_has_no_check() -> None:
    """Without a release probe there is nothing to await."""
    assert not list(checks(environment_of(), RELEASE))


def test_a_settled_release_passes_after_one_look() -> None:
    """A full census that agrees is enough; the names of the commit may be short or prefixed."""
    watched = watch([serves(NEW[:7], "a"), serves(f"v{NEW}", "b"), serves(f"sha-{NEW}", "c")])
    assert watched.judgement.outcome is Outcome.PASSED
    assert watched.judgement.message == "3 of 3 replicas serve 9f1c2ab"
    assert watched.judgement.facts["census"] == {"commits": {NEW: 12}, "replicas": {"a": 4, "b": 4, "c": 4}}
    assert watched.seconds == 0


@pytest.mark.parametrize("replicas", [1, 3])
def test_unnamed_replicas_are_covered_by_the_number_of_samples(replicas: int) -> None:
    """A census is as large as the arithmetic asks; one replica is asked seven times, as two builds may overlap."""
    watched = watch([serves(NEW)], environment(replicas, named=False))
    assert watched.judgement.outcome is Outcome.PASSED
    assert len(watched.http.asked) == {1: 7, 3: 12}[replicas]


def test_a_rolling_update_is_awaited() -> None:
    """Replicas that switch one after the other, with a burst of 502 in between, end as passed."""

    def timeline(now: float) -> Sequence[Answer]:
        return [answer("", 502), *rolling(1, 2, 3)(now)] if 1 < now < 3 else rolling(1, 2, 3)(now)

    watched = watch(timeline)
    assert watched.judgement.outcome is Outcome.PASSED
    assert watched.judgement.message.startswith("3 of 3 replicas serve 9f1c2ab after 3.")


def test_an_outage_that_ends_in_time_passes() -> None:
    """All replicas restart at once: refused for five seconds, then new."""
    watched = watch(lambda now: [failing()] if now < 5 else ALL_NEW)
    assert watched.judgement.outcome is Outcome.PASSED


@pytest.mark.parametrize(("commit", "who"), [(OLD, "the previous commit 4e77d01"), (THIRD, "c0ffee1")])
def test_a_rollout_that_never_begins_fails_when_the_time_is_up(commit: str, who: str) -> None:
    """The old commit everywhere waits the whole time, since the rollout may just not have begun."""
    watched = watch([serves(commit, name) for name in "abc"])
    assert (watched.judgement.outcome, watched.judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert watched.judgement.message == f"every replica serves {who} (waited 12 s)"
    assert 12 <= watched.seconds < 13


def test_a_late_rollout_passes() -> None:
    """A rollout that begins after what would count as stuck still has its time."""
    assert watch(rolling(9, 9.5, 10)).judgement.outcome is Outcome.PASSED


@pytest.mark.parametrize("named", [True, False])
def test_one_replica_that_stays_behind_fails_early(named: bool) -> None:
    """A mixture that stands still is stuck before the time is up, and the replica is named if it can be."""
    answers = (
        [serves(NEW, "a"), serves(NEW, "b"), serves(OLD, "c")] if named else [serves(NEW), serves(NEW), serves(OLD)]
    )
    watched = watch(answers, environment(named=named))
    assert watched.judgement.outcome is Outcome.FAILED
    expected = "replica c serves" if named else "4 of 12 answers come from"
    assert watched.judgement.message == f"{expected} the previous commit 4e77d01 (waited 6 s)"
    assert watched.seconds < 8


def test_a_tag_that_was_never_pushed_is_explained() -> None:
    """Where the old release stays and the announced tag has 40 digits, the message tells what a deploy of it does."""
    watched = watch([serves(OLD)], release=Release(commit=NEW, previous=OLD, version=f"staging-{NEW}"))
    assert watched.judgement.outcome is Outcome.FAILED
    assert "such a deploy finds no image" in watched.judgement.message


def test_a_rollout_that_stops_half_way_fails() -> None:
    """Two replicas switched, the third never does: stuck so long after the last step."""
    watched = watch(rolling(0.5, 1.5, NEVER))
    assert watched.judgement.outcome is Outcome.FAILED
    assert 7 < watched.seconds < 9


def test_a_rollout_still_moving_at_the_end_is_undecided() -> None:
    """The share still rises when the time is up: too early to judge."""
    watched = watch(rolling(4, 8, 14))
    assert (watched.judgement.outcome, watched.judgement.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert watched.judgement.message.startswith("the rollout is still in progress after 12 s: replica c serves")


def test_slow_but_steady_is_not_stuck() -> None:
    """Whoever takes five seconds a step gets more than six for the next."""
    described = environment(converge={**CONVERGE, "within_s": 30})
    assert watch(rolling(1, 6, 13), described).judgement.outcome is Outcome.PASSED


def test_a_total_outage_fails_when_it_stands_still() -> None:
    """No replica answers properly, and nothing changes."""
    watched = watch([answer("no healthy upstream", 503)])
    assert watched.judgement.outcome is Outcome.FAILED
    assert watched.judgement.message == "no commit in any answer: HTTP 503 (waited 6 s)"
    assert watched.judgement.facts["signature"] == "HTTP 503"


def test_a_health_in_the_commits_place_tells_what_is_down() -> None:
    """Where the commit stands in the health, a 503 says which part is to blame; any other path is no health."""
    sick = {"status": "error", "commit": NEW, "details": {"redis": {"status": "down"}, "database": {"status": "up"}}}

    def told(path: str) -> str:
        service = {
            "url": "https://api.test",
            "release": {"path": "/version", "commit": "commit"},
            "health": {"path": path, "components": "details"},
        }
        described = environment_of(services={"bff": service}, converge=CONVERGE)
        return Watched(lambda _: [json_answer(sick, 503)], described, RELEASE, 60).judgement.message

    assert told("/version") == "no commit in any answer: redis is unhealthy (HTTP 503) (waited 6 s)"
    assert told("/health") == "no commit in any answer: HTTP 503 (waited 6 s)"


def test_a_crash_loop_does_not_pass_for_movement() -> None:
    """What flaps between states that were seen before does not move."""
    watched = watch(lambda now: ALL_OLD if int(now) % 3 == 0 else [answer("", 502)])
    assert watched.judgement.outcome is Outcome.FAILED
    assert watched.seconds < 12.5


def test_an_outage_of_one_replica_is_not_settled() -> None:
    """A replica that answers nothing is no vote for the release, however often the others speak."""
    watched = watch([serves(NEW, "a"), serves(NEW, "b"), answer("", 502)])
    assert watched.judgement.outcome is Outcome.FAILED
    assert watched.judgement.message == "4 of 12 samples: HTTP 502 (waited 6 s)"


def test_ambient_noise_does_not_block_converging() -> None:
    """A single lost answer costs another look, no more."""
    lost = iter([failing(FailureKind.RESET)])
    watched = watch(lambda _: [next(lost, serves(NEW, "a")), serves(NEW, "b"), serves(NEW, "c")])
    assert watched.judgement.outcome is Outcome.PASSED
    assert watched.seconds < 1


def test_missing_replicas_are_awaited_and_then_noted() -> None:
    """Only two of three replicas are ever met: said, after a wait."""
    watched = watch([serves(NEW, "a"), serves(NEW, "b")])
    assert watched.judgement.outcome is Outcome.PASSED
    assert watched.judgement.facts["noted"] == "only 2 of 3 replicas were met"
    said = watched.judgement.message
    assert said.startswith("every answer comes from 9f1c2ab")
    assert said.endswith("only 2 of 3 replicas were met")
    assert watched.seconds > 5.9


def test_whoever_was_met_on_the_way_is_in_the_census() -> None:
    """A replica that the newest look happens to miss was met all the same, and is shown."""
    watched = watch(lambda now: [serves(NEW, "a"), serves(NEW, "b")] if now < 1 else [serves(NEW, "c")])
    assert watched.judgement.message.startswith("3 of 3 replicas serve 9f1c2ab")
    assert set(watched.judgement.facts["census"]["replicas"]) == {"a", "b", "c"}


def test_more_replicas_than_declared_are_no_fault() -> None:
    """Who has scaled up is counted as it is."""
    watched = watch([serves(NEW, name) for name in "abcd"])
    assert watched.judgement.message == "4 of 4 replicas serve 9f1c2ab"


def test_a_redirect_in_the_answers_place_is_said() -> None:
    """Replicas that all answer, only not the question, are not said to be silent."""
    watched = watch([answer("", 302, headers={"location": "/"})])
    assert watched.judgement.message == "no commit in any answer: HTTP 302 to / (waited 6 s)"


def test_errors_are_said_although_the_newest_look_was_spotless() -> None:
    """Whatever the last look happened to see, the sentence says what kept the release from settling."""
    good = [Vote(NEW, name) for name in "abc"] * 4
    bad = [*good[:9], *[Vote(None, "b", "HTTP 500", answered=False)] * 3]
    looks = [Look(0.3 * number, tuple(good if number % 2 else bad)) for number in range(42)]
    rollout = Rollout(NEW, OLD, size=12, share=1 / 3, replicas=3, stuck_after_s=6, limit_s=12)

    found = judge_rollout({"looks": looks, "rollout": rollout, "transport": {}})

    assert found.outcome is Outcome.FAILED
    assert found.message == "replica b serves 9f1c2ab and no commit (HTTP 500) (waited 12 s)"


def test_a_rollback_by_the_platform_fails() -> None:
    """The new commit appears and goes away again."""
    watched = watch(lambda now: rolling(1, 2, NEVER)(now) if now < 4 else ALL_OLD)
    assert watched.judgement.outcome is Outcome.FAILED
    assert watched.judgement.message.startswith(
        "the release was withdrawn: every replica serves the previous commit 4e77d01 again after 8 s"
    )
    assert watched.judgement.facts["remedy"] == "no-op"
    assert watched.seconds < 12


def test_a_rollback_at_the_very_end_is_no_movement() -> None:
    """What goes back when the time is up does not go on, whether or not the commit before was announced."""
    for release in (RELEASE, Release(commit=NEW)):
        judgement = watch(lambda now: rolling(1, 10, NEVER)(now) if now < 10.5 else ALL_OLD, release=release).judgement
        assert judgement.outcome is Outcome.FAILED
        assert judgement.facts["earlier"] == [OLD]


@pytest.mark.parametrize("commit", [OLD, None])
def test_a_rollback_that_does_not_take(commit: str | None) -> None:
    """The condemned commit is never what is awaited, whether or not the one that is to come back has a name."""
    watched = watch([serves(NEW, name) for name in "abc"], release=Release(commit=commit, condemned=NEW))
    assert watched.judgement.outcome is Outcome.FAILED
    assert watched.judgement.message.startswith("every replica serves the condemned commit 9f1c2ab (waited")
    assert watched.judgement.facts["remedy"] == "no-op"


@pytest.mark.parametrize(
    ("services", "outcome"), [((), Outcome.FAILED), (("bff",), Outcome.FAILED), (("web",), Outcome.PASSED)]
)
def test_a_release_of_other_services(services: tuple[str, ...], outcome: Outcome) -> None:
    """Of a service that the release does not replace any commit will do, so long as its replicas agree."""
    watched = watch(ALL_OLD, release=Release(commit=NEW, services=services))
    assert watched.judgement.outcome is outcome


def test_one_replica_of_three_that_came_leaves_something_to_undo() -> None:
    """A rollout that stopped half way is stuck, not withdrawn."""
    judgement = watch(rolling(1, NEVER, NEVER)).judgement
    assert judgement.outcome is Outcome.FAILED
    assert "remedy" not in judgement.facts


def test_nothing_deployed_leaves_nothing_to_undo() -> None:
    """The previous commit everywhere needs no rollback; an unknown one does."""
    assert watch(ALL_OLD).judgement.facts["remedy"] == "no-op"
    assert "remedy" not in watch([serves(THIRD, name) for name in "abc"]).judgement.facts


@pytest.mark.parametrize(
    ("version", "superseded"), [("1.43.0", True), ("v2.0", True), ("1.42.0", False), ("1.9.9", False), (None, False)]
)
def test_a_higher_version_supersedes_a_release_never_seen(version: object, superseded: bool) -> None:
    """A newer deploy that was quicker than we are is told by its version; the wrong build has no such excuse."""
    probe = {"path": "/version", "commit": "commit", "version": "number"}
    release = Release(commit=NEW, previous=OLD, version="1.42.0")
    answers = [json_answer({"commit": THIRD, "number": version}, headers={"x-replica": name}) for name in "abc"]
    judgement = watch(answers, environment(probe=probe), release).judgement
    expected = (Outcome.UNDECIDED, Cause.SUPERSEDED) if superseded else (Outcome.FAILED, Cause.RELEASE)
    assert (judgement.outcome, judgement.cause) == expected


def test_a_newer_release_that_stops_half_way_supersedes() -> None:
    """A later commit beside the announced one is that deploy's trouble."""
    newer = [serves(NEW, "a"), serves(THIRD, "b"), serves(THIRD, "c")]
    judgement = watch(lambda now: rolling(0, NEVER, NEVER)(now) if now < 3 else newer).judgement
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUPERSEDED)


def test_a_newer_release_supersedes() -> None:
    """A commit that is neither announced nor previous, and came after the announced one, belongs to another deploy."""

    def timeline(now: float) -> Sequence[Answer]:
        return rolling(0, 0, NEVER)(now) if now < 2 else [serves(THIRD, name) for name in "abc"]

    watched = watch(timeline)
    assert (watched.judgement.outcome, watched.judgement.cause) == (Outcome.UNDECIDED, Cause.SUPERSEDED)
    assert watched.seconds < 3


@pytest.mark.parametrize("told", ["${GIT_SHA}", "dev", "", None, 7, "x" * 500])
def test_a_build_that_never_tells_its_commit_is_undecided(told: Any) -> None:
    """Nothing verified is not green, and no fault of this release either."""
    watched = watch([serves(told)])
    assert (watched.judgement.outcome, watched.judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "let the build write its commit" in watched.judgement.message
    assert watched.judgement.facts["untold"]
    assert len(watched.judgement.message) < 250


MAY = {"path": "/version", "commit": "commit", "optional": True}


def test_a_build_that_may_leave_its_commit_out_is_not_compared() -> None:
    """As long as a rollout could bring the commit it is waited for; then there is nothing to compare."""
    watched = watch([serves(None)], environment(probe=MAY))
    assert (watched.judgement.outcome, watched.judgement.facts["waived"]) == (Outcome.SKIPPED, "untold")
    assert round(watched.seconds) == CONVERGE["stuck_after_s"]


SILENT = Before(Outcome.SKIPPED, "no commit is named")


def test_a_build_that_never_told_its_commit_is_not_awaited() -> None:
    """Where the baseline shows that none was told before the deploy, one look is enough; that is said."""
    watched = watch([serves(None)], environment(probe=MAY), before=SILENT)
    assert (watched.judgement.outcome, watched.judgement.facts["waived"]) == (Outcome.SKIPPED, "untold")
    assert watched.seconds == 0
    assert watched.judgement.message.startswith(
        "no commit is named, nor was one before the deploy, so that none was wa"
    )
    assert "smoke prime" in watch([serves(None)], environment(probe=MAY)).judgement.message


@pytest.mark.parametrize("before", [None, Before(Outcome.PASSED), Before(Outcome.UNDECIDED), Before(Outcome.FAILED)])
def test_a_build_of_which_nobody_knows_is_awaited(before: Before | None) -> None:
    """Without a baseline that shows it, the commit may be on its way; the same where it must be told."""
    watched = watch([serves(None)], environment(probe=MAY), before=before)
    assert round(watched.seconds) == CONVERGE["stuck_after_s"]
    assert round(watch([serves(None)], before=SILENT).seconds) == CONVERGE["stuck_after_s"]


def test_an_outage_of_a_build_that_never_told_its_commit_is_awaited() -> None:
    """Errors while the processes change are part of the rollout; they are no silence."""
    watched = watch(lambda now: [serves(None) if now > 2 else answer("", 502)], environment(probe=MAY), before=SILENT)
    assert watched.judgement.outcome is Outcome.SKIPPED
    assert 2 < watched.seconds < CONVERGE["stuck_after_s"]


def test_nothing_is_announced_and_nothing_told() -> None:
    """Before a deploy, and for the canary, no commit can be on its way."""
    watched = watch([serves(None)], environment(probe=MAY), Release())
    assert (watched.judgement.outcome, watched.seconds) == (Outcome.SKIPPED, 0)
    assert "none is announced" in watched.judgement.message


def test_a_build_that_may_leave_its_commit_out_is_awaited() -> None:
    """The first release that tells its commit takes the place of one that did not."""
    watched = watch(lambda now: [serves(NEW if now > 2 else None)], environment(probe=MAY))
    assert watched.judgement.outcome is Outcome.PASSED


@pytest.mark.parametrize("wrong", [serves(OLD), answer("", 502)])
def test_a_build_that_may_leave_its_commit_out_may_not_tell_another(wrong: Exchange) -> None:
    """What is told, or not answered at all, counts as anywhere."""
    assert watch([wrong], environment(probe=MAY)).judgement.outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "made",
    [
        html("<h1>We&rsquo;ll be back soon</h1>"),
        answer("{", content_type="application/json"),
        answer("", content_type="application/json"),
        answer("", 302, headers={"location": "/maintenance"}),
        answer("", 401),
    ],
)
def test_what_is_no_answer_to_the_question_fails(made: Exchange) -> None:
    """A maintenance page, rubbish, a redirect or a refusal in place of the commit are the release's failure."""
    watched = watch([made])
    assert (watched.judgement.outcome, watched.judgement.cause) == (Outcome.FAILED, Cause.RELEASE)


def test_a_maintenance_page_is_quoted() -> None:
    """What stands in the answer's place is said, not only that it is no JSON."""
    watched = watch([html("<h1>We&rsquo;ll be back soon</h1>")])
    assert watched.judgement.message == 'no commit in any answer: a page that says "we\'ll be back soon" (waited 6 s)'


def test_one_replica_without_a_commit_fails() -> None:
    """Replicas that differ in what they tell are not the same build."""
    watched = watch([serves(NEW, "a"), serves(NEW, "b"), serves("dev", "c")])
    assert watched.judgement.outcome is Outcome.FAILED
    assert watched.judgement.message.startswith('replica c serves no commit (no commit is named, only "dev")')


def test_nothing_announced_needs_agreement() -> None:
    """Without an announced commit all replicas must serve the same."""
    assert watch(ALL_OLD, release=Release()).judgement.message == "3 of 3 replicas serve 4e77d01"
    assert watch(rolling(0, 0, 3), release=Release()).judgement.outcome is Outcome.PASSED
    assert watch(rolling(0, 0, NEVER), release=Release()).judgement.outcome is Outcome.FAILED


def test_the_budget_cuts_the_wait() -> None:
    """If the budget does not leave the time that the environment grants, an unbegun rollout is not condemned."""
    watched = watch(ALL_OLD, budget_s=7.0)
    assert (watched.judgement.outcome, watched.judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert watched.seconds < 6


def test_without_network_it_stops_early() -> None:
    """Names that do not resolve, for us and for the control host, are not awaited for long."""
    described = environment(control=["https://control.test/"])
    world = world_of(
        {URL: failing(FailureKind.NAME), "https://control.test/": failing(FailureKind.NAME)}, described, RELEASE
    )
    (check,) = checks(described, RELEASE)
    judgement = concluded(check, world)
    assert judgement.facts["failure_kinds"] == ["name resolution"]
    assert judgement.facts["answered"] is False
    assert world.http.clock.elapsed_s < 2  # type: ignore[attr-defined]


def test_without_network_and_control_it_stops_early() -> None:
    """Three looks at a name that does not resolve are enough where no control host is named."""
    assert watch([failing(FailureKind.NAME)]).seconds < 2


def test_a_refusing_host_is_awaited_while_the_network_works() -> None:
    """Refused connections are part of a restart as long as the control host answers."""
    described = environment(control=["https://control.test/"])
    world = world_of({URL: failing(), "https://control.test/": answer("ok")}, described, RELEASE)
    (check,) = checks(described, RELEASE)
    judgement = concluded(check, world)
    assert judgement.message == "no replica answers: connection refused (waited 6 s)"


def test_who_asks_to_come_back_later_is_given_the_whole_time() -> None:
    """A closed site that says so may open again until the end of the time to settle; then it is the release's."""
    closed = answer("", 503, headers={"retry-after": "120"})
    opens = watch(lambda now: [closed] if now < 9 else ALL_NEW)
    assert opens.judgement.outcome is Outcome.PASSED
    stays = watch([closed])
    assert stays.judgement.outcome is Outcome.FAILED
    assert stays.seconds > watch([answer("", 503)]).seconds


SSO = answer("", 302, headers={"location": "https://acme.sso.example/authorize?state=1"})


def walled(web: Exchange, root: Exchange, told: Exchange = SSO) -> Judgement:
    """Conclude the check for a bff that sends to a login, or whatever is *told*, beside a web service."""
    services = {
        "bff": {"url": "https://api.test", "release": {"path": "/version", "commit": "commit"}},
        "web": {"url": "https://web.test"},
    }
    described = environment_of(services=services, converge=CONVERGE)
    world = world_of({URL: told, "https://api.test/": root, "https://web.test/": web}, described, RELEASE)
    (check,) = checks(described, RELEASE)
    return concluded(check, world)


def test_a_login_wall_before_everything_is_undecided() -> None:
    """Every address of every service leads to a foreign login: nothing of the release was seen."""
    sso = answer("", 302, headers={"location": "https://acme.sso.example/authorize?state=2"})
    judgement = walled(sso, sso)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    assert "a redirect to acme.sso.example" in judgement.message
    assert not judgement.facts["shut"]


@pytest.mark.parametrize(
    ("headers", "shut"),
    [({}, True), ({"cf-mitigated": "challenge"}, False), ({"set-cookie": "_vercel_sso_nonce=x; Path=/"}, False)],
)
def test_bare_refusals_may_be_a_wall(headers: dict[str, str], shut: bool) -> None:
    """Refusals everywhere hold the verdict; the baseline may object unless somebody else is known to refuse."""
    api, web = (answer(body, 401, headers=headers) for body in ("no token", "sign in"))
    judgement = walled(web, api, api)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    assert judgement.facts["shut"] is shut


def test_one_answer_of_several_services_is_not_theirs() -> None:
    """Services that refuse with the very same answer are refused for by something before them all."""
    refused = answer("<h1>Sign in</h1>", 401, headers={"www-authenticate": "Basic"})
    judgement = walled(refused, refused, refused)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    assert judgement.facts["shut"] is False


def test_a_proxy_may_refuse_data_and_redirect_pages() -> None:
    """Refusals beside redirects to one login are one wall."""
    assert walled(SSO, SSO, answer("{}", 401)).facts["shut"] is False


def test_refusals_while_starting_are_awaited() -> None:
    """A release that refuses everybody at first, and then lets in, has settled."""
    started = iter(range(10**9))

    def bff(_: Request) -> Exchange:
        return serves(NEW) if next(started) > 60 else answer("", 403)

    refused = answer("", 403)
    services = {
        "bff": {"url": "https://api.test", "release": {"path": "/version", "commit": "commit"}},
        "web": {"url": "https://web.test"},
    }
    described = environment_of(services=services, converge=CONVERGE)
    world = world_of({URL: bff, "https://api.test/": refused, "https://web.test/": refused}, described, RELEASE)
    (check,) = checks(described, RELEASE)
    assert concluded(check, world).outcome is Outcome.PASSED


def test_a_wall_before_one_service_only_is_the_releases_doing() -> None:
    """While another service answers, the redirect is a failure of this one."""
    sso = answer("", 302, headers={"location": "https://acme.sso.example/authorize"})
    assert walled(html("<h1>Portal</h1>"), sso).outcome is Outcome.FAILED


def test_a_page_may_have_moved_on_its_own_host() -> None:
    """Who is led from the home page to that in a language is asked on; data are where they were promised."""
    page, data = ({"path": "/", "meta": "commit"}, {"path": "/version", "commit": "commit"})
    for probe, followed in ((page, True), (data, False)):
        described = environment(probe=probe)
        for electorate in electorates(described, Release()).values():
            request = electorate.request
            assert (request.follow_redirects, request.within_origin) == (followed, followed)


def test_a_page_tells_its_commit_in_a_meta_element() -> None:
    """HTML is read for the named meta element."""
    described = environment(probe={"path": "/version", "meta": "commit"})
    page = f'<html><head><meta name="commit" content="{NEW}"></head><body>x</body></html>'
    assert watch([html(page)], described).judgement.outcome is Outcome.PASSED


def test_a_page_that_is_cached_and_old_fails() -> None:
    """Visitors get the old page out of the cache although the replicas serve the new one."""
    described = environment(named=False, probe={"path": "/version", "meta": "commit"})
    old, new = (f'<head><meta name="commit" content="{one}"></head><body>x' for one in (OLD, NEW))

    def cache(request: Request) -> Exchange:
        return html(new) if "smoke-fresh" in request.url else html(old, headers={"x-cache": "HIT", "age": "5400"})

    watched = watch([cache], described)
    assert watched.judgement.outcome is Outcome.FAILED
    assert "the previous commit 4e77d01" in watched.judgement.message


def test_a_cached_version_answer_is_no_evidence() -> None:
    """JSON out of a cache is asked for past the cache; if that does not help nothing was seen."""
    hit = {"x-cache": "HIT"}

    def bypassed(request: Request) -> Exchange:
        return serves(NEW) if "smoke-fresh" in request.url else serves(OLD, None, **hit)

    assert watch([bypassed]).judgement.outcome is Outcome.PASSED
    assert watch([serves(NEW, None, **hit)]).judgement.outcome is not Outcome.PASSED


@pytest.mark.parametrize("body", [NEW, f"{NEW}\n", f"v2.3.1-14-g{NEW[:7]}\n"])
def test_a_plain_text_names_the_commit(body: str) -> None:
    """A file that holds nothing but the commit, or what `git describe` makes of it, is enough."""
    described = environment(probe={"path": "/version", "text": True})
    assert watch([answer(body, content_type="text/plain")], described).judgement.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (answer("<h1>Shop</h1>", content_type="text/html"), "text/html instead of plain text"),
        (json_answer({"commit": NEW}), "application/json instead of plain text"),
        (answer("", content_type="text/plain"), "no commit is named"),
        (answer("x" * 500, content_type="text/plain"), "no commit is named"),
        (answer("1.4.0", content_type="text/plain"), 'only "1.4.0" is told'),
        (answer("gone", 404, "text/plain"), "HTTP 404"),
    ],
)
def test_a_plain_text_that_names_none(made: Exchange, said: str) -> None:
    """The page of an application that answers every path, or too little or too much, is no commit."""
    described = environment(probe={"path": "/version", "text": True})
    found = watch([made], described).judgement
    assert found.outcome is not Outcome.PASSED
    assert said in found.message


def test_a_header_tells_the_commit() -> None:
    """A response header may name the commit, whatever the body is."""
    described = environment(probe={"path": "/version", "header": "X-Commit"})
    assert watch([answer("anything", headers={"x-commit": NEW})], described).judgement.outcome is Outcome.PASSED


@pytest.mark.parametrize("seed", range(20))
def test_scatter_is_not_movement(seed: int) -> None:
    """With replicas picked at random, a stuck one is never taken for one that moves."""
    dice = random.Random(seed)

    def any_replica(_: Request) -> Exchange:
        return serves(dice.choice([NEW, NEW, OLD]))

    described = environment(named=False, converge={"within_s": 30, "stuck_after_s": 10, "every_s": 0.5})
    assert watch([any_replica], described).judgement.outcome is Outcome.FAILED


@pytest.mark.parametrize("seed", range(10))
def test_movement_is_seen_through_scatter(seed: int) -> None:
    """With replicas picked at random and nameless, a rollout in its last third is seen to move."""
    dice = random.Random(seed)

    def timeline(now: float) -> Sequence[Answer]:
        live = [NEW if now >= at else OLD for at in (4, 12, 25)]
        return [lambda _: serves(dice.choice(live))]

    described = environment(named=False, converge={"within_s": 20, "stuck_after_s": 12, "every_s": 0.5})
    assert watch(timeline, described).judgement.outcome is Outcome.UNDECIDED


def test_answers_in_turn_need_not_be_even() -> None:
    """A rarely met replica counts as well: its vote keeps the census open."""
    rare = in_turn(*[serves(NEW, "a")] * 11, serves(OLD, "b"))
    assert watch([rare]).judgement.outcome is Outcome.FAILED
