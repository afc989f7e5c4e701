"""A service is watched on; what comes late is told from a hiccup."""

from collections.abc import Callable
from typing import Any

import pytest

from smoke.checks.soak import SoakCheck, checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import (
    NEW,
    NOW,
    OLD,
    THIRD,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    json_answer,
    world_of,
)

HEALTH, ITEMS = "https://api.test/health", "https://api.test/items"
RELEASE = Release(commit=NEW, previous=OLD, deployed_at=NOW - 2)

Happening = Callable[[float, str], Exchange | None]
"""What comes instead of the good answer, so many seconds after the beginning, from which replica."""


def environment(
    named: bool = True,  # noqa: FBT002
    lasts_s: float = 12,
    dependencies: Any = None,
    **service: Any,
) -> Environment:
    """Return an environment whose bff tells everything at one place and has one read."""
    bff = {
        "url": "https://api.test",
        "replicas": 3,
        "health": {"path": "/health"},
        "release": {"path": "/health", "commit": "version"},
        "uptime": {"path": "/health"},
        **({"replica_header": "x-replica"} if named else {}),
        **service,
    }
    reads = [{"name": "items", "path": "/items", "expect": [{"at": "items", "at_least": 1}]}]
    soak = {"lasts_s": lasts_s, "every_s": 0.6}
    return environment_of(services={"bff": bff}, reads=reads, soak=soak, dependencies=dependencies or {})


class Service:
    """Three replicas in turn, each with a commit and a start; *happens* may answer in their place."""

    def __init__(self, happens: Happening, named: bool = True) -> None:  # noqa: FBT002
        self.happens, self.named, self.count = happens, named, 0
        self.commit: Callable[[float, str], str] = lambda _now, _name: NEW
        self.start: Callable[[float, str], float] = lambda _now, _name: -5.0
        self.memory_mb: Callable[[float], Any] = lambda _now: 90
        self.http: FakeHttp

    def __call__(self, request: Request) -> Exchange:
        """Answer one request."""
        now, name = self.http.clock.elapsed_s, "abc"[self.count % 3]
        self.count += 1
        instead = self.happens(now, name)
        if instead is not None:
            return instead
        held = self.memory_mb(now)
        told = {"rss": held * 2**20} if isinstance(held, float) else None
        content = {
            "memory": told,
            "raw": held,
            "status": "ok",
            "version": self.commit(now, name),
            "uptime": now - self.start(now, name),
        }
        headers = {"x-replica": name} if self.named else {}
        return json_answer({"items": [1]} if request.url == ITEMS else content, headers=headers)


def never(_now: float, _name: str) -> None:
    """Let nothing happen."""


def judged(
    service: Service, described: Environment | None = None, release: Release = RELEASE, **world: Any
) -> tuple[Judgement, FakeHttp]:
    """Conclude the check of *service*."""
    described = described or environment(service.named)
    looks_take_s = world.pop("looks_take_s", 0.0)
    made = world_of({HEALTH: service, ITEMS: service}, described, release, **world)
    service.http = made.http  # type: ignore[assignment]
    service.http.takes_s = looks_take_s
    (check,) = checks(described, release)
    return concluded(check, made), service.http


def test_identity() -> None:
    """Without a time there is no check; it belongs to the monitoring, and one look of it is enough."""
    assert not list(checks(environment(lasts_s=0), RELEASE))
    (check,) = checks(environment(), RELEASE)
    assert (check.id, check.stage, check.watches) == ("soak/bff", Stage.MONITORING, True)
    assert check.reproduce() == "curl -sS -i https://api.test/health"
    assert isinstance(check, SoakCheck)


def test_a_quiet_service_passes() -> None:
    """Twelve seconds, two requests in each look, and something to compare with later."""
    judgement, http = judged(Service(never))
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message == "watched for 12 s, 42 answers"
    assert judgement.facts["measured"] == {"failed_share": 0.0}
    assert len(http.asked) == 42
    assert all(request.fresh for request in http.asked)


def test_one_reset_is_noted() -> None:
    """Ambient noise is no fault."""
    judgement, _ = judged(Service(lambda now, _: failing(FailureKind.RESET) if 5 < now < 5.5 else None))
    assert judgement.outcome is Outcome.PASSED
    assert "connection reset in 2 of 42 samples" in judgement.message


def test_a_short_hiccup_is_noted() -> None:
    """A burst that is over within two looks, and never comes again."""
    judgement, _ = judged(Service(lambda now, _: answer("", 503) if 5 < now < 6.3 else None))
    assert judgement.outcome is Outcome.PASSED
    assert "a short burst, HTTP 503 in 4 of 4 samples" in judgement.facts["noted"]


def test_an_outage_that_lasts_fails_early_and_says_when_it_began() -> None:
    """Three looks in a row are enough."""
    judgement, http = judged(Service(lambda now, _: answer("", 502) if now > 5 else None))
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message == (
        "HTTP 502 in 6 of 6 samples, from 5.4 s after it had settled, 7 s after the deploy began"
    )
    assert judgement.facts["explains"]
    assert judgement.facts["server_errors"]
    assert http.clock.elapsed_s < 8


def test_bursts_that_come_back_fail() -> None:
    """Each is short, but there is a second one."""
    judgement, _ = judged(Service(lambda now, _: answer("", 502) if 2 < now % 5 < 3.3 else None))
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("2 bursts of failures, the first (HTTP 502 in 4 of 4 samples)")


def test_one_replica_that_fails_late_fails() -> None:
    """A third of the answers is enough."""
    judgement, _ = judged(Service(lambda now, name: answer("", 500) if now > 3 and name == "b" else None))
    assert judgement.outcome is Outcome.FAILED


def test_failures_now_and_then_fail_unless_they_were_there_before() -> None:
    """Every ninth request fails, never two together."""

    def made() -> Service:
        service = Service(never)
        service.happens = lambda now, _: answer("", 500) if service.count % 9 == 0 and now > 0 else None
        return service

    judgement, _ = judged(made(), environment(lasts_s=40))
    assert judgement.outcome is Outcome.FAILED
    assert "now and then" in judgement.message
    before = Before(Outcome.PASSED, measured={"failed_share": 0.12})
    assert judged(made(), environment(lasts_s=40), before=lambda _: before)[0].outcome is Outcome.PASSED


def test_what_never_worked_is_not_this_checks_matter() -> None:
    """A read that fails from the beginning has a check of its own."""
    service = Service(never)
    described = environment()
    world = world_of({HEALTH: service, ITEMS: answer("", 500)}, described, RELEASE)
    service.http = world.http  # type: ignore[assignment]
    (check,) = checks(described, RELEASE)
    assert concluded(check, world).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "made",
    [html("<h1>Sorry</h1>"), answer("", 200), answer("{}", 404, "application/json"), answer("", 403), json_answer([])],
)
def test_whatever_comes_late_instead_of_good_answers_fails(made: Exchange) -> None:
    """HTML, nothing, refusals and other JSON count as failures of what had worked."""
    assert judged(Service(lambda now, _: made if now > 4 else None))[0].outcome is Outcome.FAILED


def test_a_limit_that_is_meant_for_us_tells_nothing() -> None:
    """Answers with 429 are left out; that they came at all is other checks' matter."""
    judgement, _ = judged(Service(lambda now, _: answer("", 429) if now > 8 else None))
    assert judgement.outcome is Outcome.PASSED
    assert judged(Service(lambda _now, _name: answer("", 429)))[0].outcome is Outcome.UNDECIDED


def test_a_third_party_that_goes_down_is_other_checks_matter() -> None:
    """A health answer that blames a third party alone is no failure here."""
    down = json_answer({"status": "error", "details": {"salesforce": {"status": "down"}}}, 503)
    salesforce = {"salesforce": {"reported": {"service": "bff", "path": "/x", "at": "y"}}}
    described = environment(dependencies=salesforce, health={"path": "/health", "components": "details"})
    ok = json_answer({"items": [1]})
    service = Service(never)
    world = world_of({HEALTH: lambda r: down if service.http.clock.elapsed_s > 4 else service(r), ITEMS: ok}, described)
    service.http = world.http  # type: ignore[assignment]
    service.commit = lambda _now, _name: NEW
    (check,) = checks(described, Release())
    assert concluded(check, world).outcome is Outcome.PASSED


def test_a_named_process_that_restarts_fails() -> None:
    """Its uptime falls back to nothing."""
    service = Service(lambda now, name: answer("", 502) if name == "b" and 6 < now < 6.5 else None)
    service.start = lambda now, name: 6.5 if name == "b" and now > 6.5 else -5.0
    judgement, http = judged(service)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("replica b restarted during the verification, first 6.5 s after it had settled")
    assert http.clock.elapsed_s < 9


@pytest.mark.parametrize(("many", "outcome"), [(True, Outcome.FAILED), (False, Outcome.PASSED)])
def test_unnamed_processes(many: bool, outcome: Outcome) -> None:
    """Several new processes are restarts; one may be scaling up, and is noted."""
    service = Service(never, named=False)
    births = {"a": 4.0, "b": 7.0} if many else {"a": 4.0}
    service.start = lambda now, name: births[name] if name in births and now > births[name] else -5.0
    judgement, _ = judged(service)
    assert judgement.outcome is outcome
    assert ("noted" in judgement.facts) is not many


def test_a_memory_that_climbs_fails_where_it_did_not_before() -> None:
    """A third of a megabyte for each request of ours; the same without a baseline is noted."""

    def made() -> tuple[Service, Environment]:
        service = Service(never)
        service.memory_mb = lambda now: 90 + 10 * now
        return service, environment(memory={"path": "/health"})

    def asked(service: Service) -> Callable[[str], int]:
        return lambda _: int(30 * service.http.clock.elapsed_s)

    before = Before(Outcome.PASSED, measured={"memory_each": 2000.0})
    service, described = made()
    judgement, _ = judged(service, described, before=lambda _: before, asked=asked(service))
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("memory climbs with the requests and does not stop: replica")
    service, described = made()
    judgement, _ = judged(service, described, asked=asked(service))
    assert judgement.outcome is Outcome.PASSED
    assert "memory climbs: replica" in judgement.facts["noted"]
    assert judgement.facts["measured"]["memory_each"] > 300_000


@pytest.mark.parametrize("held", [None, "much", True, -1, 10**400, float("nan"), []])
def test_what_is_no_number_of_bytes_tells_nothing(held: Any) -> None:
    """Whatever stands where the memory should."""
    service = Service(never)
    service.memory_mb = lambda _: held
    judgement, _ = judged(service, environment(memory={"path": "/health", "at": "raw"}))
    assert judgement.outcome is Outcome.PASSED
    assert "memory_each" not in judgement.facts["measured"]


def test_a_release_that_is_taken_back_fails() -> None:
    """The previous commit comes back on every replica: nothing is left to undo."""
    service = Service(never)
    service.commit = lambda now, _: OLD if now > 6 else NEW
    judgement, http = judged(service)
    assert (judgement.outcome, judgement.facts["remedy"]) == (Outcome.FAILED, "no-op")
    assert judgement.message.startswith("the release did not stay: the previous commit 4e77d01 served in 12 of 12")
    assert judgement.message.endswith("from 6.6 s after it had settled, 9 s after the deploy began")
    assert http.clock.elapsed_s < 8


def test_a_newer_deploy_supersedes() -> None:
    """A commit that nobody has seen before is another deploy's."""
    service = Service(never)
    service.commit = lambda now, _: THIRD if now > 6 else NEW
    judgement, _ = judged(service)
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUPERSEDED)


def test_a_straggler_is_no_rollback() -> None:
    """One late answer of an old process that is ending."""
    service = Service(never)
    service.commit = lambda now, _: OLD if 1 < now < 1.3 else NEW
    assert judged(service)[0].outcome is Outcome.PASSED


def test_without_an_announced_commit_what_had_settled_counts() -> None:
    """The commit that the rollout came to rest with must stay."""
    service, described = Service(never), environment()
    service.commit = lambda now, _: OLD if now > 6 else NEW
    world = world_of({HEALTH: service, ITEMS: service}, described, Release())
    service.http = world.http  # type: ignore[assignment]
    world.memory.settled["bff"] = {"commits": {NEW: 12}, "earlier": []}
    (check,) = checks(described, Release())
    assert concluded(check, world).outcome is Outcome.FAILED


def test_the_budget_may_cut_it_short() -> None:
    """Most of the time is enough, with a note; less than half is not."""
    most, _ = judged(Service(never), budget_s=10)
    assert most.outcome is Outcome.PASSED
    assert "the budget left no time for the other 3 s" in most.message
    least, _ = judged(Service(never), budget_s=4)
    assert (least.outcome, least.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "the budget left only" in least.message


def test_it_stops_once_the_release_is_condemned() -> None:
    """Users are waiting for the rollback; what was seen by then is said, what was not is not passed."""
    judgement, http = judged(Service(never), condemned=lambda: True)
    assert (judgement.outcome, judgement.facts["unmade"]) == (Outcome.SKIPPED, "condemned")
    assert http.clock.elapsed_s < 1


def test_an_outbreak_at_the_end_is_seen_to_its_end() -> None:
    """What begins in the last look is watched a little longer."""
    lasting, http = judged(Service(lambda now, _: answer("", 502) if now > 11.5 else None))
    assert lasting.outcome is Outcome.FAILED
    assert 12 < http.clock.elapsed_s < 15
    ends, _ = judged(Service(lambda now, _: answer("", 502) if 11.5 < now < 12.5 else None))
    assert ends.outcome in {Outcome.PASSED, Outcome.FAILED}


def test_a_few_looks_in_all_the_time_verify_nothing() -> None:
    """Who hardly got to look watches on, and if that does not help either says so; it is never green."""
    starving, http = judged(Service(never), environment(replicas=1), budget_s=30, looks_take_s=14)
    assert starving.outcome is Outcome.UNDECIDED
    assert "too few to tell" in starving.message
    assert http.clock.elapsed_s > 12, "it was watched on while there was time"


def test_it_asks_before_others() -> None:
    """The few requests of a look do not wait behind the rush of other checks."""
    _, http = judged(Service(never))
    assert all(one.urgent for one in http.asked)


def test_it_takes_no_more_than_its_share() -> None:
    """The longer its requests had to wait for their turn, the longer it lets others go first."""
    _, idle = judged(Service(never))
    _, busy = judged(Service(never), budget_s=60, looks_take_s=0.5)
    assert max(idle.clock.pauses) == 0.6
    assert 1.0 < min(busy.clock.pauses[:-1]) < 4.0
