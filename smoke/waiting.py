"""
Wait for something to come about; the only module that knows tenacity.

Waiting is not measuring. `wait_until` looks again and again at a release that settles or a job that runs; `acquire`
gets something that measurements need later, such as a token. Neither may turn a failed measurement into a success.
"""

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from smoke.http.exchange import Exchange, FailureKind
from smoke.http.too_many import retry_after_s

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

TRANSIENT_KINDS = frozenset(
    {FailureKind.UNREACHABLE, FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT, FailureKind.RESET, FailureKind.TIMEOUT}
)
"""Failures that may pass by themselves; a wrong certificate, an unknown name or a garbled answer does not."""

TRANSIENT_STATUSES = frozenset({429, 502, 503, 504})
"""Statuses that ask us to come again; 500 is an answer (ecosystem conventions, section 5)."""

JITTER = 0.2
"""How much a steady pause varies, so that verifiers that started together do not stay together."""

BACKOFF_S = 0.5
BACKOFF_MOST_S = 5.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look: its number from 1, when it ended, why it was not enough, and the pause after it (None: the last)."""

    number: int
    elapsed_s: float
    why: str
    pause_s: float | None


@dataclass(frozen=True, slots=True)
class Waited(Generic[T]):
    """What the last look returned, whether it is what was waited for, and all looks in order."""

    result: T
    done: bool
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Patience:
    """
    What all waiting of a run shares.

    *pause* lets time pass and *remaining_s* tells what is left of the budget (both as in `World`); *hook* hears of
    every look as it ends; *clock* is monotonic, in seconds.
    """

    pause: Callable[[float], Awaitable[None]]
    remaining_s: Callable[[], float]
    hook: Callable[[Attempt], None] | None = None
    clock: Callable[[], float] = time.monotonic


async def wait_until(
    look: Callable[[], Awaitable[T]],
    *,
    missing: Callable[[T], str | None],
    within_s: float,
    every_s: float,
    patience: Patience,
) -> Waited[T]:
    """
    Look every *every_s* seconds, give or take, until nothing is *missing*, for *within_s* and the budget at most.

    *missing* says in words what a look still lacks, None when it is done; it is called once for each look. Where a look
    returns exchanges, the pause is as long as their `Retry-After` asks. One that does not fit becomes half of what
    remains, so that a last look is always made: many maintenance pages ask for an hour. There is always a first look;
    a look under way is never cut.
    """
    from tenacity import wait_random  # imported late: most processes never wait

    steady = wait_random(every_s * (1 - JITTER), every_s * (1 + JITTER))

    def pause_s(state: "RetryCallState", result: T, left_s: float) -> float:
        asked_s = _asked_s(result)
        return max(steady(state), asked_s if asked_s < left_s else left_s / 2)

    return await _Loop(patience, within_s, math.inf).run(look, missing, pause_s)


async def acquire(
    send: Callable[[], Awaitable[Exchange]],
    *,
    patience: Patience,
    attempts: int = 3,
    kinds: frozenset[FailureKind] = TRANSIENT_KINDS,
    statuses: frozenset[int] = TRANSIENT_STATUSES,
) -> Waited[Exchange]:
    """
    Send up to *attempts* times while the answer is one of the failure *kinds* or *statuses*; any other is the end.

    Pauses are random up to a doubling limit (full jitter), or as long as `Retry-After` asks; one that does not fit
    into what is left of the budget ends the attempts. For acquisitions only, never for a measurement.
    """
    from tenacity import wait_random_exponential  # imported late: most processes never wait

    backoff = wait_random_exponential(multiplier=BACKOFF_S, max=BACKOFF_MOST_S)

    def transient(exchange: Exchange) -> str | None:
        failure = exchange.failure
        passing = failure.kind in kinds if failure else exchange.status in statuses
        return exchange.outline() if passing else None

    def pause_s(state: "RetryCallState", result: Exchange, _: float) -> float:
        return max(backoff(state), _asked_s(result))

    return await _Loop(patience, math.inf, attempts).run(send, transient, pause_s)


@dataclass(frozen=True, slots=True)
class _Look(Generic[T]):
    result: T
    missing: str | None


@dataclass(frozen=True, slots=True)
class _Loop:
    """The one use of tenacity, with the run's own clock, pause and budget."""

    patience: Patience
    within_s: float
    most: float

    async def run(
        self,
        look: Callable[[], Awaitable[T]],
        missing: Callable[[T], str | None],
        pause_s: Callable[["RetryCallState", T, float], float],
    ) -> Waited[T]:
        from tenacity import AsyncRetrying, retry_if_result  # imported late: most processes never wait

        began = self.patience.clock()
        attempts: list[Attempt] = []

        def left_s() -> float:
            return min(self.within_s - (self.patience.clock() - began), self.patience.remaining_s())

        def note(last: _Look[T], pause: float | None) -> None:
            attempts.append(Attempt(len(attempts) + 1, self.patience.clock() - began, last.missing or "", pause))
            if self.patience.hook:
                self.patience.hook(attempts[-1])

        async def attempt() -> _Look[T]:
            result = await look()
            return _Look(result, missing(result))

        retrying = AsyncRetrying(
            sleep=self.patience.pause,
            retry=retry_if_result(lambda last: last.missing is not None),
            wait=lambda state: pause_s(state, _look(state).result, left_s()),
            # As tenacity's stop_before_delay: a pause that does not fit is not begun.
            stop=lambda state: state.attempt_number >= self.most or state.upcoming_sleep >= left_s(),
            before_sleep=lambda state: note(_look(state), state.upcoming_sleep),
            retry_error_callback=_look,
        )
        last: _Look[T] = await retrying(attempt)
        note(last, None)
        return Waited(last.result, last.missing is None, tuple(attempts))


def _look(state: "RetryCallState") -> _Look[Any]:
    assert state.outcome is not None
    look: _Look[Any] = state.outcome.result()
    return look


def _asked_s(result: object) -> float:
    """Return the longest pause that *result*, an exchange or several, asks for."""
    exchanges = result if isinstance(result, tuple | list) else (result,)
    return max((retry_after_s(one) or 0.0 for one in exchanges if isinstance(one, Exchange)), default=0.0)
