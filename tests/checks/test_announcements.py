"""A message that names the commit confirms the deploy; a missing one rolls nothing back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smoke.checks.announcements import checks
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    NEW,
    NOW,
    OLD,
    Answer,
    FakeHttp,
    concluded,
    environment_of,
    in_turn,
    json_answer,
    world_of,
)
from tests.checks.unheard import UNHEARD, assert_undecided

API = "https://slack.com/api/conversations.history"
RELEASE = Release(commit=NEW, deployed_at=NOW - 180)


def messages(*texts: Any, **more: Any) -> Exchange:
    """Return a page of messages: texts, or whole messages."""
    listed = [{"type": "message", "ts": "1.0", "text": one} if isinstance(one, str) else one for one in texts]
    return json_answer({"ok": True, "messages": listed, "has_more": False, **more})


def judged(reply: Answer, release: Release = RELEASE, **more: Any) -> Judgement:
    """Judge what stands in the channel."""
    announcement = {"channel": "C024BE91L", "token": {"env": "SLACK_TOKEN"}, **more.pop("announcement", {})}
    described = environment_of(announcements={"deploys": announcement})
    check = next(iter(checks(described, release)))
    return concluded(check, world_of({API: reply}, described, release, **{"secret": lambda _: "xoxb-1", **more}))


@pytest.mark.parametrize(
    "message",
    [
        f"Deployed {NEW} to production",
        f"Deployed `{NEW[:7]}` to production",
        f"<https://git.test/commit/{NEW}|{NEW[:8]}>",
        {"text": "", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": f"commit {NEW[:12].upper()}"}}]},
        {"text": "", "attachments": [{"fields": [{"title": "Commit", "value": NEW[:7]}]}]},
    ],
)
def test_it_is_confirmed(message: Any) -> None:
    """The commit may be short, and may stand in blocks or attachments."""
    assert judged(messages("good morning", message)).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "message", ["good morning", f"Deployed {OLD}", f"x{NEW[:7]}", NEW[:6], {"text": None}, "deadbeef"]
)
def test_it_is_not(message: Any) -> None:
    """Another commit, a part of a word or too few digits are no confirmation; that is told, and no more."""
    found = judged(messages(message))

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert (
        found.message == f"none of 1 messages since the deploy names {NEW[:7]}, expected a message that names {NEW[:7]}"
    )


def test_it_never_rolls_back() -> None:
    """Where it counts for the verdict, a missing message holds it."""
    assert judged(messages(), announcement={"gating": True}).outcome is Outcome.UNDECIDED
    assert not next(
        iter(checks(environment_of(announcements={"d": {"channel": "C024BE91L", "token": {"env": "T"}}}), RELEASE))
    ).gating


def test_further_texts() -> None:
    """The message of another environment is none."""
    wanted = {"contains": ["production"]}
    assert judged(messages(f"{NEW} is on staging"), announcement=wanted).outcome is Outcome.FAILED
    assert judged(messages(f"{NEW} is in production"), announcement=wanted).outcome is Outcome.PASSED


def test_every_page_is_read() -> None:
    """A busy channel has several pages."""

    def page(request: Request) -> Exchange:
        if "cursor=bmV4dA%3D%3D" in request.url:
            return messages(f"Deployed {NEW}")
        return messages("hello", has_more=True, response_metadata={"next_cursor": "bmV4dA=="})

    assert judged(page).outcome is Outcome.PASSED


def test_it_is_waited_for() -> None:
    """A message may come a little later."""
    late = in_turn(messages(), messages(f"Deployed {NEW}"))
    assert judged(late, announcement={"within_s": 60}).outcome is Outcome.PASSED


def test_what_is_asked() -> None:
    """Only the channel's messages since the deploy are read."""
    http = FakeHttp({API: messages(NEW)})
    judged(messages(NEW), http=http)
    asked = parse_qs(urlsplit(http.asked[0].url).query)

    assert asked == {"channel": ["C024BE91L"], "oldest": [f"{NOW - 180:.6f}"], "inclusive": ["true"], "limit": ["200"]}
    assert (http.asked[0].method, http.asked[0].headers["Authorization"]) == ("GET", "Bearer xoxb-1")


def test_without_a_deploy() -> None:
    """Where no release is announced, as on call, no message is due: that is waived, whatever is live."""
    live = {"settled": {"bff": {"commits": {NEW: 12}}}}
    found = judged(messages(), release=Release(), memory=live)
    assert (found.outcome, found.message) == (Outcome.SKIPPED, "no release is announced, so no message is due")
    assert found.facts["waived"]


def error(word: str, **more: Any) -> Exchange:
    """Return an error as Slack tells it: with HTTP 200."""
    return json_answer({"ok": False, "error": word, **more})


@pytest.mark.parametrize(
    ("reply", "cause", "said"),
    [
        *UNHEARD,
        (error("not_in_channel"), Cause.CREDENTIALS, "invite it there"),
        (error("invalid_auth"), Cause.CREDENTIALS, "not valid"),
        (
            error("missing_scope", needed="channels:history", provided="chat:write"),
            Cause.CREDENTIALS,
            "needed: channels",
        ),
        (error("channel_not_found"), Cause.SUITE, "name it by its id"),
        (error("is_archived"), Cause.SUITE, "archived"),
        (error("something_new"), Cause.SUITE, "something_new"),
        (error("ratelimited"), Cause.DEPENDENCY, "no time"),
        (json_answer([]), Cause.DEPENDENCY, "not what its Web API says"),
        (json_answer({"ok": True}), Cause.DEPENDENCY, "no messages"),
    ],
)
def test_a_slack_that_cannot_be_asked(reply: Exchange, cause: Cause, said: str) -> None:
    """Whatever keeps Slack from telling is explained, and never the release's fault."""
    assert_undecided(judged(reply), cause, said)
