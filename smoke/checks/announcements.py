"""The deploy is confirmed in a Slack channel: a message since its start names the commit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._release_name import commit_of
from smoke.checks._telemetry import TelemetryCheck
from smoke.dependencies import slack
from smoke.dependencies._answer import Answer
from smoke.dependencies.slack import Page
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
_HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{7,40}(?![0-9A-Za-z])")


@dataclass(frozen=True, kw_only=True)
class AnnouncementCheck(TelemetryCheck):
    """
    The deploy is confirmed in a Slack channel: a message since its start names the commit.

    Who forgot to write broke nothing: a message that is missing is told, or holds the verdict, but rolls nothing back.
    """

    kind: ClassVar[str] = "announcement"
    system: ClassVar[str] = "slack"

    announcement: Announcement

    async def look(self, world: "World", round_number: int) -> Observation:
        """Read the channel since the deploy began, until the message is there or the time for it is over."""
        commit = commit_of(world)
        if world.release.commit is None or commit is None:
            return Observation(facts={"waived": "no release is announced, so no message is due"})
        oldest = world.release.deployed_at or world.now() - LATELY_S
        until = self.until(world, self.announcement.within_s, round_number)
        pages = await self._pages(world, oldest)
        while self._missing(pages, commit) and world.now() + EVERY_S <= until and not world.condemned():
            await world.pause(EVERY_S)
            pages = await self._pages(world, oldest)
        return Observation(tuple(pages), {"commit": commit})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Look for the commit in the newest messages."""
        waived = rounds[-1].facts.get("waived")
        if waived:
            return Judgement(Outcome.SKIPPED, str(waived), facts={"waived": waived})
        pages, commit = rounds[-1].exchanges, str(rounds[-1].facts["commit"])
        read = [slack.read(one) for one in pages]
        trouble = next((one for one in read if isinstance(one, Answer)), None)
        expected = f"a message that names {commit[:7]}"
        expected += "".join(f" and {text!r}" for text in self.announcement.contains)
        if not self._missing(pages, commit):
            return Judgement(Outcome.PASSED, expected, expected=expected, found=expected, facts=self.facts)
        if trouble is not None:
            return self.unheard(trouble, expected)
        count = sum(len(one.messages) for one in read if isinstance(one, Page))
        found = f"none of {count} messages since the deploy names {commit[:7]}" if count else "no message"
        outcome = Outcome.UNDECIDED if self.gating else Outcome.FAILED
        facts = {**self.facts, "decider": "announce the deploy in the channel, and verify again"}
        return Judgement(outcome, f"{found}, expected {expected}", Cause.RELEASE, expected, found, facts)

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

    def _missing(self, pages: Sequence[Exchange], commit: str) -> bool:
        messages = [text for page in map(slack.read, pages) if isinstance(page, Page) for text in page.messages]
        return not any(self._confirms(text, commit) for text in messages)

    def _confirms(self, text: str, commit: str) -> bool:
        named = any(same_commit(one, commit) for one in _HEX.findall(text.lower()))
        return named and all(part in text for part in self.announcement.contains)


def checks(environment: Environment, release: Release) -> Iterator[Check]:  # noqa: ARG001 - the same for every release
    """Return one check for each channel."""
    for name, announcement in environment.announcements.items():
        yield AnnouncementCheck(
            subject=name,
            gating=announcement.gating,
            after_s=0.0,
            timeout_s=environment.monitoring.timeout_s,
            announcement=announcement,
        )
