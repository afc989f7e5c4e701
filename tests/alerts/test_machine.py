"""When people are told: transitions, not states."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from smoke.alerts.incident import Kind, News, State
from smoke.alerts.look import Blame
from smoke.alerts.machine import advance
from smoke.alerts.policy import Policy, Step
from smoke.verdict.words import Severity
from tests.alerts.looks import BEGAN, COMMIT, EVERY_S, EVERYBODY, alerts, look, sequence, told

TRANSITIONS = [
    # a single failure is a flap, whatever comes between
    (".x.x.", []),
    ("x-.-x", []),
    # two in a row open, two successes resolve
    (".xx..", [(2, "opened"), (4, "resolved")]),
    ("xx.x..", [(1, "opened"), (5, "resolved")]),
    # a look that says nothing changes nothing
    ("x-x.-.", [(2, "opened"), (5, "resolved")]),
    # one that could not tell neither absolves nor condemns
    ("x?x", [(2, "opened")]),
    ("xx.?..", [(1, "opened"), (5, "resolved")]),
    # one failure confirmed at once does not wait for the next look
    (".xX..", [(2, "opened"), (4, "resolved")]),
    # refuted at once it is a flap, and the next failure a first one
    ("x.x.", []),
    # what cannot be told for an hour is an incident of its own
    ("????", [(3, "opened")]),
    ("???.???", []),
    ("????..", [(3, "opened"), (5, "resolved")]),
    # an incident that becomes a failure says so, in the same thread
    ("????x", [(3, "opened"), (4, "worse")]),
    # another check that fails is news once
    ("xxyy", [(1, "opened"), (2, "changed")]),
    # a third party's fault is mild, until it is ours
    ("ddx", [(1, "opened"), (2, "worse")]),
    # an incident that goes on is recalled every hour, one that recovers is not
    ("xxxxxxxxxx", [(1, "opened"), (5, "reminder"), (9, "reminder")]),
]


@pytest.mark.parametrize(("letters", "expected"), TRANSITIONS)
def test_transitions(letters: str, expected: list[tuple[int, str]]) -> None:
    """Alerts come when something begins, gets worse or ends, and in between only now and then."""
    assert told(letters) == expected


def test_a_confirmation_elsewhere_confirms_nothing() -> None:
    """A second look that fails in another check has neither confirmed the first nor refuted it."""
    state, made = advance(State(), look("x"), EVERYBODY)
    state, made = advance(state, look("y", BEGAN + 60, confirms=True), EVERYBODY)
    assert (made, state.failures) == ((), 1)
    _, made = advance(state, look("x", BEGAN + EVERY_S), EVERYBODY)
    assert [one.news for one in made] == [News.OPENED]


def test_times() -> None:
    """An incident begins with its first failure and ends with the first of the successes that end it."""
    (_, opened), (_, resolved) = alerts(".xxx..")
    assert opened.incident.began_at == BEGAN + EVERY_S
    assert opened.incident.opened_at == BEGAN + 2 * EVERY_S + 10
    assert resolved.incident.resolved_at == BEGAN + 4 * EVERY_S
    assert resolved.incident.id == opened.incident.id


def test_what_fails_is_remembered() -> None:
    """The recovery names everything that failed, not only what failed last."""
    *_, (_, resolved) = alerts("xxy..")
    assert resolved.incident.checks == ("page/home", "journey/checkout")


def test_severity() -> None:
    """An incident is as bad as its worst check, and never becomes milder."""
    policy = replace(EVERYBODY, checks=(("page/*", Severity.WARNING), ("journey/checkout", Severity.ERROR)))
    assert [one.incident.severity for _, one in alerts("xxyx..", policy)] == ["warning", "error", "error"]
    assert [one.news for _, one in alerts("xxyx..", policy)] == ["opened", "worse", "resolved"]


def test_escalation() -> None:
    """Whoever is to know later or of worse things only is told then, once, and of the end too."""
    steps = (Step(("dev",)), Step(("cto",), 1800), Step(("pager", "dev"), at_least=Severity.CRITICAL))
    policy = Policy(steps=steps)
    made = [(index, one.news.value, one.to) for index, one in alerts("ddx" + "xx" + "..", policy)]
    assert made == [
        (1, "opened", ("dev",)),
        (2, "worse", ("dev",)),
        (2, "escalated", ("pager",)),
        (3, "escalated", ("cto",)),
        (6, "resolved", ("dev", "pager", "cto")),
    ]


def test_nobody_to_tell() -> None:
    """Without channels an incident begins and ends all the same."""
    state = State()
    for one in sequence("xx"):
        state, made = advance(state, one, Policy())
        assert made == ()
    assert state.incident is not None
    for one in sequence(".."):
        state, _ = advance(state, one, Policy())
    assert state.incident is None


def test_the_release_is_blamed_at_the_start_only() -> None:
    """What failed before a release came is not that release's, however long it goes on."""
    blame = Blame(COMMIT, None, BEGAN, BEGAN, ("page/home",))
    state = State()
    for at, one in enumerate(sequence("xxx")):
        blamed = replace(one, blame=blame) if at == 2 else one
        state, _ = advance(state, blamed, EVERYBODY)
    assert state.incident is not None
    assert state.incident.blame is None
    state, (alert,) = advance(advance(State(), look("x"), EVERYBODY)[0], look("x", blame=blame), EVERYBODY)
    assert alert.incident.blame == blame


LETTERS = some.text("..xxXy?d-", max_size=60)


@given(LETTERS)
def test_no_alert_twice(letters: str) -> None:
    """Every alert has a name of its own."""
    names = [one.id for _, one in alerts(letters)]
    assert len(names) == len(set(names))


@given(LETTERS)
def test_every_incident_is_opened_once_and_resolved_once(letters: str) -> None:
    """Whatever happens, openings and resolutions alternate, and everything else lies between them."""
    open_ = False
    for _, one in alerts(letters):
        if one.news is News.OPENED:
            assert not open_
            open_ = True
        assert open_
        if one.news is News.RESOLVED:
            open_ = False


@given(LETTERS, some.integers(0, 60))
def test_a_restart_changes_nothing(letters: str, cut: int) -> None:
    """Looks counted again after a restart, from the state that was kept, make the same alerts with the same names."""
    state = State()
    for one in list(sequence(letters))[:cut]:
        state, _ = advance(state, one, EVERYBODY)
    kept = State.from_json(state.to_json())
    assert kept == state
    for one in list(sequence(letters))[cut:]:
        assert advance(kept, one, EVERYBODY) == advance(state, one, EVERYBODY)
        state, _ = advance(state, one, EVERYBODY)
        kept = State.from_json(state.to_json())


@given(LETTERS)
def test_an_open_incident_was_told(letters: str) -> None:
    """No incident is open of which nobody knows, and none is unclear once something failed in it."""
    state = State()
    for one in sequence(letters):
        state, _ = advance(state, one, EVERYBODY)
        if state.incident is not None:
            assert state.incident.told == ("dev",)
            assert (state.incident.kind is Kind.FAILING) == bool(state.incident.checks)


@pytest.mark.parametrize(
    ("letter", "declared", "expected"),
    [
        ("x", None, Severity.ERROR),
        ("x", Severity.CRITICAL, Severity.CRITICAL),
        ("x", Severity.WARNING, Severity.ERROR),
        ("d", Severity.CRITICAL, Severity.WARNING),
        ("?", Severity.CRITICAL, Severity.WARNING),
    ],
)
def test_a_declared_incident_may_be_graver(letter: str, declared: Severity | None, expected: Severity) -> None:
    """What the environment calls critical is, whatever a mere failure is; a third party keeps its own severity."""
    policy = Policy(failing=Severity.ERROR, dependency=Severity.WARNING, unclear=Severity.WARNING)
    assert policy.severity(look(letter, severity=declared)) is expected
