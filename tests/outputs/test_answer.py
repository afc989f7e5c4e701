"""The words that all outputs share."""

import pytest

from smoke.outputs import answer
from tests.outputs import verdicts


@pytest.mark.parametrize(
    ("verdict", "services", "headline"),
    [
        ("passing", [], "PASS: promote"),
        ("failing", ["bff"], "FAIL: roll back bff"),
        ("failing", ["bff", "web"], "FAIL: roll back bff and web"),
        ("failing", ["a", "b", "c", "d", "e"], "FAIL: roll back a, b, c and 2 more"),
        ("failing", [], "FAIL: roll back portal"),
        ("partial", [], "INCONCLUSIVE: hold"),
    ],
)
def test_headline(verdict: str, services: list[str], headline: str) -> None:
    """The headline says the verdict and the action, with the services at fault."""
    assert answer.headline(getattr(verdicts, verdict)() | {"services": services}) == headline


def test_causes_of_a_fail() -> None:
    """Reasons are grouped by cause, each with its own next step; the release's is to roll back."""
    groups = answer.causes(verdicts.failing())
    assert [(group.cause, group.checks) for group in groups] == [
        ("release", ("journey/invoices", "read/invoices")),
        ("dependency", ("dependency/salesforce",)),
    ]
    assert groups[0].next_step == "roll back bff to 4e77d01"
    assert groups[1].next_step == "wait for the third party and verify again; a rollback would not help"


def test_causes_of_a_hold() -> None:
    """An inconclusive verdict never says to roll back, and says once what is the same for all checks."""
    (group,) = answer.causes(verdicts.runner())
    assert "roll back" not in group.next_step
    assert len(group.checks) == 26
    assert [len(checks) for checks in group.messages.values()] == [26]


@pytest.mark.parametrize(
    ("ids", "command"),
    [
        ([], 'pytest -m "prod and portal"'),
        (["journey/invoices"], 'pytest -m "prod and portal" -k journey/invoices'),
        (["page/home", "read/x.y"], 'pytest -m "prod and portal" -k "page/home or read/x.y"'),
        (["page/home", "page/home"], 'pytest -m "prod and portal" -k page/home'),
        (["page/a b"], 'pytest -m "prod and portal"'),
        (["page/$(reboot)"], 'pytest -m "prod and portal"'),
        ([f"page/{number}" for number in range(50)], 'pytest -m "prod and portal"'),
        (["page/home", "census/release"], 'pytest -m "prod and portal"'),
    ],
)
def test_repeat_command(ids: list[str], command: str) -> None:
    """The command selects the reasons, unless they cannot be named safely and briefly."""
    reasons = [{"check": one, "cause": "release", "message": ""} for one in ids]
    assert answer.repeat_command(verdicts.failing() | {"reasons": reasons}) == command


def test_repeat_one() -> None:
    """What is found at the end, over all that was asked, takes a whole run."""
    everything = 'pytest -m "prod and portal"'
    assert answer.repeat_one(verdicts.failing(), "journey/invoices") == f"{everything} -k journey/invoices"
    assert answer.repeat_one(verdicts.failing(), "census/release") == everything
    assert answer.repeat_one(verdicts.failing(), "page/$(reboot)") == ""


def test_problems_are_ordered_by_gravity() -> None:
    """Failed comes before undecided and skipped, gating before advisory."""
    checks = [
        verdicts.check("a/skipped", "immediate", "skipped"),
        verdicts.check("a/advisory", "immediate", "failed", gating=False),
        verdicts.check("a/undecided", "immediate", "undecided"),
        verdicts.check("a/passed", "immediate"),
        verdicts.check("a/failed", "immediate", "failed"),
    ]
    found = answer.problems(verdicts.verdict("fail", checks))
    assert [one["id"] for one in found] == ["a/failed", "a/advisory", "a/undecided", "a/skipped"]


@pytest.mark.parametrize(
    ("commit", "shown"),
    [(verdicts.COMMIT, "9f1c2ab"), ("9f1c2ab", "9f1c2ab"), ("v2.14.0-rc.1", "v2.14.0-rc.1"), ("…", "…")],
)
def test_short(commit: str, shown: object) -> None:
    """A commit is cut to what people read; another name stays whole."""
    assert answer.short(commit) == shown


@pytest.mark.parametrize(
    ("duration_s", "shown"), [(0.04, "0.0 s"), (5.96, "6.0 s"), (99.0, "99.0 s"), (125, "2 min 05 s")]
)
def test_seconds(duration_s: float, shown: object) -> None:
    """Long durations are told in minutes."""
    assert answer.seconds(duration_s) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [("2026-11-21T19:02:00.123+09:00", "2026-11-21 10:02:00 UTC"), ("…", "…")],
)
def test_moment(written: str, shown: object) -> None:
    """A moment is told in UTC; what is none stays as it is."""
    assert answer.moment(written) == shown
