"""A message that names the commit confirms the deploy; a missing one rolls nothing back."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from smoke.checks._memory import Memory
from smoke.checks.announcements import checks
from smoke.http import Exchange, Request
from smoke.notify.blocks import payload
from smoke.notify.deploy import Deploy
from smoke.notify.event import DeployNews, Event
from smoke.notify.sentences import message_of
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


def ours(news: DeployNews, *, metadata: bool) -> dict[str, Any]:
    """Return what Smokegate writes of a deploy, by its bot or by a webhook, as Slack gives it back."""
    event = Event(news, "portal/test", NOW, NEW, OLD, author="Ada Mori", changelog="Invoices have a due date")
    known = Deploy("d1", "portal/test", NOW, news, NOW, NEW)
    content = payload(message_of(event, known))
    told = {"type": "message", "ts": "1.0", "text": content["text"], "blocks": content["blocks"]}
    return told | ({"metadata": {"event_type": "smokegate_message", "event_payload": {"id": "1"}}} if metadata else {})


@pytest.mark.parametrize("metadata", [True, False])
@pytest.mark.parametrize("news", list(DeployNews))
def test_what_we_write_ourselves(news: DeployNews, *, metadata: bool) -> None:
    """The guard's own message confirms nothing, whoever posts it; the pipeline's beside it does."""
    own = ours(news, metadata=metadata)
    assert judged(messages(own)).message.startswith("no message but our own, expected")
    assert judged(messages("hello", own)).message.startswith("none of 1 messages since the deploy names 9f1c2ab but")
    assert judged(messages(own, f"Deployed {NEW}")).outcome is Outcome.PASSED


def test_a_message_of_another_environment() -> None:
    """Who writes for another environment, or of a pass, is not taken for us."""
    assert judged(messages(f"Tests: PASS: {NEW} is deployed")).outcome is Outcome.PASSED


FAILURES = [
    f"Deploy of {NEW} failed",
    f"Deployment {NEW} to production: failed",
    f":x: {NEW} production",
    f"\N{CROSS MARK} production {NEW}",
    f"Failed to deploy {NEW}",
    f"{NEW} was rolled back",
    f"Rolled back {NEW} in production",
    f"The release pipeline for {NEW} was cancelled",
    f"{NEW} is not yet deployed",
    {
        "text": "",
        "attachments": [{"color": "danger", "fields": [{"title": "Status", "value": "failure"}, {"value": NEW}]}],
    },
]


@pytest.mark.parametrize("message", FAILURES)
@pytest.mark.parametrize("of", ["success", "start"])
def test_a_failure_confirms_nothing(message: Any, of: str) -> None:
    """A message that the deploy failed names the commit too."""
    found = judged(messages(message), announcement={"of": of})
    assert (found.outcome, found.found) == (Outcome.FAILED, "what names it tells of a failure (9f1c2ab)")
    assert judged(messages(message, f"Deployed {NEW}"), announcement={"of": of}).outcome is Outcome.PASSED


STARTS = [
    f"Deploying {NEW} to production",
    f":hourglass: Deploying {NEW}",
    f"Deploy of {NEW} started",
    f"Starting the deployment of {NEW}",
    f"Release {NEW} is in progress",
]


@pytest.mark.parametrize("message", STARTS)
def test_a_start_is_no_success(message: str) -> None:
    """That a deploy begins says nothing of its end; where only that is due, it will do."""
    found = judged(messages(message))
    assert (found.outcome, found.found) == (Outcome.FAILED, "what names it tells of its start only (9f1c2ab)")
    assert judged(messages(message), announcement={"of": "start"}).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "message",
    [
        f"Deployed {NEW}: fix failed logins, start the release notes",
        f"Deployed {NEW} - the build of failed orders is faster",
        f"Deploy of {NEW} started at 10:00 and finished at 10:03",
        f"Deploy {NEW} succeeded\n* Show why a payment failed\n* Let users roll back a draft",
        f"\N{WHITE HEAVY CHECK MARK} production {NEW}",
        {"text": "", "blocks": [{"elements": [{"type": "emoji", "name": "rocket"}, {"text": NEW}]}]},
    ],
)
def test_a_changelog_may_speak_of_failures(message: Any) -> None:
    """What the changes are about does not make the deploy a failure."""
    assert judged(messages(message)).outcome is Outcome.PASSED


TOLD = Release(commit=NEW, deployed_at=NOW - 180, author="Ada Mori <ada@shop.test>", changelog="\n- Pay & go\n- More")
BOTH = {"names": ["author", "changelog"]}


@pytest.mark.parametrize(
    ("message", "lacks"),
    [
        (f"Deployed {NEW} by Ada Mori: Pay &amp; go", None),
        (f"Deployed {NEW}\nada  mori\npay & go, and more", None),
        ({"text": NEW, "attachments": [{"fields": [{"value": "ada@shop.test"}, {"value": "- Pay &amp; go"}]}]}, None),
        (f"Deployed {NEW} by Ada Mori", "changelog"),
        (f"Deployed {NEW} by <@U024BE7LH>: Pay & go", "author"),
        (f"Deployed {NEW}", "author and the changelog"),
    ],
)
def test_author_and_changelog(message: Any, lacks: str | None) -> None:
    """What the message must name is what the release manifest tells."""
    found = judged(messages(message), TOLD, announcement=BOTH)
    assert found.expected == "a message that names 9f1c2ab and the author and the changelog"
    assert found.outcome is (Outcome.FAILED if lacks else Outcome.PASSED)
    assert lacks is None or found.found == f"the message that names 9f1c2ab lacks the {lacks}"


def test_one_message_says_it_all() -> None:
    """Two messages that name a half each are none; one that names all is enough."""
    halves = [f"Deployed {NEW} by Ada Mori", f"Deployed {NEW}: Pay & go"]
    assert judged(messages(*halves), TOLD, announcement=BOTH).outcome is Outcome.FAILED
    assert judged(messages(*halves, f"{NEW} Ada Mori Pay & go"), TOLD, announcement=BOTH).outcome is Outcome.PASSED


def test_a_release_that_tells_no_author() -> None:
    """What nobody has told cannot be compared: that is said, and is no pass."""
    found = judged(messages(f"Deployed {NEW}"), announcement=BOTH)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert found.message == (
        "a message names the commit; whether it names the author and the changelog is not known: the release tells none"
    )
    assert judged(messages(), announcement=BOTH).outcome is Outcome.FAILED


def test_lines_of_a_message() -> None:
    """A commit at the beginning of a line is one."""
    assert judged(messages(f"production\n{NEW[:7]}\nAda")).outcome is Outcome.PASSED


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

    since = {"oldest": [f"{NOW - 180:.6f}"], "inclusive": ["true"], "limit": ["200"]}
    assert asked == {"channel": ["C024BE91L"], **since, "include_all_metadata": ["true"]}
    assert (http.asked[0].method, http.asked[0].headers["Authorization"]) == ("GET", "Bearer xoxb-1")


def test_without_a_deploy() -> None:
    """Where no release is announced, as on call, no message is due: that is waived, whatever is live."""
    live = Memory(settled={"bff": {"commits": {NEW: 12}}})
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
