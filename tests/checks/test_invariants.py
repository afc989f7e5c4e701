"""Two reads must agree with each other."""

from typing import Any

import pytest

from smoke.checks.invariants import checks
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome
from tests.checks.fake_world import (
    Answer,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)
from tests.checks.logins import portal

BASKET = {"name": "basket", "path": "/basket"}
PRICES = {"name": "prices", "path": "/prices"}
SAME = {
    "name": "price",
    "left": {"read": "basket", "at": "price"},
    "right": {"read": "prices", "at": "items[0]"},
    "as": "number",
}


def judged(basket: Answer, prices: Answer, **keys: Any) -> Judgement:
    """Compare two answers."""
    made = environment_of(reads=[BASKET, PRICES], invariants=[{**SAME, **keys}])
    (check,) = checks(made, Release())
    return concluded(check, world_of({"https://api.test/basket": basket, "https://api.test/prices": prices}, made))


LIST = json_answer({"items": ["58.40"]})


@pytest.mark.parametrize("price", ["58.40", 58.4])
def test_agree(price: Any) -> None:
    """The same amount agrees, however it is written."""
    found = judged(json_answer({"price": price}), LIST)
    assert (found.outcome, found.message) == (Outcome.PASSED, "12 pairs as expected")


@pytest.mark.parametrize(
    ("price", "signature"),
    [
        ("5.84", 'price of basket is "5.84", but items[0] of prices is "58.40"'),
        ("free", 'price of basket is "free", which is no number'),
        (None, "nothing at price of basket"),
    ],
)
def test_disagree(price: Any, signature: str) -> None:
    """Another amount, and none, is a fault."""
    found = judged(json_answer({"price": price}), LIST)
    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, signature)


def test_order() -> None:
    """The left side may have to stay below the right one."""
    assert judged(json_answer({"price": 58}), LIST, relation="at_most").outcome is Outcome.PASSED
    assert judged(json_answer({"price": 59}), LIST, relation="at_most").outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "given", [answer("", 500), answer("", 401), answer("", 403), answer("", 404), answer("", 429), html("x"), failing()]
)
def test_nothing_to_compare(given: Exchange) -> None:
    """A read that does not answer is the business of its own check."""
    found = judged(json_answer({"price": 1}), given)
    assert (found.outcome, found.facts["blocked_by"]) == (Outcome.UNDECIDED, "read/prices")
    assert judged(given, LIST).facts["blocked_by"] == "read/basket"


def test_once() -> None:
    """A pair that disagreed once, and one that was lost, are noted at most."""
    lost = failing(FailureKind.RESET)
    basket = in_turn(json_answer({"price": 1}), lost, *[json_answer({"price": 58.4})] * 60)
    found = judged(basket, LIST)
    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"].endswith("not seen again")


def test_one_replica() -> None:
    """One replica of three that disagrees is found."""
    right = [json_answer({"price": 58.4}, headers={"x-replica": name}) for name in "ab"]
    wrong = json_answer({"price": 5.84}, headers={"x-replica": "c"})
    found = judged(in_turn(wrong, *right), LIST)
    assert found.outcome is Outcome.FAILED
    assert "from replica c" in found.message


def test_without_session() -> None:
    """A read of a role that cannot log in leaves it undecided."""
    made = portal(reads=[{**BASKET, "role": "customer"}, PRICES], invariants=[SAME])
    (check,) = checks(made, Release())
    assert concluded(check, world_of({}, made)).outcome is Outcome.UNDECIDED
    assert check.reproduce().count("curl") == 2
