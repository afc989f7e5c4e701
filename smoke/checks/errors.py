"""The release brings no new issues, and its sessions end without a crash, as Sentry tells it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._release_name import release_name
from smoke.checks._telemetry import TelemetryCheck, patience_s
from smoke.dependencies import sentry
from smoke.dependencies.answer import Answer
from smoke.dependencies.sentry import Asker, Issue, Registered
from smoke.environment import Environment
from smoke.environment.monitoring import Sentry
from smoke.environment.telemetry import Errors
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

PAGES = 3
"""Pages of issues that are read at most: whoever has more has more than enough."""
SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class ErrorsCheck(TelemetryCheck):
    """
    The release brings no new issues, as Sentry tells it.

    A release that Sentry does not know proves nothing: its errors may be told under another name, or not at all.
    """

    kind: ClassVar[str] = "errors"
    system: ClassVar[str] = "sentry"

    sentry: Sentry
    errors: Errors

    @property
    def patterns(self) -> tuple[str, ...]:
        """The release's name in Sentry."""
        return (self.errors.release,)

    async def look(self, world: "World", round_number: int) -> Observation:
        """Ask for the release and for the issues that were first seen in it."""
        asker = self.asker(world)
        exchanges = [await world.http.send(asker.registration())]
        cursor: str | None = None
        for _ in range(PAGES):
            page = await world.http.send(asker.issues(cursor))
            exchanges.append(page)
            cursor = sentry.next_cursor(page)
            if cursor is None:
                break
        return Observation(tuple(exchanges), {"release": asker.release, "more": cursor is not None})

    def asker(self, world: "World") -> Asker:
        """Return who asks about this release; raises NameUnknown."""
        return Asker(
            self.sentry,
            self.errors,
            release_name(self.errors.release, world, self.service),
            world.secret,
            self.timeout_s,
        )

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look: what is there stays there."""
        last = rounds[-1]
        release = str(last.facts["release"])
        pages = [sentry.read_issues(one) for one in last.exchanges[1:]]
        refused = next((one for one in pages if isinstance(one, Answer)), None)
        issues = [issue for page in pages if not isinstance(page, Answer) for issue in page]
        known = sentry.read_registration(last.exchanges[0])
        new, noted = self._sorted(issues, known)
        facts = {**self.facts, "measured": {"new_issues": len(new)}, **({"noted": noted} if noted else {})}
        if len(new) > self.errors.max_new:
            return self._failed(release, new, facts, more=bool(last.facts["more"]))
        if refused is not None:
            return self.unheard(refused, self._expected, facts)
        if known is None:
            return self._unknown(release, facts)
        if isinstance(known, Answer):
            return self.unheard(known, self._expected, facts)
        found = f"{_issues(len(new))} in {release}"
        said = f"{found}; {noted}" if noted else found
        return Judgement(Outcome.PASSED, said, expected=self._expected, found=found, facts=facts)

    def reproduce(self) -> str:
        """Return the search; the token stays in its variable."""
        address = f"{self.sentry.url}/api/0/organizations/{self.sentry.organization}/issues/"
        query = f'query=firstRelease:"{self.errors.release}" is:unresolved'
        return f"curl -G -H \"Authorization: Bearer $SENTRY_TOKEN\" --data-urlencode '{query}' '{address}'"

    @property
    def _expected(self) -> str:
        return f"at most {_issues(self.errors.max_new)}" if self.errors.max_new else "no new issues"

    def _sorted(self, issues: Sequence[Issue], known: Registered | Answer | None) -> tuple[list[Issue], str]:
        """Return the issues that count, and words about those that do not."""
        since = known.since if isinstance(known, Registered) else None
        older = [one for one in issues if since and one.first_seen and one.first_seen < since - sentry.OLDER_S]
        minor = [one for one in issues if one not in older and one.level not in self.errors.levels]
        rare = [one for one in issues if one not in (*older, *minor) and one.events < self.errors.min_events]
        new = [one for one in issues if one not in (*older, *minor, *rare)]
        words = {
            "older than the release": len(older),
            f"below the levels {', '.join(self.errors.levels)}": len(minor),
            f"with fewer than {self.errors.min_events} events": len(rare),
        }
        return new, ", ".join(f"{_issues(count)} {why}" for why, count in words.items() if count)

    def _failed(self, release: str, new: Sequence[Issue], facts: dict[str, Any], *, more: bool) -> Judgement:
        worst = sorted(new, key=lambda one: (-one.events, one.short_id))
        named = "; ".join(str(one) for one in worst[:SHOWN])
        count = f"at least {_issues(len(new))}" if more else _issues(len(new))
        message = f"{count} in {release}: {named}" + (" …" if len(new) > SHOWN else "")
        # No signature: what this release brought is never excused by what an earlier one brought.
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._expected, f"{count}: {named}", facts)

    def _unknown(self, release: str, facts: dict[str, Any]) -> Judgement:
        found = f"Sentry does not know the release {release}, which does not mean that it has no errors"
        decider = f"register it when it is built, or correct errors.{self.subject}.release"
        return Judgement(Outcome.UNDECIDED, found, Cause.SUITE, self._expected, found, {**facts, "decider": decider})


@dataclass(frozen=True, kw_only=True)
class CrashFreeCheck(TelemetryCheck):
    """The release's sessions end without a crash, as Sentry tells it."""

    kind: ClassVar[str] = "crash-free"
    system: ClassVar[str] = "sentry"

    sentry: Sentry
    errors: Errors
    at_least: float

    @property
    def patterns(self) -> tuple[str, ...]:
        """The release's name in Sentry."""
        return (self.errors.release,)

    async def look(self, world: "World", round_number: int) -> Observation:
        """Ask for the share."""
        name = release_name(self.errors.release, world, self.service)
        asker = Asker(self.sentry, self.errors, name, world.secret, self.timeout_s)
        return Observation((await world.http.send(asker.crash_free()),), {"release": name})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Compare the newest share with the limit."""
        share = sentry.read_crash_free(rounds[-1].exchanges[0])
        expected = f"at least {self.at_least:.2%} of sessions without a crash"
        if isinstance(share, Answer):
            return self.unheard(share, expected)
        found = f"{share:.2%} of the sessions of {rounds[-1].facts['release']} were without a crash"
        facts = {**self.facts, "measured": {"crash_free": share}}
        if share >= self.at_least:
            return Judgement(Outcome.PASSED, found, expected=expected, found=found, facts=facts)
        return Judgement(Outcome.FAILED, f"{found}, {expected}", Cause.RELEASE, expected, found, facts)


def _issues(count: int) -> str:
    return f"{count or 'no'} new {'issue' if count == 1 else 'issues'}"


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each project, and one more where its sessions are told."""
    system = environment.monitoring.sentry
    for name, errors in environment.errors.items() if system else ():
        about: dict[str, Any] = {
            "subject": name,
            "service": errors.service,
            "gating": errors.gating,
            "after_s": patience_s(environment),
            "timeout_s": environment.monitoring.timeout_s,
            "sentry": system,
            "errors": errors,
        }
        yield ErrorsCheck(**about)
        if errors.crash_free_at_least is not None:
            yield CrashFreeCheck(**about, at_least=errors.crash_free_at_least)
