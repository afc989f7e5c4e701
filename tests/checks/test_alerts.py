"""Alerts that began with the deploy fail it; older ones are noted, silenced ones are nobody's business."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smoke.checks.alerts import checks
from smoke.environment import Environment
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    NEW,
    NOW,
    Answer,
    FakeHttp,
    concluded,
    environment_of,
    json_answer,
    world_of,
)
from tests.checks.unheard import UNHEARD, assert_undecided

API = "https://alertmanager.test/api/v2/alerts"
RELEASE = Release(commit=NEW, deployed_at=NOW - 180)


def moment(before_now_s: float) -> str:
    """Return a moment as Alertmanager writes it."""
    return datetime.fromtimestamp(NOW - before_now_s, UTC).isoformat(timespec="milliseconds")


def alert(name: str = "HighErrorRate", age_s: float = 60, severity: str = "critical", **more: Any) -> dict[str, Any]:
    """Return an alert that has been active for *age_s* seconds; its end lies in the future."""
    status = {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": [], **more.pop("status", {})}
    return {
        "labels": {"alertname": name, "severity": severity},
        "annotations": {"summary": "5 % of requests fail"},
        "startsAt": moment(age_s),
        "updatedAt": moment(1),
        "endsAt": moment(-240),
        "fingerprint": f"fp-{name}",
        "receivers": [{"name": "oncall"}],
        "status": status,
        **more,
    }


def environment(**keys: Any) -> Environment:
    """Return an environment with an Alertmanager."""
    return environment_of(monitoring={"after_s": 0, "alertmanager": {"url": "https://alertmanager.test", **keys}})


def judged(
    alerts: Answer | list[dict[str, Any]], subject: str = "gating", release: Release = RELEASE, **more: Any
) -> Judgement:
    """Judge what Alertmanager lists."""
    described = more.pop("described", environment())
    check = next(one for one in checks(described, release) if one.subject == subject)
    reply = json_answer(alerts) if isinstance(alerts, list) else alerts
    return concluded(check, world_of({API: reply}, described, release, **more))


def test_which_checks() -> None:
    """What counts for the verdict and what is only reported are two checks; without Alertmanager there is none."""
    assert {one.id: one.gating for one in checks(environment(), RELEASE)} == {
        "alerts/gating": True,
        "alerts/advisory": False,
    }
    assert not list(checks(environment_of(), RELEASE))


def test_severities_that_hold() -> None:
    """A new alert of theirs is no proof, and no pass either; one of the others beside it is proof enough."""
    described = environment(holds=["warning"])
    warned, info = alert("DiskFull", severity="warning"), alert("Info", severity="info")
    found = judged([warned, info], described=described)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert found.facts["decider"] == "see whether the deploy caused the alert, then verify again"
    assert judged([warned, alert()], described=described).outcome is Outcome.FAILED
    assert judged([info], described=described).outcome is Outcome.PASSED
    assert judged([warned, info], "advisory", described=described).message.startswith("1 alert since the deploy: Info")


def test_no_alert() -> None:
    """Silence passes, and vouches for nothing."""
    found = judged([])
    assert (found.outcome, found.facts["hearsay"]) == (Outcome.PASSED, "alertmanager")


def test_an_alert_since_the_deploy() -> None:
    """It is named, with its severity, its beginning and its summary."""
    found = judged([alert(age_s=60)])

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    began = datetime.fromtimestamp(NOW - 60, UTC).strftime("%H:%M:%S UTC")
    assert found.message == f"1 alert since the deploy: HighErrorRate (critical, since {began}): 5 % of requests fail"


def test_an_alert_from_before_is_noted() -> None:
    """What was active before the deploy is no news, but is told."""
    found = judged([alert("DiskFull", age_s=7200)])

    assert found.outcome is Outcome.PASSED
    assert "from before the deploy: DiskFull" in found.facts["noted"]


@pytest.mark.parametrize("began_s", [60, 58, 56])
def test_an_alert_that_goes_on(began_s: float) -> None:
    """What was active before and has the same beginning is no news, however late it began."""
    then = Before(Outcome.PASSED, measured={"alerts": {"fp-HighErrorRate": NOW - 60}})
    assert judged([alert(age_s=began_s)], before=lambda _: then).outcome is Outcome.PASSED


@pytest.mark.parametrize("subject", ["gating", "advisory"])
def test_an_alert_that_began_again(subject: str) -> None:
    """What was active before, ended and began again since the deploy may be either's doing: a person decides."""
    severity = "critical" if subject == "gating" else "info"
    then = Before(Outcome.PASSED, measured={"alerts": {"fp-HighErrorRate": NOW - 3600}})
    found = judged([alert(age_s=60, severity=severity)], subject, before=lambda _: then)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert found.message.startswith("1 alert of before the deploy ended and began again since: HighErrorRate")
    assert found.facts["decider"] == "see whether the deploy caused the alert, then verify again"


def test_an_alert_that_began_again_before_the_deploy() -> None:
    """What began again before the deploy did is none of its doing."""
    then = Before(Outcome.PASSED, measured={"alerts": {"fp-HighErrorRate": NOW - 3600}})
    assert judged([alert(age_s=600)], before=lambda _: then).outcome is Outcome.PASSED


def test_a_new_alert_beside_one_that_began_again() -> None:
    """The new one is proof enough."""
    then = Before(Outcome.PASSED, measured={"alerts": {"fp-HighErrorRate": NOW - 3600}})
    found = judged([alert(age_s=60), alert("Down")], before=lambda _: then)
    assert found.outcome is Outcome.FAILED
    assert found.message.startswith("1 alert since the deploy: Down")


def test_a_baseline_without_beginnings() -> None:
    """Older baselines tell only that an alert was active: then it is no news."""
    then = Before(Outcome.PASSED, measured={"alerts": ["fp-HighErrorRate"]})
    assert judged([alert(age_s=60)], before=lambda _: then).outcome is Outcome.PASSED


def test_what_the_baseline_keeps() -> None:
    """When each began is measured, so that a later verdict can tell whether it is still the same."""
    assert judged([alert(age_s=60)]).facts["measured"] == {"alerts": {"fp-HighErrorRate": NOW - 60}}


@pytest.mark.parametrize(
    "quiet",
    [
        alert(status={"state": "suppressed", "silencedBy": ["s-1"]}),
        alert(status={"state": "suppressed", "inhibitedBy": ["fp-2"]}),
        alert(status={"silencedBy": ["s-1"]}),
        alert(status={"mutedBy": ["weekend"]}),
        alert(status={"state": "unprocessed"}),
        alert(endsAt=moment(10)),
        alert("Watchdog"),
    ],
)
def test_what_is_not_active_does_not_count(quiet: dict[str, Any]) -> None:
    """Silenced, inhibited, muted, resolved alerts and the one that always fires are left out."""
    assert judged([quiet]).outcome is Outcome.PASSED


def test_severities() -> None:
    """A severity that does not count is only reported, by the other check."""
    alerts = [alert("Slow", severity="warning"), alert("Nameless", severity="")]
    assert judged(alerts).outcome is Outcome.PASSED
    assert judged(alerts, "advisory").message.startswith("2 alerts since the deploy: Nameless (since")

    paging = environment(label="priority", gating=["P1"])
    labelled = alert(labels={"alertname": "Down", "priority": "P1"})
    assert judged([labelled], described=paging).outcome is Outcome.FAILED


def test_without_the_start_of_the_deploy() -> None:
    """New is told from old by the baseline; without one either, active alerts decide nothing."""
    unknown = Release(commit=NEW)
    then = Before(Outcome.PASSED, measured={"alerts": ["fp-DiskFull"]})

    assert judged([alert("DiskFull")], release=unknown, before=lambda _: then).outcome is Outcome.PASSED
    assert judged([alert()], release=unknown, before=lambda _: then).outcome is Outcome.FAILED
    found = judged([alert()], release=unknown)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert "deployed_at" in found.facts["decider"]
    assert judged([], release=unknown).outcome is Outcome.PASSED


def test_what_is_asked() -> None:
    """Only active alerts with the environment's labels are asked for."""
    described = environment(matchers=['service="shop"', 'env=~"prod.*"'])
    http = FakeHttp({API: json_answer([])})
    judged([], described=described, http=http)

    assert parse_qs(urlsplit(http.asked[0].url).query) == {
        "active": ["true"],
        "silenced": ["false"],
        "inhibited": ["false"],
        "filter": ['service="shop"', 'env=~"prod.*"'],
    }


@pytest.mark.parametrize(
    ("reply", "cause", "said"),
    [
        *UNHEARD,
        (json_answer('bad matcher format: "x"', 400), Cause.SUITE, "correct them"),
        (json_answer({"status": "success", "data": []}), Cause.DEPENDENCY, "no list of alerts"),
        (json_answer([{"labels": {}}]), Cause.DEPENDENCY, "no alerts"),
    ],
)
def test_an_alertmanager_that_cannot_be_asked(reply: Exchange, cause: Cause, said: str) -> None:
    """Whatever keeps it from telling is never the release's fault, and never green."""
    assert_undecided(judged(reply), cause, said)
