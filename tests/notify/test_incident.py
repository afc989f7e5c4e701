"""The canary's incidents in Slack: the way from looks through the outbox into threads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smoke.alerts.message import Sender
from smoke.alerts.sentences import message_of
from smoke.canary.delivery import deliver
from smoke.canary.policies import policy_of, senders_of
from smoke.environment.environment import Environment
from smoke.history import outbox
from smoke.history.database import connect, location
from smoke.history.store import History
from tests.alerts.looks import BEGAN, alerts
from tests.notify.slack import TOKEN, Slack
from tests.notify.taking import taking


def environment(slack: Slack, **alerting: Any) -> Environment:
    """Return an environment whose canary tells Slack at once and a pager later, of what is critical."""
    return Environment.model_validate(
        {
            "name": "portal/prod",
            "tier": "prod",
            "services": {"web": {"url": "https://portal.example.jp"}},
            "notify": {
                "slack": {
                    "token": {"env": "SLACK_TOKEN"},
                    "channel": "C0DEPLOYS",
                    "api": f"{slack.url}/api",
                    "mention": "S0ONCALL1",
                },
                "pager": {"url": {"env": "PAGER"}},
            },
            "alerts": {
                "channels": {"dev": {"notify": "slack"}, "cto": {"notify": "pager"}},
                "escalation": [{"to": ["dev"]}, {"to": ["cto"], "after_s": 3000, "at_least": "critical"}],
                **alerting,
            },
        }
    )


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """Return an empty history."""
    kept = History(connect(location(tmp_path, {})))
    yield kept
    kept.close()


def tell(history: History, letters: str, told: Environment, senders: dict[str, Sender]) -> list[str]:
    """Let the looks that *letters* stand for make their alerts, and deliver after each; return the complaints."""
    complaints: list[str] = []
    for index, alert in alerts(letters, policy_of(told.alerts)):
        with history.writing() as connection:
            outbox.add(connection, "portal/prod", [(one, message_of(alert)) for one in alert.to], BEGAN + 900 * index)
        complaints += deliver(history, "portal/prod", senders, lambda: BEGAN)
    return complaints


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_an_incident_with_reminder_and_recovery(slack: Slack, history: History, tmp_path: Path) -> None:
    """One thread: opened, recalled after an hour without news, resolved; the pager is called meanwhile."""
    told = environment(slack)
    with taking() as pager:
        environ = {"SLACK_TOKEN": TOKEN, "PAGER": f"json://127.0.0.1:{pager.port}/"}
        senders = senders_of(told.alerts, told.notify, tmp_path, environ)
        assert tell(history, "..xxxxxxxxxx..", told, senders) == []
    (thread,) = slack.threads()
    assert [one.partition("portal/prod")[2].strip() for one in thread] == [
        "is failing since 08:30 UTC: page/home",
        "is still failing after 2 h 15 min: page/home",
        "is sound again after 2 h 30 min",
    ]
    assert [one.startswith("<!subteam^S0ONCALL1>") for one in thread] == [True, True, False]
    assert [one.get("reply_broadcast") for one in slack.deploys.messages] == [None, True, True]
    assert [one["type"] for one in pager.sent] == ["failure", "failure", "success"]
    blocks = str(slack.deploys.messages[0]["blocks"])
    assert "page/home: HTTP 500 in 12 of 12 samples" in blocks
    assert "critical" in blocks


def test_two_incidents_are_two_threads(slack: Slack, history: History, tmp_path: Path) -> None:
    """What is over is over; the next incident has a thread of its own."""
    told = environment(slack, escalation=[{"to": ["dev"]}])
    senders = senders_of(told.alerts, told.notify, tmp_path, {"SLACK_TOKEN": TOKEN})
    assert tell(history, "xx..yy..", told, senders) == []
    assert [len(one) for one in slack.threads()] == [2, 2]


def test_slack_is_away_for_a_while(slack: Slack, history: History, tmp_path: Path) -> None:
    """What Slack does not take waits, and arrives later, once each and in its order."""
    told = environment(slack, escalation=[{"to": ["dev"]}])
    senders = senders_of(told.alerts, told.notify, tmp_path, {"SLACK_TOKEN": TOKEN})
    slack.busy = ["30"]
    slack.cut_off = 1
    (busy,) = tell(history, "xx", told, senders)
    assert "alerts to dev are waiting: Slack is asked too often and wants a pause of 30 s" in busy
    (lost,) = deliver(history, "portal/prod", senders, lambda: BEGAN)
    assert "alerts to dev are waiting" in lost
    assert deliver(history, "portal/prod", senders, lambda: BEGAN) == []
    assert [len(one) for one in slack.threads()] == [1]


def test_a_token_that_is_missing(slack: Slack, history: History, tmp_path: Path) -> None:
    """Alerts wait until somebody provides what is missing, and say what that is."""
    told = environment(slack, escalation=[{"to": ["dev"]}])
    (why,) = tell(history, "xx", told, senders_of(told.alerts, told.notify, tmp_path, {}))
    assert "the variable SLACK_TOKEN is not set" in why
    senders = senders_of(told.alerts, told.notify, tmp_path, {"SLACK_TOKEN": TOKEN})
    assert deliver(history, "portal/prod", senders, lambda: BEGAN) == []
    assert len(slack.threads()) == 1
