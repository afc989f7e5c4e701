"""Replicas of one release give the same answer to the same question."""

from itertools import count, cycle

import pytest

from smoke.checks._agreement import AGREE, agreed, by_replica, dissenters
from smoke.checks.reads import checks
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import Answer, concluded, environment_of, json_answer, world_of

AGREED = Before(Outcome.PASSED, measured={AGREE: True})


def judged(given: Answer, before: Before | None) -> Judgement:
    """Make a read that promises no more than a price."""
    environment = environment_of(reads=[{"name": "price", "path": "/price", "expect": [{"at": "total"}]}])
    (check,) = checks(environment, Release())
    return concluded(check, world_of({"https://api.test/price": given}, environment, before=lambda _: before))


def in_replicas(currencies: dict[str, str]) -> Answer:
    """Answer in turn from replicas that each have a currency of their own."""
    turns = cycle(
        [json_answer({"total": 1, "in": one}, headers={"x-replica": name}) for name, one in currencies.items()]
    )
    return lambda _request: next(turns)


def test_one_replica_answers_otherwise() -> None:
    """Where all agreed before the deploy, one that says something else every time fails, whatever was promised."""
    found = judged(in_replicas({"a": "EUR", "b": "USD", "c": "EUR"}), AGREED)
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message == "replica b answers otherwise than a and c, which agree; before the deploy all did"


@pytest.mark.parametrize("before", [None, Before(Outcome.PASSED)])
def test_who_never_agreed(before: Before | None) -> None:
    """Replicas that may always have differed prove nothing."""
    found = judged(in_replicas({"a": "EUR", "b": "USD", "c": "EUR"}), before)
    assert found.outcome is Outcome.PASSED
    assert AGREE not in found.facts["measured"]


def test_all_agree() -> None:
    """That all agree is remembered for the next release."""
    found = judged(in_replicas(dict.fromkeys("abc", "EUR")), AGREED)
    assert (found.outcome, found.facts["measured"][AGREE]) == (Outcome.PASSED, True)


def test_what_is_new_every_time() -> None:
    """An answer with a number of its own in it differs from itself too."""
    numbers = count()

    def given(_request: Request) -> Exchange:
        number = next(numbers)
        return json_answer({"total": 1, "number": number}, headers={"x-replica": "abc"[number % 3]})

    assert judged(given, AGREED).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("answers", "odd"),
    [
        ("a1 a1 b1 b1 c2 c2", ["c"]),
        ("a1 a1 b2 b2", []),  # nobody knows who is right
        ("a1 a1 b1 b1 c2", []),  # once is no habit
        ("a1 a1 b1 b1 c2 c1", []),
        ("a1 a1 b2 b2 c3 c3", []),
        ("a1 a1 b1 b1 c2 c2 d3 d3", ["c", "d"]),
        ("a1 a1", []),
        ("", []),
    ],
)
def test_dissent_is_certain_or_none(answers: str, odd: list[str]) -> None:
    """Only who always answers otherwise than most is named."""
    found = by_replica([(one[0], one[1:].encode()) for one in answers.split()])
    assert dissenters(found)[0] == odd


def test_agreement_takes_two() -> None:
    """One replica, or nameless ones, agree with nobody."""
    assert not agreed(by_replica([("a", b"1"), ("a", b"1"), (None, b"1")]))
    assert agreed(by_replica([("a", b"1"), ("b", b"1")]))
    assert not agreed(by_replica([("a", b"1"), ("b", b"2")]))
