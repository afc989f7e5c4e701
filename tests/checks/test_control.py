"""Control hosts are evidence about this machine's network."""

import pytest

from smoke.checks.control import checks
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import Answer, answer, concluded, environment_of, failing, in_turn, world_of

URL = "https://control.test/"


def judged(made: Answer) -> Judgement:
    """Conclude the check for a control host that answers so."""
    described = environment_of(control=[URL])
    check, _ = checks(described, Release())
    return concluded(check, world_of({URL: made}, described))


def test_identity() -> None:
    """The check is made while converging, for its own sake, and gates nothing."""
    check, _ = checks(environment_of(control=[URL]), Release())
    assert (check.id, check.stage, check.gating, check.independent) == (
        "control/control.test",
        Stage.CONVERGE,
        False,
        True,
    )
    assert check.reproduce() == "curl -sS -i https://control.test/"


def test_several_addresses_have_several_ids() -> None:
    """Ids stay unique, also for two paths on one host; repetitions are dropped."""
    urls = [URL, URL, "https://control.test/other", "https://other.test:8443/"]
    ids = [one.id for one in checks(environment_of(control=urls), Release())][::2]
    assert ids == ["control/control.test", "control/control.test/other", "control/other.test:8443"]


@pytest.mark.parametrize(
    "made", [answer("ok"), answer("", 404), failing(FailureKind.TLS), failing(FailureKind.TIMEOUT)]
)
def test_whatever_it_says_it_was_reached(made: Exchange) -> None:
    """An error, a broken certificate or a slow answer prove that the network leads there."""
    judgement = judged(made)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["control"] is True
    assert judgement.facts["reachable"] is True


def test_its_own_trouble_is_evidence_too() -> None:
    """A server error on an unrelated host is kept, for it may be the edge's."""
    assert judged(answer("", 503)).facts["failing"] is True
    assert judged(answer("")).facts["failing"] is False


def test_one_lost_packet_proves_nothing() -> None:
    """One of two answers is enough."""
    assert judged(in_turn(failing(FailureKind.CONNECT_TIMEOUT), answer(""))).facts["reachable"] is True


@pytest.mark.parametrize("kind", [one for one in FailureKind if one.before_any_answer])
def test_not_reached_is_the_runners_trouble(kind: FailureKind) -> None:
    """Nothing comes through: the finding fails, with cause runner."""
    judgement = judged(failing(kind))
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RUNNER)
    assert judgement.facts == {
        "control": True,
        "reachable": False,
        "failure_kinds": [kind.value],
        "signature": "not reached",
    }


def test_asked_again_in_the_end() -> None:
    """Each control host is asked again after the last check, as the network may be lost on the way."""
    described = environment_of(control=[URL])
    _, again = checks(described, Release())
    assert (again.id, again.stage, again.gating, again.independent) == (
        "control-again/control.test",
        Stage.CONFIRM,
        False,
        True,
    )
    judgement = concluded(again, world_of({URL: failing(FailureKind.CONNECT_TIMEOUT)}, described))
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RUNNER)
    assert judgement.facts["reachable"] is False
    assert "control host" in again.promise
