"""The limit for logins counts nobody's attempts against somebody else."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from smoke.checks._attempts import noting
from smoke.checks._memory import Memory
from smoke.checks._session import log_in
from smoke.checks._world import Session, World
from smoke.checks.login_limit import checks
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import Clock, FakeHttp, concluded, json_answer, world_of
from tests.checks.logins import LOGIN, portal, secret

GOOD = Before(Outcome.PASSED, measured={"attempts": 3, "limited": False, "crowded": False, "window_s": 60, "at": 1.0})
Key = Callable[[str], str]


class Limiter:
    """A login API that takes *most* attempts in a window of a minute for each *key*; others make *others* a look."""

    def __init__(self, clock: Clock, key: Key, most: int = 10, others: int = 0, *, tells: bool = True) -> None:
        self.clock, self.key, self.most, self.others, self.tells = clock, key, most, others, tells
        self.counts: Counter[tuple[str, int]] = Counter()

    def __call__(self, request: Request) -> Exchange:
        """Answer one attempt."""
        user = str(request.json["email"])
        bucket = (self.key(user), int(self.clock.elapsed_s // 60))
        if self.key("") == self.key("anybody"):
            self.counts[bucket] += self.others
        self.counts[bucket] += 1
        used = self.counts[bucket]
        left_s = str(60 - int(self.clock.elapsed_s % 60))
        headers = {"x-ratelimit-limit": str(self.most), "x-ratelimit-remaining": str(max(0, self.most - used))}
        headers = {**headers, "x-ratelimit-reset": left_s} if self.tells else {}
        if used > self.most:
            return json_answer({"message": "Too Many Requests"}, 429, {**headers, "retry-after": left_s})
        cookie = {"set-cookie": f"session={user}; Path=/; Secure"}
        return json_answer({"user": user}, 200, {**headers, **cookie})


def judged(key: Key, before: Before | None = GOOD, busy: str | None = None, **limiter: Any) -> Judgement:
    """Make the check against a limiter; *busy* is an account that others have used up."""
    environment, clock = portal(), Clock()
    api = Limiter(clock, key, **limiter)
    if busy:
        api.counts.update({(busy, window): 100 for window in range(50)})
    memory = Memory()
    http = FakeHttp({LOGIN: api}, clock, takes_s=0.1)
    known: dict[str, Session | SmokeError] = {}

    async def session(role: str) -> Session:
        if role not in known:
            try:
                known[role] = await log_in(http, environment, role, secret, note=noting(memory, role, environment))
            except SmokeError as error:
                known[role] = error
        found = known[role]
        if isinstance(found, SmokeError):
            raise found
        return found

    (check,) = checks(environment, Release())
    world: World = world_of(
        {},
        environment,
        http=http,
        session=session,
        secret=secret,
        memory=memory,
        now=clock.now,
        pause=clock.pause,
        remaining_s=lambda: 200 - clock.elapsed_s,
        before=lambda _id: before,
    )
    return concluded(check, world)


def everybody(_user: str) -> str:
    """Count all attempts together, as behind a proxy that is not trusted."""
    return "proxy"


def each(user: str) -> str:
    """Count each account by itself."""
    return user


def test_no_limit_is_reached() -> None:
    """Logins that nobody limits pass, and tell for the baseline how many there were."""
    found = judged(each)
    assert found.outcome is Outcome.PASSED
    assert found.facts["measured"]["attempts"] == 2
    assert found.facts["measured"]["limited"] is False


def test_one_bucket_for_our_own_address() -> None:
    """A limiter that counts our address passes: nobody else comes from there."""
    assert judged(everybody).outcome is Outcome.PASSED


def test_everybody_is_locked_out() -> None:
    """Every account is refused although this run hardly made an attempt: others use the limit up."""
    found = judged(everybody, others=20)
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message.startswith(
        "the login limit counts all users together: the accounts of control and customer are"
    )
    assert "although this run made 1 attempt, and 10 are allowed" in found.message


def test_others_are_counted_before_anybody_is_locked_out() -> None:
    """A counter that runs faster than we log in may count others at our address: that holds, and says what decides."""
    found = judged(everybody, others=8, most=100)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "it has counted" in found.message
    assert "while nobody else behind this machine's address logs in" in found.facts["decider"]


def test_without_numbers() -> None:
    """A limiter that tells nothing but Retry-After is judged by what was taken before the deploy."""
    assert judged(everybody, others=20, tells=False).outcome is Outcome.FAILED


def test_one_account_is_limited() -> None:
    """An account that others have used up, beside one that logs in, is no fault of the release."""
    found = judged(each, busy="smoke@test", most=5)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "only the account of role customer is limited" in found.message


def test_our_own_attempts_reach_the_limit() -> None:
    """Where the limit is as low as the number of our attempts, they may be why."""
    lately = Before(Outcome.PASSED, measured={**GOOD.measured, "attempts": 5, "at": 1_800_000_000.0 - 10})
    found = judged(everybody, most=4, others=4, before=lately)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "our own attempts may have used the limit up" in found.message


def test_facts_are_plain() -> None:
    """What the finding carries can be written as JSON."""
    json.dumps(dict(judged(everybody, others=20).facts), allow_nan=False)
