"""The deploy is confirmed in a Slack channel: a message since its start names the commit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._announced import News, is_named, news_of
from smoke.checks._check import Check, Observation
from smoke.checks._release_name import commit_of
from smoke.checks._telemetry import TelemetryCheck
from smoke.dependencies import slack
from smoke.dependencies.answer import Answer
from smoke.dependencies.slack import Message, Page
from smoke.environment import Environment
from smoke.environment.announcements import Announcement
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release, same_commit
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

PAGES = 3
EVERY_S = 30.0
LATELY_S = 3600.0
"""How far back messages are read where the start of the deploy is not known."""
OUR_WORDS = (
    r"(?:the deploy of \S+ begins|a deploy begins|PASS: |FAIL: |INCONCLUSIVE: |rolling back |ROLLED BACK|ROLLBACK )"
)
"""What Smokegate's own titles say behind the name of the environment; a webhook's messages carry no metadata."""

SAID_OF = {
    News.FAILURE: "what names it tells of a failure",
    News.START: "what names it tells of its start only",
}
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{7,40}(?![0-9A-Za-z])")


@dataclass(frozen=True, kw_only=True)
class AnnouncementCheck(TelemetryCheck):
    """
    The deploy is confirmed in a Slack channel: a message since its start names the commit.

    Who forgot to write broke nothing: a message that is missing is told, or holds the verdict, but rolls nothing back.
    What Smokegate itself has written confirms nothing, and what tells of a failure is no confirmation.
    """

    kind: ClassVar[str] = "announcement"
    system: ClassVar[str] = "slack"

    announcement: Announcement
    environment: str

    async def look(self, world: "World", round_number: int) -> Observation:
        """Read the channel since the deploy began, until the message is there or the time for it is over."""
        commit = commit_of(world)
        if world.release.commit is None or commit is None:
            return Observation(facts={"waived": "no release is announced, so no message is due"})
        oldest = world.release.deployed_at or world.now() - LATELY_S
        until = self.until(world, self.announcement.within_s, round_number)
        named: dict[str, str] = {one: getattr(world.release, one) or "" for one in self.announcement.names}
        pages = await self._pages(world, oldest)
        while self._missing(pages, commit, named) and world.now() + EVERY_S <= until and not world.condemned():
            await world.pause(EVERY_S)
            pages = await self._pages(world, oldest)
        return Observation(tuple(pages), {"commit": commit, "named": named})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Look for the commit in the newest messages."""
        waived = rounds[-1].facts.get("waived")
        if waived:
            return Judgement(Outcome.SKIPPED, str(waived), facts={"waived": waived})
        pages, commit = rounds[-1].exchanges, str(rounds[-1].facts["commit"])
        named: dict[str, str] = rounds[-1].facts["named"]
        trouble = next((one for one in map(slack.read, pages) if isinstance(one, Answer)), None)
        expected = self._expected(commit, named)
        missing = self._missing(pages, commit, named)
        if missing is None:
            return self._confirmed(expected, named)
        if trouble is not None:
            return self.unheard(trouble, expected)
        outcome = Outcome.UNDECIDED if self.gating else Outcome.FAILED
        facts = {**self.facts, "decider": "announce the deploy in the channel, and verify again"}
        return Judgement(outcome, f"{missing}, expected {expected}", Cause.RELEASE, expected, missing, facts)

    def reproduce(self) -> str:
        """Return the request; the token stays in its variable."""
        address = f"{self.announcement.url}/conversations.history?channel={self.announcement.channel}&limit=15"
        return f"curl -H \"Authorization: Bearer $SLACK_TOKEN\" '{address}'"

    async def _pages(self, world: "World", oldest: float) -> list[Exchange]:
        exchanges: list[Exchange] = []
        cursor: str | None = None
        while len(exchanges) < PAGES:
            request = slack.history(self.announcement, oldest, cursor, world.secret, self.timeout_s)
            exchanges.append(await world.http.send(request))
            page = slack.read(exchanges[-1])
            cursor = page.cursor if isinstance(page, Page) else None
            if cursor is None:
                break
        return exchanges

    def _confirmed(self, expected: str, named: dict[str, str]) -> Judgement:
        """Pass, unless nobody told what the message had to name: then that it does is not known."""
        untold = [one for one, text in named.items() if not text]
        if not untold:
            return Judgement(Outcome.PASSED, expected, expected=expected, found=expected, facts=self.facts)
        said = f"a message names the commit; whether it names the {' and the '.join(untold)} is not known"
        facts = {**self.facts, "decider": f"tell '{untold[0]}' in the release manifest"}
        return Judgement(Outcome.UNDECIDED, f"{said}: the release tells none", Cause.SUITE, expected, said, facts)

    def _expected(self, commit: str, named: dict[str, str]) -> str:
        start = "a message of the start that" if self.announcement.of == "start" else "a message that"
        others = "".join(f" and {text!r}" for text in self.announcement.contains)
        return f"{start} names {commit[:7]}{others}" + "".join(f" and the {one}" for one in named)

    def _missing(self, pages: Sequence[Exchange], commit: str, named: dict[str, str]) -> str | None:
        """Return what is missing, or None where a message says all that it must."""
        every = [one for page in map(slack.read, pages) if isinstance(page, Page) for one in page.messages]
        theirs = [one for one in every if not self._is_ours(one)]
        of_it = [one for one in theirs if self._names(one, commit)]
        if not of_it:
            found = f"none of {len(theirs)} messages since the deploy names {commit[:7]}" if theirs else "no message"
            return found + (" but our own" if len(theirs) < len(every) else "")
        telling = [one for one in of_it if news_of(one.said) in self._wanted]
        if not telling:
            return f"{SAID_OF[news_of(of_it[0].said)]} ({commit[:7]})"
        lacks = [[one for one, text in named.items() if not is_named(text, told.said)] for told in telling]
        fewest = [one for one in min(lacks, key=len) if named[one]]
        return f"the message that names {commit[:7]} lacks the {' and the '.join(fewest)}" if fewest else None

    @property
    def _wanted(self) -> set[News]:
        return {News.SUCCESS, News.START} if self.announcement.of == "start" else {News.SUCCESS}

    def _is_ours(self, message: Message) -> bool:
        return message.ours or bool(re.search(rf"(?<!\S){re.escape(self.environment)}: {OUR_WORDS}", message.said))

    def _names(self, message: Message, commit: str) -> bool:
        named = any(same_commit(one, commit) for one in _HEX.findall(message.whole.lower()))
        return named and all(part in message.whole for part in self.announcement.contains)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each channel."""
    for name, announcement in environment.announcements.items():
        yield AnnouncementCheck(
            subject=name,
            gating=announcement.gating,
            after_s=0.0,
            timeout_s=environment.monitoring.timeout_s,
            announcement=announcement,
            environment=environment.name,
        )
