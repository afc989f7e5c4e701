"""One line a look: what changed."""

from typing import Any

import pytest

from smoke.outputs.ansi import Style, columns
from smoke.outputs.change import Seen, look_line
from tests.outputs import verdicts
from tests.outputs.verdicts import BEFORE


def line(verdict: dict[str, Any], last: dict[str, Any] | None = None, room: int = 200) -> str:
    """Return the line of a look after *last*."""
    return look_line("10:02:00", verdict, Seen.of(last) if last else None, Style(room))


def failing_with(*checks: str) -> dict[str, Any]:
    """Return a fail for the reason of *checks*."""
    reasons = [{"check": one, "cause": "release", "message": ""} for one in checks]
    return verdicts.failing() | {"reasons": reasons, "release": verdicts.passing()["release"]}


def test_the_first_look() -> None:
    """The first look says what is to be done, and why."""
    assert line(failing_with("page/home"), room=78) == (
        "10:02:00  ✗ FAIL          9f1c2ab roll back bff. The invoice list is empty fo…"
    )


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (["a/1"], ["a/1"], "as before: a/1"),
        (["a/1", "b/2"], ["a/1"], "new b/2; still a/1"),
        (["b/2"], ["a/1"], "new b/2; gone a/1"),
        (["a/1"], ["a/1", "b/2"], "gone b/2; still a/1"),
    ],
)
def test_what_changed(now: list[str], before: list[str], said: str) -> None:
    """What came, what went, what stayed."""
    assert line(failing_with(*now), failing_with(*before)).endswith(f"9f1c2ab {said}")


def test_another_release() -> None:
    """Another commit that is live is a change."""
    census = {"web": {"commits": {BEFORE: 3}, "replicas": {}}}
    other = failing_with("a/1") | {"release": {"expected": None, "previous": None, "observed": census}}
    assert line(other, failing_with("a/1")).endswith("4e77d01 9f1c2ab → 4e77d01; still a/1")


def test_green_at_last() -> None:
    """The look that ends the watch says so in full."""
    assert "✓ PASS" in line(verdicts.passing(), verdicts.failing())
    assert "promote. 9f1c2ab4d0e3 is served everywhere" in line(verdicts.passing(), verdicts.failing())


@pytest.mark.parametrize("kind", [*verdicts.ALL, "hostile"])
def test_one_line(kind: str) -> None:
    """Whatever was found, a look is one line of 80 columns."""
    verdict = verdicts.hostile() if kind == "hostile" else verdicts.ALL[kind]()
    shown = line(verdict, room=78)
    assert "\n" not in shown
    assert columns(shown) <= 78
    assert "\x1b" not in shown
