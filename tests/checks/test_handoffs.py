"""Handing a customer over to a third party, as far as it can be taken back."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from smoke.checks._world import World
from smoke.checks.handoffs import checks
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    json_answer,
    world_of,
)

LIVE = json_answer({"id": "cs_live_1", "livemode": True, "url": "https://pay.test/cs_live_1"}, 201)
TEST = json_answer({"id": "cs_test_1", "livemode": False, "url": "https://pay.test/cs_test_1"}, 201)
EXPECT = [{"at": "livemode", "equals": True}, {"at": "id", "contains": "cs_live_"}]
PAYMENT = {"name": "payment", "path": "/pay", "body": {"sku": "a"}, "expect": EXPECT, "cleanup_path": "/pay/{id}"}
WRITES = [{"name": "pay", "methods": ["POST", "DELETE"], "path": "/pay*"}]


def judged(
    opened: Exchange | Callable[[int], Exchange], removal: Exchange | None = None, **keys: Any
) -> tuple[Judgement, World]:
    """Make the check; the n-th opening gets *opened*."""
    handoff = {"name": "payment", "path": "/pay", "body": {"sku": "a"}, "expect": EXPECT, **keys}
    handoff.setdefault("cleanup_path", "/pay/{id}")
    (check,) = checks(environment := environment_of(handoffs=[handoff], writes=WRITES), Release())
    assert check.id == "handoff/payment"
    count = iter(range(10**6))

    def give(_request: Request) -> Exchange:
        return opened if isinstance(opened, Exchange) else opened(next(count))

    gone = removal or answer("", 204)
    routes: dict[str, Any] = {f"https://api.test/pay/cs_{mode}_1": gone for mode in ("live", "test")}
    world = world_of({"https://api.test/pay": give, **routes}, environment)
    return concluded(check, world), world


def test_live_sessions_are_opened_and_given_up() -> None:
    """Sessions of live mode pass, and each is given up; both writes name what allows them."""
    found, world = judged(LIVE)
    assert found.outcome is Outcome.PASSED
    assert isinstance(world.http, FakeHttp)
    asked = [(one.method, one.write) for one in world.http.asked]
    assert asked == [("POST", "pay")] * 12 + [("DELETE", "pay")] * 12


def test_a_session_of_test_mode() -> None:
    """A form that takes no real money fails, and says why."""
    found, _ = judged(TEST)
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.facts["signature"].startswith("livemode is false")


def test_an_expired_key() -> None:
    """A refusal is told with its reason, and the key in it is cut to its kind."""
    said = {"statusCode": 502, "message": "Expired API Key provided: sk_test_abcdef0123456789"}
    found, world = judged(json_answer(said, 502))
    assert found.outcome is Outcome.FAILED
    assert found.facts["signature"] == "HTTP 502 (Expired API Key provided: sk_test_…)"
    assert isinstance(world.http, FakeHttp)
    assert {one.method for one in world.http.asked} == {"POST"}


def test_the_reason_in_the_providers_own_words() -> None:
    """An error object that was passed on is read too."""
    said = {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided: sk_live_***9"}}
    assert judged(json_answer(said, 401))[0].facts["signature"].startswith("HTTP 401 (Invalid API Key provided")


def test_one_replica_with_another_key() -> None:
    """One of three that opens sessions of test mode is found."""
    assert judged(lambda number: TEST if number % 3 == 1 else LIVE)[0].outcome is Outcome.FAILED


def test_few_sessions() -> None:
    """An environment may ask for fewer sessions."""
    _, world = judged(LIVE, times=2)
    assert isinstance(world.http, FakeHttp)
    assert [one.method for one in world.http.asked].count("POST") == 2


def test_too_late_to_take_back() -> None:
    """Near the end of the budget nothing is opened, and that is said."""
    (check,) = checks(environment := environment_of(handoffs=[PAYMENT], writes=WRITES), Release())
    world = world_of({}, environment, remaining_s=lambda: 1.0)
    found = concluded(check, world)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert isinstance(world.http, FakeHttp)
    assert not world.http.asked


def test_stopped_while_opening() -> None:
    """What was opened already is given up although the run is stopped before the rest has answered."""
    (check,) = checks(environment := environment_of(handoffs=[PAYMENT], writes=WRITES), Release())
    http = Stalling({"https://api.test/pay": LIVE, "https://api.test/pay/cs_live_1": answer("", 204)})
    world = world_of({}, environment, http=http)

    async def stopped() -> None:
        with anyio.move_on_after(0.1):
            await check.observe(world, 1)

    anyio.run(stopped)
    assert [one.method for one in http.asked].count("DELETE") == 3


class Stalling(FakeHttp):
    """Answers three requests, and leaves the other openings without an answer."""

    async def sample(self, request: Request, times: int) -> tuple[Exchange, ...]:
        """Answer, or never."""
        if request.method == "POST" and sum(1 for one in self.asked if one.method == "POST") >= 3:
            await anyio.sleep_forever()
        return await super().sample(request, times)


def test_what_stays_is_noted() -> None:
    """A session that cannot be given up does not condemn the release, but is told."""
    found, _ = judged(LIVE, answer("", 500), times=2)
    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == "2 sessions could not be given up afterwards"


def test_a_session_without_an_id() -> None:
    """It cannot be given up, which is noted."""
    found, _ = judged(json_answer({"livemode": True}), expect=[{"at": "livemode", "equals": True}])
    assert "no id at id" in found.facts["noted"]


@pytest.mark.parametrize(
    "exchange",
    [
        answer("", 200),
        html("<h1>hi</h1>"),
        json_answer([]),
        json_answer({"id": 1}, 201),
        json_answer({}, 401),
        answer("", 403),
        answer("", 404),
        answer("", 429),
        answer("", 500),
        failing(FailureKind.TIMEOUT),
    ],
)
def test_no_session(exchange: Exchange) -> None:
    """Whatever is no session as expected fails."""
    assert judged(exchange)[0].outcome is Outcome.FAILED
