"""No alert began with the deploy, as Alertmanager tells it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._telemetry import WHEN_BEGAN, TelemetryCheck, patience_s
from smoke.dependencies import alertmanager
from smoke.dependencies.alertmanager import Alert
from smoke.dependencies.answer import Answer
from smoke.environment import Environment
from smoke.environment.monitoring import Alertmanager
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

CLOCKS_S = 5.0
"""By how much two clocks may differ."""
SHOWN = 3
KEPT = 100


@dataclass(frozen=True, kw_only=True)
class AlertsCheck(TelemetryCheck):
    """
    No alert began with the deploy, as Alertmanager tells it.

    An alert is new if it began after the deploy did and was not active before. What was active before is noted. One
    that was active before, ended, and began again since may be the old trouble or the release's: it leaves that to a
    person, as does a new one of the severities that only hold.
    """

    kind: ClassVar[str] = "alerts"
    system: ClassVar[str] = "alertmanager"

    alertmanager: Alertmanager
    severe: bool
    """Whether the check is about the severities that count, or about all others."""

    async def look(self, world: "World", round_number: int) -> Observation:
        """Ask for the active alerts."""
        request = alertmanager.question(self.alertmanager, world.secret, self.timeout_s)
        before = world.before(self.id)
        known = before.measured.get("alerts") if before else None
        # Baselines recorded by older versions hold no beginnings.
        then = known if isinstance(known, Mapping) else dict.fromkeys(known) if isinstance(known, list) else None
        facts = {"deployed_at": world.release.deployed_at, "known": then}
        return Observation((await world.http.send(request),), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look: an alert that is over does no harm any more."""
        last = rounds[-1]
        found = alertmanager.read(last.exchanges[0], self.alertmanager.label)
        if isinstance(found, Answer):
            return self.unheard(found, self._expected)
        mine = [one for one in found if self._concerns(one)]
        began = {one.fingerprint: one.started_at for one in mine[:KEPT]}
        facts: dict[str, Any] = {**self.facts, "measured": {"alerts": began}}
        since, undated = self._since(mine, last.facts)
        new = [one for one in since if one.fingerprint not in (last.facts["known"] or {})]
        again = [one for one in since if one not in new and _began_anew(one, last.facts["known"])]
        old = [one for one in mine if one not in (*new, *again)]
        if old and not undated:
            facts["noted"] = f"from before the deploy: {_named(old)}"
        if undated:
            return self._undated(mine, facts)
        if new:
            message = f"{_count(new)} since the deploy: {_named(new)}"
            if not any(one.severity in self.alertmanager.gating for one in new) and self.severe:
                return self._doubtful(message, new, facts)
            # No signature: which alerts are new is told by their beginning, not by their names.
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self._expected, _named(new), facts)
        if again:
            message = f"{_count(again)} of before the deploy ended and began again since: {_named(again)}"
            return self._doubtful(message, again, facts)
        message = "no alert since the deploy" + (f"; {facts['noted']}" if old else "")
        return Judgement(Outcome.PASSED, message, expected=self._expected, found=message, facts=facts)

    def reproduce(self) -> str:
        """Return the request; credentials are left out."""
        return f"curl '{self.alertmanager.url}/api/v2/alerts?active=true&silenced=false&inhibited=false'"

    @property
    def _expected(self) -> str:
        severities = ", ".join(self._severities)
        return f"no new alert of severity {severities}" if self.severe else f"no new alert but of severity {severities}"

    def _concerns(self, alert: Alert) -> bool:
        if alert.name in self.alertmanager.ignored:
            return False
        return (alert.severity in self._severities) is self.severe

    @property
    def _severities(self) -> tuple[str, ...]:
        """The severities that the verdict depends on."""
        return (*self.alertmanager.gating, *self.alertmanager.holds)

    def _since(self, alerts: Sequence[Alert], facts: Mapping[str, Any]) -> tuple[list[Alert], bool]:
        """Return the alerts that began since the deploy, and whether there are some of which nobody knows."""
        deployed_at = facts["deployed_at"]
        if deployed_at is None and facts["known"] is None:
            return [], bool(alerts)
        return [one for one in alerts if deployed_at is None or one.started_at >= deployed_at - CLOCKS_S], False

    def _doubtful(self, message: str, alerts: Sequence[Alert], facts: Mapping[str, Any]) -> Judgement:
        told = {**facts, "decider": "see whether the deploy caused the alert, then verify again"}
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._expected, _named(alerts), told)

    def _undated(self, alerts: Sequence[Alert], facts: Mapping[str, Any]) -> Judgement:
        message = f"{_count(alerts)} active, and nobody knows when the deploy began: {_named(alerts)}"
        told = {**facts, "decider": WHEN_BEGAN}
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self._expected, _named(alerts), told)


def _began_anew(alert: Alert, known: Mapping[str, float | None]) -> bool:
    """Tell whether an alert that was active before the deploy ended since: else its beginning would be the same."""
    began = known.get(alert.fingerprint)
    return began is not None and alert.started_at > began + CLOCKS_S


def _count(alerts: Sequence[Alert]) -> str:
    return f"{len(alerts)} {'alert' if len(alerts) == 1 else 'alerts'}"


def _named(alerts: Sequence[Alert]) -> str:
    """Name the alerts, the newest first, with when they began."""
    newest = sorted(alerts, key=lambda one: (-one.started_at, one.name))
    words = [_words(one) for one in newest[:SHOWN]]
    return "; ".join(words) + (f" and {len(alerts) - SHOWN} more" if len(alerts) > SHOWN else "")


def _words(alert: Alert) -> str:
    since = datetime.fromtimestamp(alert.started_at, UTC).strftime("%H:%M:%S UTC")
    kind = f"{alert.severity}, " if alert.severity else ""
    return f"{alert.name} ({kind}since {since})" + (f": {alert.summary}" if alert.summary else "")


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for the severities that count, and one for all others."""
    system = environment.monitoring.alertmanager
    if system is None:
        return
    for subject, severe in (("gating", True), ("advisory", False)):
        yield AlertsCheck(
            subject=subject,
            service=system.service,
            gating=severe,
            after_s=patience_s(environment),
            timeout_s=environment.monitoring.timeout_s,
            alertmanager=system,
            severe=severe,
        )
