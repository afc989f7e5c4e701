"""A few logins more meet the replica that lets nobody in, and never a limit."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest

from smoke.checks._attempts import attempts_in, noting
from smoke.checks._session import log_in
from smoke.checks.login_replicas import checks
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import NEW, Answer, answer, concluded, failing, json_answer, world_of
from tests.checks.logins import LOGIN, portal, secret

RELEASE = Release(commit=NEW)
COOKIE = {"set-cookie": "session=abc123; Path=/; Secure; HttpOnly"}

Replica = Callable[[int], Exchange]
"""How one replica answers its n-th login."""


def works(name: str | None = None, **headers: str) -> Replica:
    """Return a replica that lets everybody in."""
    named = {"x-replica": name} if name else {}
    return lambda _number: json_answer({"ok": True}, headers={**COOKIE, **named, **headers})


def broken(exchange: Exchange) -> Replica:
    """Return a replica that always answers so."""
    return lambda _number: exchange


def environment(replicas: int = 2, **login: Any) -> Environment:
    """Return an environment with two roles."""
    return portal(replicas=replicas, login=login)


class Site:
    """A login behind a balancer that asks replicas in turn; the run has logged both roles in."""

    def __init__(
        self, *replicas: Replica, described: Environment | None = None, release: Release = RELEASE, **more: Any
    ) -> None:
        self.turns: Iterator[Replica] = cycle(replicas)
        self.described = described or environment()
        self.asked: list[str] = []
        routes: dict[str, Answer] = {LOGIN: self._login}
        self.world = world_of(routes, self.described, release, secret=secret, **more)
        asyncio.run(self._run())
        self.before = len(self.asked)

    async def _run(self) -> None:
        for role in self.described.roles:
            note = noting(self.world.memory, role, self.described)
            try:
                session = await log_in(self.world.http, self.described, role, secret, note=note)
                assert session.headers
            except SmokeError:
                continue

    def _login(self, request: Request) -> Exchange:
        self.asked.append(request.json["email"])
        return next(self.turns)(len(self.asked))

    @property
    def further(self) -> list[str]:
        """Who was logged in once more."""
        return self.asked[self.before :]

    def judged(self) -> Judgement:
        """Make the check."""
        (check,) = checks(self.described, self.world.release)
        return concluded(check, self.world)


def test_identity() -> None:
    """It is made at the end, where there are several replicas and the file says nothing else."""
    (check,) = checks(environment(), RELEASE)
    assert (check.id, check.stage, check.gating) == ("login-replicas/bff", Stage.CONFIRM, True)
    for described in (environment(1), environment(everywhere=True), environment(everywhere=False)):
        assert not list(checks(described, RELEASE))
    assert not list(checks(portal().model_copy(update={"login": None}), RELEASE))


def test_every_replica_was_met_already() -> None:
    """The run's own logins met both: nobody logs in for this."""
    site = Site(works("a"), works("b"))
    found = site.judged()

    assert (found.outcome, found.message) == (Outcome.PASSED, "2 logins accepted, by 2 of 2 replicas")
    assert "noted" not in found.facts
    assert site.further == []


def test_until_every_replica_was_met() -> None:
    """The balancer gave the same one twice; one login more meets the other."""
    site = Site(works("a"), works("a"), works("b"))
    found = site.judged()

    assert found.message == "3 logins accepted, by 2 of 2 replicas"
    assert site.further == ["smoke@test"]


def test_not_all_are_met() -> None:
    """Where no limit is told five are made in all, by the accounts in turn; what was not seen is said."""
    site = Site(works("a"), described=environment(3))
    found = site.judged()

    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == (
        "5 logins accepted, by 1 of 3 replicas; login.everywhere = true makes as many as it takes"
    )
    assert site.further == ["smoke@test", "control@test", "smoke@test"]


def test_nameless_replicas() -> None:
    """Who does not know whom it met counts, by the arithmetic of samples."""
    found = Site(works(), described=environment(3)).judged()
    assert found.facts["noted"].startswith(
        "5 logins accepted, too few to have met each of 3 replicas; login.everywhere"
    )

    found = Site(works()).judged()
    assert (found.message, "noted" in found.facts) == ("5 logins accepted", False)


@pytest.mark.parametrize("fault", [answer("", 500), answer("", 503), json_answer({"ok": True}), failing()])
@pytest.mark.parametrize("name", ["a", None])
def test_one_replica_lets_nobody_in(fault: Exchange, name: str | None) -> None:
    """The run's logins missed it; one more meets it, and a second look meets it again."""
    site = Site(works(name), works(name), broken(fault), works(name), broken(fault), broken(fault))
    found = site.judged()

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message.startswith("a login was not accepted: ")
    assert found.facts["failed_share"] > 0.3


def test_one_replica_refuses() -> None:
    """A refusal of the right password is followed carefully: two in each look at most."""
    site = Site(works("a"), works("a"), broken(answer("", 401, headers={"x-replica": "b"})))
    found = site.judged()

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert "from replica b" in found.message
    assert len(site.further) <= 16


@pytest.mark.parametrize("status", [429, 423])
def test_a_limit_is_nothing(status: int) -> None:
    """A limit, or a lock-out, ends it at once and fails nothing."""
    site = Site(works("a"), works("a"), broken(answer("", status)))
    found = site.judged()

    assert found.outcome is Outcome.PASSED
    assert len(site.further) == 1


def test_a_lost_connection() -> None:
    """One that is lost is looked at again, and noted."""
    lost = iter([failing(FailureKind.RESET)])
    site = Site(works("a"), works("a"), lambda _n: next(lost, works("b")(0)))
    found = site.judged()

    assert found.outcome is Outcome.PASSED
    assert "not seen again" in found.facts["noted"]


def test_a_limit_after_a_doubt() -> None:
    """A login that failed, and a limit that keeps from looking again: what was seen is not excused by it."""
    turns = iter([works("a")(0), works("a")(0), answer("", 500)])
    site = Site(lambda _n: next(turns, answer("", 429)))
    found = site.judged()

    assert found.outcome is Outcome.UNDECIDED
    assert found.message.endswith("no more could be tried")


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("name", [None, "a"])
def test_a_limit_that_looks_like_a_refusal(status: int, name: str | None) -> None:
    """Accepted, accepted, and never again: a replica would not keep the others from it, a limit of logins would."""
    turns = iter([works(name)(0), works(name)(0)])
    refused = answer("", status, headers={"x-replica": name} if name else {})
    found = Site(lambda _n: next(turns, refused)).judged()

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "a limit of logins may answer so too" in found.message


@pytest.mark.parametrize(("limit", "further"), [(100, 5), (5, 0), (9, 1), (10**6, 5)])
def test_a_limit_that_is_told(limit: int, further: int) -> None:
    """Where there is room for them and for another run as many are made as it takes; where there is none, none."""

    def counting(number: int) -> Exchange:
        told = {"x-ratelimit-limit": str(limit), "x-ratelimit-remaining": str(max(0, limit - number))}
        return works(**told)(number)

    assert len(Site(counting).further) == 0
    site = Site(counting)
    assert site.judged().outcome is Outcome.PASSED
    assert len(site.further) == further


def test_no_account_logs_in_often() -> None:
    """Five times each, the run's own login included, however many replicas there are."""
    told = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "900"}
    site = Site(works("a", **told), described=environment(6))
    site.judged()

    assert sorted(site.asked) == ["control@test"] * 5 + ["smoke@test"] * 5


@pytest.mark.parametrize(
    "more",
    [
        {"release": Release()},
        {"condemned": lambda: True},
        {"budget_s": 5.0},
    ],
)
def test_not_now(more: dict[str, Any]) -> None:
    """Without a new release, when it is condemned already, or with hardly any time left nobody logs in for this."""
    site = Site(works("a"), **more)

    found = site.judged()
    assert (found.outcome, "noted" in found.facts) == (Outcome.PASSED, "budget_s" in more)
    assert site.further == []


def test_nobody_was_logged_in() -> None:
    """Then another check says why, and no account is tried."""
    site = Site(broken(answer("", 401)))
    found = site.judged()

    assert (found.outcome, found.facts["waived"]) == (Outcome.SKIPPED, "nobody")
    assert site.further == []
    assert not any(one.accepted for one in attempts_in(site.world.memory))
