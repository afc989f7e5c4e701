"""The threads of whole deploys, as people find them in the channel."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smoke.notify import threads
from smoke.notify.announce import announce, mentioned
from smoke.notify.deploys import verdict_event
from smoke.notify.event import DeployNews, Event
from tests.notify.slack import HOOK, TOKEN, Slack
from tests.outputs import verdicts

AT = 1_800_000_000.0
ENVIRONMENT = "portal/prod"
GOOD, BAD = verdicts.BEFORE, verdicts.COMMIT

FILE = """
tier = "prod"
[services.web]
url = "https://portal.example.jp"
[notify.slack]
token = { env = "SLACK_TOKEN" }
channel = "#deploys"
api = "@/api"
mention = "here"
"""


@dataclass
class Team:
    """A team with one environment; *say* announces something."""

    chosen: argparse.Namespace
    environ: dict[str, str]
    state: Path
    file: Path

    def say(self, news: DeployNews, at: float, **given: Any) -> None:
        """Announce an event *at* seconds after the beginning."""
        self.tell(Event(**{"news": news, "environment": ENVIRONMENT, "at": AT + at, "commit": BAD, **given}))

    def tell(self, event: Event) -> None:
        """Announce *event*."""
        announce(event, self.chosen, self.environ)


@pytest.fixture
def team(tmp_path: Path, slack: Slack) -> Team:
    """Return a team that is told of everything in Slack."""
    file = tmp_path / "environments" / f"{ENVIRONMENT}.toml"
    file.parent.mkdir(parents=True)
    file.write_text(FILE.replace("@", slack.url), "utf-8")
    environ = {"SLACK_TOKEN": TOKEN, "SMOKE_STATE_DIR": str(tmp_path / "state")}
    chosen = argparse.Namespace(smoke_environments=tmp_path / "environments")
    return Team(chosen, environ, tmp_path / "state", file)


def test_a_good_deploy(team: Team, slack: Slack) -> None:
    """A deploy that begins and passes is one thread, with commit, author, changelog and links."""
    told = {"author": "Mika Tanaka", "changelog": "9f1c2ab Sort invoices\n1a2b3c4 Fix a typo"}
    team.say(DeployNews.START, 0, previous=GOOD, links={"pipeline": "https://ci.example/1"}, **told)
    team.tell(verdict_event({**verdicts.passing(), "finished_at": "2027-01-15T08:03:00Z"}))
    (thread,) = slack.threads()
    assert thread == [
        "\N{BLACK RIGHT-POINTING TRIANGLE} portal/prod: the deploy of 9f1c2ab begins",
        "\N{WHITE HEAVY CHECK MARK} portal/prod: PASS: 9f1c2ab is live and sound",
    ]
    shown = str(slack.deploys.messages[0]["blocks"])
    for part in ("Mika Tanaka", "Sort invoices", BAD, GOOD, "<https://ci.example/1|pipeline>", "portal/prod"):
        assert part in shown


def test_a_bad_deploy_that_is_rolled_back(team: Team, slack: Slack) -> None:
    """Fail, rollback and its proof are in the thread of the deploy; the proof is a verdict about the release before."""
    team.say(DeployNews.START, 0, previous=GOOD)
    team.tell(verdict_event({**verdicts.failing(), "finished_at": "2027-01-15T08:01:00Z"}))
    team.say(DeployNews.ROLLBACK, 70, previous=GOOD)
    release: dict[str, Any] = {"expected": GOOD, "previous": BAD, "observed": {}}
    team.tell(verdict_event({**verdicts.passing(), "release": release, "finished_at": "2027-01-15T08:03:10Z"}))
    (thread,) = slack.threads()
    assert [one.partition("portal/prod: ")[2] for one in thread] == [
        "the deploy of 9f1c2ab begins",
        "FAIL: roll back bff",
        "rolling back 9f1c2ab to 4e77d01",
        "ROLLED BACK after 2 min: 4e77d01 is served again",
    ]
    failed = str(slack.deploys.messages[1]["blocks"])
    assert "The invoice list is empty" in failed
    assert "dependency/salesforce (dependency)" in failed


@pytest.mark.parametrize(
    ("verdict", "said"),
    [(verdicts.failing, "ROLLBACK FAILED: 4e77d01"), (verdicts.interrupted, "ROLLBACK NOT PROVEN: whether 4e77d01")],
)
def test_a_rollback_that_did_not_help(
    team: Team, slack: Slack, verdict: Callable[[], dict[str, Any]], said: str
) -> None:
    """A rollback that failed is the loudest message there is: it calls people by name, whatever they want to hear."""
    team.file.write_text(team.file.read_text("utf-8") + 'on = ["start", "rollback"]\n', "utf-8")
    team.say(DeployNews.START, 0, previous=GOOD)
    team.say(DeployNews.FAIL, 30)
    release: dict[str, Any] = {"expected": GOOD, "previous": None, "observed": {}}
    team.tell(verdict_event({**verdict(), "release": release, "finished_at": "2027-01-15T08:03:00Z"}))
    (thread,) = slack.threads()
    assert len(thread) == 2  # what was to be told of the failure itself was not wanted
    assert said in thread[1]
    assert thread[1].startswith("<!here>") is (verdict is verdicts.failing)


def test_what_nobody_wants_to_hear(team: Team, slack: Slack) -> None:
    """Only what `on` names is told, and a rollback that failed always."""
    team.file.write_text(team.file.read_text("utf-8") + 'on = ["fail"]\n', "utf-8")
    for at, news in enumerate(DeployNews):
        team.say(news, at, previous=GOOD)
    assert [one.partition("prod: ")[2].partition(":")[0] for one in slack.threads()[0]] == ["FAIL", "ROLLBACK FAILED"]


def test_two_deploys_are_two_threads(team: Team, slack: Slack) -> None:
    """The next deploy begins a thread of its own, primed or not."""
    team.say(DeployNews.START, 0)
    team.say(DeployNews.PASS, 10)
    team.say(DeployNews.START, 100, commit=GOOD)
    team.say(DeployNews.PASS, 110, commit=GOOD)
    team.say(DeployNews.PASS, 200, commit="1234567")
    assert [len(one) for one in slack.threads()] == [2, 2, 1]


@pytest.mark.parametrize("scopes", [{"chat:write", "channels:history"}, {"chat:write"}])
def test_another_machine(team: Team, slack: Slack, scopes: set[str]) -> None:
    """Where prime and verify share no state the thread is found in the channel, if the app may look there."""
    team.file.write_text(team.file.read_text("utf-8").replace("#deploys", "C0DEPLOYS"), "utf-8")
    slack.scopes = scopes
    team.say(DeployNews.START, 0, commit=GOOD)
    team.say(DeployNews.START, 1)
    (team.state / "notify" / f"{ENVIRONMENT}.json").unlink()
    team.say(DeployNews.FAIL, 60)
    team.say(DeployNews.ROLLBACK, 61)
    found = [[BAD[:7] in one for one in thread] for thread in slack.threads()]
    assert found == ([[False], [True] * 3] if "channels:history" in scopes else [[False], [True], [True] * 2])


def test_previews_side_by_side(team: Team, slack: Slack) -> None:
    """Deploys of one environment that overlap keep their threads apart, by their commits."""
    team.say(DeployNews.START, 0, commit="1111111")
    team.say(DeployNews.START, 1, commit="2222222")
    team.say(DeployNews.FAIL, 2, commit="1111111")
    team.say(DeployNews.PASS, 3, commit="2222222")
    assert [["1111111" in one for one in thread] for thread in slack.threads()] == [[True, True], [False, False]]


def test_a_deploy_without_a_name(team: Team, slack: Slack) -> None:
    """Who primes without a commit and verifies with one tells of one deploy."""
    team.say(DeployNews.START, 0, commit=None, previous=GOOD)
    team.say(DeployNews.INCONCLUSIVE, 60)
    team.say(DeployNews.PASS, 120)
    (thread,) = slack.threads()
    assert len(thread) == 3
    (known,) = threads.load(team.state, ENVIRONMENT)
    assert (known.commit, known.previous) == (BAD, GOOD)


def test_damaged_threads(team: Team, slack: Slack) -> None:
    """What is kept between two announcements may be damaged; then a thread begins anew."""
    team.say(DeployNews.START, 0)
    for content in (
        "",
        "[]",
        "{}",
        '{"threads": 3}',
        (team.state / "notify" / f"{ENVIRONMENT}.json").read_text("utf-8")[:-9],
    ):
        (team.state / "notify" / f"{ENVIRONMENT}.json").write_text(content, "utf-8")
        team.say(DeployNews.PASS, 10)
    assert len(slack.threads()) == 6


def test_secrets(team: Team, slack: Slack) -> None:
    """What the environment file names as secret is in no message, even if a command's last words held it."""
    more = (
        '[roles.customer]\nuser = { env = "SHOP_USER" }\npassword = { env = "SHOP_PASSWORD" }\n'
        '[login]\nservice = "web"\npath = "/login"\nwho = "/me"\n'
    )
    team.file.write_text(team.file.read_text("utf-8") + more, "utf-8")
    team.environ |= {"SHOP_USER": "prod", "SHOP_PASSWORD": "correct-horse-battery"}
    words = f"rollback.sh: login with correct-horse-battery failed, token {TOKEN}"
    team.say(DeployNews.ROLLBACK_FAILED, 0, reason=words, details=(words,), changelog=words)
    assert len(slack.deploys.messages) == 1
    shown = str(slack.deploys.messages)
    assert "[redacted]" in shown
    assert "correct-horse-battery" not in shown
    assert TOKEN not in shown
    assert "portal/prod: ROLLBACK FAILED" in shown


class TestTrouble:
    """What goes wrong is one line on standard error, and nothing else."""

    @pytest.mark.parametrize(
        ("environ", "channel", "said"),
        [
            ({}, "#deploys", "slack: the variable SLACK_TOKEN is not set"),
            ({"SLACK_TOKEN": "xoxb-hunter2"}, "#deploys", "slack: Slack refused it, invalid_auth"),
            ({"SLACK_TOKEN": TOKEN}, "#others", "not_in_channel: the app is not in channel #others"),
        ],
    )
    def test_explained(
        self, team: Team, environ: dict[str, str], channel: str, said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The notifier is named, what is wrong, and what helps; secrets are not."""
        team.file.write_text(team.file.read_text("utf-8").replace("#deploys", channel), "utf-8")
        announce(
            Event(DeployNews.START, ENVIRONMENT, AT),
            team.chosen,
            {"SMOKE_STATE_DIR": team.environ["SMOKE_STATE_DIR"], **environ},
        )
        err = capsys.readouterr().err
        assert err.startswith("WARNING: people were not told of this deploy: ")
        assert said in err
        assert "hunter2" not in err
        assert err.count("\n") == 1

    def test_one_that_hangs(
        self, team: Team, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who does not answer is left behind after the limit."""
        import threading

        forever = threading.Event()
        monkeypatch.setattr(Slack, "answer", lambda *_: forever.wait(20))
        announce(Event(DeployNews.START, ENVIRONMENT, AT), team.chosen, team.environ, within_s=0.3)
        forever.set()
        assert "slack: " in capsys.readouterr().err

    def test_one_that_breaks(self, team: Team, slack: Slack, capsys: pytest.CaptureFixture[str]) -> None:
        """A second notifier is told whatever becomes of the first."""
        more = '[notify.hook]\nwebhook = { env = "HOOK" }\n[notify.bad]\nwebhook = { env = "BAD" }\n'
        team.file.write_text(team.file.read_text("utf-8") + more, "utf-8")
        team.environ |= {"HOOK": slack.url + HOOK, "BAD": "nonsense"}
        team.say(DeployNews.START, 0)
        assert (len(slack.threads()), len(slack.hooked)) == (1, 1)
        assert "bad: Slack did not take it: the URL is no http:// or https:// URL" in capsys.readouterr().err

    def test_a_file_that_is_wrong(self, team: Team, capsys: pytest.CaptureFixture[str]) -> None:
        """An environment file that cannot be read is said, and raises nothing."""
        team.file.write_text("notify = 3", "utf-8")
        team.say(DeployNews.START, 0)
        assert "people were not told" in capsys.readouterr().err

    def test_no_place_for_threads(self, team: Team, slack: Slack, capsys: pytest.CaptureFixture[str]) -> None:
        """Where nothing can be kept people are told all the same."""
        team.state.write_text("in the way", "utf-8")
        team.say(DeployNews.START, 0)
        assert len(slack.threads()) == 1
        assert "set SMOKE_STATE_DIR to a writable directory" in capsys.readouterr().err


def test_nobody_is_to_be_told(team: Team, capsys: pytest.CaptureFixture[str]) -> None:
    """Without `notify` nothing happens, not even the models are loaded."""
    team.file.write_text("this is = not valid", "utf-8")
    assert not mentioned(team.chosen.smoke_environments)
    team.say(DeployNews.START, 0)
    assert capsys.readouterr().err == ""
