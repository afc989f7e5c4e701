"""A dependency that limits requests is come back to once, as it asks."""

import asyncio

import pytest

from smoke.dependencies.patience import PatientSender
from smoke.http import Request
from tests.checks.fake_world import Answer, Clock, FakeHttp, answer, in_turn

URL = "https://billing.test/"
FINE = answer("fine")


def limited(after: str | None = "3") -> Answer:
    """Return an answer that asks to come again."""
    return answer("slow down", 429, headers={"retry-after": after} if after else {})


def sent(*answers: Answer, left_s: float = 60.0, times: int = 1) -> tuple[list[int | None], list[float]]:
    """Send *times* requests, and return the statuses and the pauses that were made."""
    clock = Clock()
    sender = PatientSender(FakeHttp({URL: in_turn(*answers)}), clock.pause, lambda: left_s)

    async def run() -> list[int | None]:
        return [(await sender.send(Request("GET", URL))).status for _ in range(times)]

    return asyncio.run(run()), clock.pauses


def test_comes_again_once() -> None:
    """The pause that is asked for is made, and the second answer counts."""
    assert sent(limited(), FINE) == ([200], [3.0])
    assert sent(limited(), limited(), FINE) == ([429], [3.0])


def test_all_requests_together_are_patient_once() -> None:
    """A second limit in the same look is an answer."""
    assert sent(limited(), FINE, limited(), FINE, times=2) == ([200, 429], [3.0])


@pytest.mark.parametrize("after", ["60", "soon", None])
def test_a_pause_that_does_not_fit(after: str | None) -> None:
    """A pause that the budget has no room for, or that nobody can read, is not made."""
    assert sent(limited(after), FINE) == ([429], [])


def test_other_answers_are_not_repeated() -> None:
    """Only a limit asks to come again: a measurement is never retried into a success."""
    assert sent(answer("", 503, headers={"retry-after": "1"}), FINE) == ([503], [])
