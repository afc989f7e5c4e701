"""Slack: what arrives, and what is said when it does not."""

import json
from typing import Any

import pytest

from smoke.alerts.message import SendingFailed
from smoke.notify.slack import Patience, SlackSender, SlackWebhookSender
from smoke.verdict.words import Severity
from tests.history.made import message
from tests.notify.slack import HOOK, TOKEN, Slack


def bot(slack: Slack, channel: str = "#deploys", **given: Any) -> SlackSender:
    """Return a sender to the stand-in."""
    return SlackSender(**{"token": TOKEN, "channel": channel, "api": f"{slack.url}/api", **given})


class TestThreads:
    """One thread an incident."""

    def test_a_root_and_its_answers(self, slack: Slack) -> None:
        """The first message begins a thread, the next ones answer in it; the thread is named by channel id and ts."""
        first = bot(slack).send(message(1))
        assert first.thread == f"C0DEPLOYS:{slack.deploys.messages[0]['ts']}"
        assert bot(slack).send(message(2, thread=first.thread)).thread == first.thread
        assert [len(one) for one in slack.threads()] == [2]

    def test_what_is_bad_or_over_is_shown_in_the_channel_too(self, slack: Slack) -> None:
        """Nobody has a thread open at night."""
        thread = bot(slack).send(message(1)).thread
        for number, (news, severity) in enumerate(
            [("start", Severity.INFO), ("fail", Severity.ERROR), ("resolved", Severity.INFO)], 2
        ):
            bot(slack).send(message(number, thread=thread, news=news, severity=severity))
        assert [one.get("reply_broadcast") for one in slack.deploys.messages] == [None, False, True, True]

    def test_the_root_is_gone(self, slack: Slack) -> None:
        """A thread whose first message somebody removed begins anew."""
        thread = bot(slack).send(message(1)).thread
        slack.deploys.messages.clear()
        assert bot(slack).send(message(2, thread=thread)).thread != thread
        assert len(slack.threads()) == 1


class TestAgain:
    """An attempt whose answer was lost."""

    @pytest.mark.parametrize("in_thread", [False, True])
    def test_what_had_arrived_is_not_sent_again(self, slack: Slack, in_thread: bool) -> None:
        """The channel is looked through for the message's id."""
        thread = bot(slack).send(message(1)).thread if in_thread else None
        slack.cut_off = 1
        with pytest.raises(SendingFailed):
            bot(slack, "C0DEPLOYS").send(message(2, thread=thread))
        there = [one["ts"] for one in slack.deploys.messages]
        receipt = bot(slack, "C0DEPLOYS").send(message(2, thread=thread, again=True))
        assert [one["ts"] for one in slack.deploys.messages] == there
        assert receipt.thread == f"C0DEPLOYS:{there[0]}"

    def test_what_had_not_is_sent(self, slack: Slack) -> None:
        """A message that is not there is sent."""
        bot(slack, "C0DEPLOYS").send(message(1))
        bot(slack, "C0DEPLOYS").send(message(2, again=True))
        assert len(slack.threads()) == 2

    @pytest.mark.parametrize("channel", ["C0DEPLOYS", "#deploys"])
    def test_nobody_may_look(self, slack: Slack, channel: str) -> None:
        """Without the scope to look, or the channel's id, it is sent: twice is better than never."""
        slack.scopes = {"chat:write"}
        bot(slack, channel).send(message(1, again=True))
        assert len(slack.threads()) == 1


class TestRefusals:
    """What Slack says no to, with 200."""

    @pytest.mark.parametrize(
        ("channel", "said"),
        [
            ("#others", "not_in_channel: the app is not in channel #others; write `/invite @<app>` there"),
            ("C0SECRET", "channel_not_found: there is no channel C0SECRET, or it is private"),
            ("#nowhere", "channel_not_found"),
            ("#old", "is_archived: channel #old is archived; name another one"),
        ],
    )
    def test_channels(self, slack: Slack, channel: str, said: str) -> None:
        """A channel that cannot be written to is explained, and the message waits until somebody mends it."""
        with pytest.raises(SendingFailed) as failure:
            bot(slack, channel).send(message())
        assert said in str(failure.value)
        assert not failure.value.lasting

    def test_tokens(self, slack: Slack) -> None:
        """A token that is not valid is explained and never shown."""
        with pytest.raises(
            SendingFailed, match="invalid_auth: the token is not valid; put a valid bot token"
        ) as failure:
            bot(slack, token="xoxb-wrong-hunter2").send(message())
        assert "hunter2" not in str(failure.value)
        assert "hunter2" not in repr(bot(slack, token="xoxb-wrong-hunter2"))

    def test_scopes(self, slack: Slack) -> None:
        """The scope that Slack says is needed is named."""
        slack.scopes = {"channels:read"}
        with pytest.raises(SendingFailed, match="missing_scope: the token lacks the scope chat:write"):
            bot(slack).send(message())

    def test_the_layout(self, slack: Slack) -> None:
        """Where the layout is refused the words arrive all the same."""
        slack.refuse = ["invalid_blocks"]
        bot(slack).send(message())
        assert [len(slack.threads()), "blocks" in slack.deploys.messages[0]] == [1, False]

    def test_the_message_itself(self, slack: Slack) -> None:
        """A message that will never be taken stands in nobody's way."""
        slack.refuse = ["msg_too_long"]
        with pytest.raises(SendingFailed) as failure:
            bot(slack).send(message())
        assert failure.value.lasting

    def test_an_unknown_word(self, slack: Slack) -> None:
        """A word of Slack that we do not know is passed on, without what could harm a terminal."""
        slack.refuse = ["ekm_access_denied\x1b[2J"]
        with pytest.raises(SendingFailed, match="ekm_access_denied: see this word"):
            bot(slack).send(message())


class TestBusy:
    """429 with Retry-After."""

    def test_obeyed(self, slack: Slack) -> None:
        """The pause that is asked for is made, and the message arrives once."""
        pauses: list[float] = []
        slack.busy = ["1", "2"]
        bot(slack, patience=Patience(10.0, pauses.append)).send(message())
        assert (pauses, len(slack.threads())) == ([1.0, 2.0], 1)

    @pytest.mark.parametrize("asked", ["30", "soon", ""])
    def test_bounded(self, slack: Slack, asked: str) -> None:
        """A pause that is longer than there is time for is not made; the message may be tried later."""
        pauses: list[float] = []
        slack.busy = [asked] * 4
        with pytest.raises(SendingFailed, match="wants a pause of") as failure:
            bot(slack, patience=Patience(0.5, pauses.append)).send(message())
        assert (pauses, failure.value.lasting, len(slack.calls)) == ([], False, 1)


class TestNoSlack:
    """What answers is not Slack, or nothing does."""

    def test_unreachable(self) -> None:
        """A host that refuses is said to, without the token."""
        sender = SlackSender(TOKEN, "#deploys", "http://127.0.0.1:1/api")
        with pytest.raises(SendingFailed, match="refused") as failure:
            sender.send(message())
        assert TOKEN not in str(failure.value)

    def test_another_server(self, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
        """HTML, or JSON without `ok`, is not taken for a success."""
        for said in ({"status": "fine"}, ["ok"], None):
            monkeypatch.setattr(Slack, "answer", lambda *_, said=said: said)
            with pytest.raises(SendingFailed, match="what answered is not Slack"):
                bot(slack).send(message())

    def test_a_history_of_nonsense(self, slack: Slack, monkeypatch: pytest.MonkeyPatch) -> None:
        """A history that holds anything else than messages hides none."""
        real = Slack.answer

        def answer(self: Slack, method: str, token: str, asked: dict[str, Any]) -> Any:
            odd = {"ok": True, "messages": [None, {"metadata": []}, {"metadata": {"event_payload": 1}}]}
            return odd if method.startswith("conversations") else real(self, method, token, asked)

        monkeypatch.setattr(Slack, "answer", answer)
        bot(slack).send(message(1, again=True))
        assert len(slack.threads()) == 1


class TestWebhook:
    """An incoming webhook."""

    def test_sent(self, slack: Slack) -> None:
        """Text and blocks arrive; there is no thread to answer in."""
        assert SlackWebhookSender(slack.url + HOOK).send(message()).thread is None
        assert slack.hooked[0]["text"].endswith("t")
        assert slack.hooked[0]["blocks"][0]["type"] == "header"

    @pytest.mark.parametrize(
        ("answer", "said", "lasting"),
        [
            ((404, "no_service"), "no_service: the webhook was removed", False),
            ((403, "action_prohibited"), "the workspace forbids this webhook", False),
            ((410, "channel_is_archived"), "archived", False),
            ((400, "invalid_payload"), "invalid_payload", True),
            ((500, "<html>oops</html>"), "HTTP 500", False),
        ],
    )
    def test_refused(self, slack: Slack, answer: tuple[int, str], said: str, lasting: bool) -> None:
        """A refusal is explained; the URL, which is the secret, is never shown."""
        slack.hook = answer
        with pytest.raises(SendingFailed) as failure:
            SlackWebhookSender(slack.url + HOOK).send(message())
        assert said in str(failure.value)
        assert failure.value.lasting is lasting
        assert "s3cr3t" not in str(failure.value) + repr(SlackWebhookSender(slack.url + HOOK))

    def test_busy(self, slack: Slack) -> None:
        """A webhook's 429 is obeyed as well."""
        pauses: list[float] = []
        slack.busy = ["1"]
        SlackWebhookSender(slack.url + HOOK, patience=Patience(5.0, pauses.append)).send(message())
        assert (pauses, len(slack.hooked)) == ([1.0], 1)


def test_what_is_sent_can_be_read_as_json(slack: Slack) -> None:
    """Lone surrogates and control characters of a target break nothing."""
    bot(slack).send(message(title="x\ud800\x00y", text="\ud800\x1b[2J\u202eevil"))
    assert "\\ud800" not in json.dumps(slack.deploys.messages)
