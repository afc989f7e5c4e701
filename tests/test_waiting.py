"""Tests of waiting, with a clock that costs no time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from smoke.http import Exchange, Failure, FailureKind, Request
from smoke.waiting import BACKOFF_MOST_S, Attempt, Patience, acquire, wait_until

T = TypeVar("T")


@dataclass
class FakeTime:
    """A clock that only pauses and looks move on."""

    budget_s: float = 1000.0
    now: float = 50.0
    pauses: list[float] = field(default_factory=list)
    heard: list[Attempt] = field(default_factory=list)

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.now += seconds

    @property
    def patience(self) -> Patience:
        """Patience that passes in this time."""
        end = self.now + self.budget_s
        return Patience(self.pause, lambda: end - self.now, self.heard.append, lambda: self.now)

    def looks(self, results: Sequence[T], takes_s: float = 0.0) -> Callable[[], Awaitable[T]]:
        """Return a look that finds these results in turn, the last one for ever."""
        left = list(results)

        async def look() -> T:
            self.now += takes_s
            return left.pop(0) if len(left) > 1 else left[0]

        return look


def answer(status: int | None = 200, failure: FailureKind | None = None, **headers: str) -> Exchange:
    """Return an exchange that ended so."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    words = Failure(failure, failure.value) if failure else None
    return Exchange(Request("GET", "http://a/"), 1_000_000_000.0, 0.1, status, pairs, failure=words)


def not_three(number: int) -> str | None:
    """Say that anything but three is not three."""
    return None if number == 3 else f"{number} is not 3"


def test_done_at_once() -> None:
    """Nothing is waited for that is there already."""
    time = FakeTime()
    waited = asyncio.run(wait_until(time.looks([3]), missing=not_three, within_s=10, every_s=1, patience=time.patience))
    assert (waited.result, waited.done, time.pauses) == (3, True, [])
    assert waited.attempts == (Attempt(1, 0.0, "", None),)


def test_done_in_the_end() -> None:
    """Looks repeat at a steady pace with some jitter until nothing is missing, and every one is told."""
    time = FakeTime()
    waited = asyncio.run(
        wait_until(time.looks([1, 2, 3]), missing=not_three, within_s=10, every_s=1, patience=time.patience)
    )
    assert (waited.result, waited.done) == (3, True)
    assert all(0.8 <= pause <= 1.2 for pause in time.pauses)
    assert [attempt.why for attempt in waited.attempts] == ["1 is not 3", "2 is not 3", ""]
    assert [attempt.pause_s for attempt in waited.attempts] == [*time.pauses, None]
    assert waited.attempts[2].elapsed_s == pytest.approx(sum(time.pauses))
    assert tuple(time.heard) == waited.attempts


def test_jitter_differs() -> None:
    """Pauses are not all the same."""
    time = FakeTime()
    asyncio.run(wait_until(time.looks([1]), missing=not_three, within_s=50, every_s=1, patience=time.patience))
    assert len({round(pause, 6) for pause in time.pauses}) > 10


@pytest.mark.parametrize(("within_s", "budget_s"), [(10, 1000), (1000, 10)], ids=["own limit", "budget"])
def test_limits(within_s: float, budget_s: float) -> None:
    """Neither the limit nor the budget is overrun by a pause, and what was found last comes back."""
    time = FakeTime(budget_s)
    waited = asyncio.run(
        wait_until(time.looks([1, 2]), missing=not_three, within_s=within_s, every_s=1, patience=time.patience)
    )
    assert (waited.result, waited.done) == (2, False)
    assert 8 < sum(time.pauses) < 10
    assert waited.attempts[-1].why == "2 is not 3"
    assert waited.attempts[-1].pause_s is None


@pytest.mark.parametrize("budget_s", [0.0, -5.0])
def test_always_one_look(budget_s: float) -> None:
    """There is one look even where nothing is left."""
    time = FakeTime(budget_s)
    waited = asyncio.run(wait_until(time.looks([1]), missing=not_three, within_s=10, every_s=1, patience=time.patience))
    assert (waited.result, waited.done, len(waited.attempts)) == (1, False, 1)


def test_slow_looks_count() -> None:
    """The time that looks take counts too."""
    time = FakeTime()
    waited = asyncio.run(
        wait_until(time.looks([1], takes_s=4.6), missing=not_three, within_s=10, every_s=1, patience=time.patience)
    )
    assert len(waited.attempts) == 2


def test_judged_once_a_look() -> None:
    """What is missing is asked once for each look, so that it may keep a record."""
    time, seen = FakeTime(), list[int]()

    def missing(number: int) -> str | None:
        seen.append(number)
        return not_three(number)

    asyncio.run(wait_until(time.looks([1, 2, 3]), missing=missing, within_s=10, every_s=1, patience=time.patience))
    assert seen == [1, 2, 3]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, asyncio.CancelledError])
def test_errors_pass(error: type[BaseException]) -> None:
    """What a look raises is never retried and comes out as it is."""
    looks = 0

    async def look() -> int:
        nonlocal looks
        looks += 1
        raise error

    async def scenario() -> None:
        with pytest.raises(error):
            await wait_until(look, missing=not_three, within_s=10, every_s=1, patience=FakeTime().patience)

    asyncio.run(scenario())
    assert looks == 1


def unavailable(exchange: Exchange) -> str | None:
    """Say that it is not there."""
    return None if exchange.status == 200 else exchange.outline()


def test_retry_after_is_honoured() -> None:
    """A pause that the answer asks for is made, even by one of several answers."""
    time = FakeTime()
    looks = time.looks([(answer(503, retry_after="7"), answer(503, retry_after="3")), (answer(),)])
    waited = asyncio.run(
        wait_until(looks, missing=lambda all_: unavailable(all_[0]), within_s=60, every_s=1, patience=time.patience)
    )
    assert waited.done
    assert time.pauses == [7.0]


def test_retry_after_that_does_not_fit() -> None:
    """Where an hour is asked for, looks come rarely, but they come, and the limit stands."""
    time = FakeTime()
    looks = time.looks([answer(503, retry_after="3600")])
    waited = asyncio.run(wait_until(looks, missing=unavailable, within_s=60, every_s=1, patience=time.patience))
    assert not waited.done
    assert time.pauses[:4] == [30.0, 15.0, 7.5, 3.75]
    assert 50 < sum(time.pauses) < 60


def test_acquired_at_once() -> None:
    """A good answer is taken at once."""
    time = FakeTime()
    got = asyncio.run(acquire(time.looks([answer()]), patience=time.patience))
    assert (got.done, got.result.status, time.pauses) == (True, 200, [])


@pytest.mark.parametrize(
    "passing",
    [answer(429), answer(503), answer(None, FailureKind.RESET), answer(200, FailureKind.TIMEOUT)],
    ids=["429", "503", "reset", "timeout"],
)
def test_acquired_later(passing: Exchange) -> None:
    """What may pass by itself is tried again, after a short random pause."""
    time = FakeTime()
    got = asyncio.run(acquire(time.looks([passing, answer()]), patience=time.patience))
    assert (got.done, got.result.status, len(got.attempts)) == (True, 200, 2)
    assert got.attempts[0].why == passing.outline()
    assert 0 <= time.pauses[0] <= BACKOFF_MOST_S
    assert tuple(time.heard) == got.attempts


@pytest.mark.parametrize(
    "final",
    [
        *map(answer, (400, 401, 403, 404, 422, 500)),
        *(
            answer(None, kind)
            for kind in (FailureKind.TLS, FailureKind.NAME, FailureKind.PROTOCOL, FailureKind.ENCODING)
        ),
    ],
    ids=lambda exchange: exchange.outline(),
)
def test_answers_are_final(final: Exchange) -> None:
    """A refusal, and whatever does not pass by itself, is never asked for twice."""
    time = FakeTime()
    got = asyncio.run(acquire(time.looks([final, answer()]), patience=time.patience))
    assert (got.result, got.done, len(got.attempts)) == (final, True, 1)


def test_declared_only() -> None:
    """Callers may declare other kinds and statuses."""
    time = FakeTime()
    looks = time.looks([answer(503)])
    got = asyncio.run(acquire(looks, patience=time.patience, statuses=frozenset({429}), kinds=frozenset()))
    assert len(got.attempts) == 1


@pytest.mark.parametrize("attempts", [1, 3])
def test_few_attempts(attempts: int) -> None:
    """Attempts are counted, and the last answer comes back."""
    time = FakeTime()
    got = asyncio.run(acquire(time.looks([answer(503)]), patience=time.patience, attempts=attempts))
    assert (got.result.status, got.done, len(got.attempts)) == (503, False, attempts)
    assert len(time.pauses) == attempts - 1


def test_acquire_within_budget() -> None:
    """A pause that does not fit into what is left ends the attempts at once."""
    time = FakeTime(budget_s=5)
    got = asyncio.run(acquire(time.looks([answer(429, retry_after="30")]), patience=time.patience))
    assert (got.done, time.pauses) == (False, [])


def test_acquire_honours_retry_after() -> None:
    """A pause that the answer asks for is made in full."""
    time = FakeTime()
    asyncio.run(acquire(time.looks([answer(429, retry_after="30"), answer()]), patience=time.patience))
    assert time.pauses == [30.0]


def test_full_jitter() -> None:
    """Pauses between attempts are random from nothing up to a growing limit."""
    pauses = []
    for _ in range(60):
        time = FakeTime()
        asyncio.run(acquire(time.looks([answer(503)]), patience=time.patience))
        pauses.append(time.pauses)
    assert min(first for first, _ in pauses) < 0.2
    assert max(first for first, _ in pauses) <= 0.5
    assert max(second for _, second in pauses) > 0.5
