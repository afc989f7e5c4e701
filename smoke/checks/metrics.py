"""A metric stays within its limits since the deploy, as Prometheus tells it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._telemetry import TelemetryCheck, patience_s
from smoke.checks._window import Window, completed
from smoke.dependencies import prometheus
from smoke.dependencies.answer import Answer
from smoke.dependencies.prometheus import Series, Values
from smoke.environment import Environment
from smoke.environment.monitoring import Monitoring, Prometheus
from smoke.environment.telemetry import Metric
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

NO_WORSE = 1.25
"""Up to this multiple of what it was before the deploy, a value is the one of before."""
KEPT = 50
"""Series whose values are kept for the comparison after the next deploy."""


@dataclass(frozen=True, kw_only=True)
class MetricCheck(TelemetryCheck):
    """
    A metric stays within its limits since the deploy, as Prometheus tells it.

    What was as far beyond them before the deploy is no fault of the release: Prometheus remembers, and is asked for the
    same at the start of the deploy.
    """

    kind: ClassVar[str] = "metric"
    system: ClassVar[str] = "prometheus"

    metric: Metric
    monitoring: Monitoring
    prometheus: Prometheus

    @property
    def patterns(self) -> tuple[str, ...]:
        """The queries."""
        return (self.metric.query, self.metric.volume or "")

    async def look(self, world: "World", round_number: int) -> Observation:
        """Ask for the value now and at the start of the deploy, and for what it is drawn from."""
        window = Window.of(self.monitoring, world)
        before = world.before(self.id)
        names, asked = ["now"], [prometheus.query(*self._question(self.metric.query, window, world))]
        if window.deployed_at is not None:
            names.append("then")
            asked.append(prometheus.query(*self._question(self.metric.query, window, world), window.deployed_at))
        if self.metric.volume is not None:
            names.append("volume")
            asked.append(prometheus.query(*self._question(self.metric.volume, window, world)))
        facts = {"before": dict(before.measured) if before else {}, "asked": names}
        return Observation(tuple([await world.http.send(one) for one in asked]), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look: each series on its own."""
        last = rounds[-1]
        read = dict(zip(last.facts["asked"], map(prometheus.read_values, last.exchanges), strict=True))
        now = read["now"]
        if isinstance(now, Answer):
            return self.unheard(now, self._expected)
        facts = {**self.facts, "measured": _measured(now), **_noted(now)}
        few = self._too_few(read.get("volume"))
        if isinstance(few, Answer):
            return self.unheard(few, self._expected, facts)
        if few or not now.numbers:
            return self._without_data(few or "the query returns no data, which does not mean zero", facts)
        beyond = [one for one in now.numbers if self._beyond(one.value)]
        if not beyond:
            found = f"{_worst(now.numbers, self._worst_first)} of {len(now.numbers)} series"
            return Judgement(Outcome.PASSED, found, expected=self._expected, found=found, facts=facts)
        return self._failed(beyond, self._earlier(read.get("then"), last.facts["before"]), facts)

    def reproduce(self) -> str:
        """Return the query; credentials are left out."""
        return f"curl -G --data-urlencode query={_shell(self.metric.query)} '{self.prometheus.url}/api/v1/query'"

    def _question(self, text: str, window: Window, world: "World") -> tuple[Prometheus, str, Any, float]:
        return self.prometheus, completed(text, window, world, self.service), world.secret, self.timeout_s

    @property
    def _expected(self) -> str:
        limits = {"at most": self.metric.at_most, "at least": self.metric.at_least}
        return " and ".join(f"{word} {limit:g}" for word, limit in limits.items() if limit is not None)

    @property
    def _worst_first(self) -> bool:
        """Whether larger values are worse."""
        return self.metric.at_most is not None

    def _beyond(self, value: float) -> bool:
        most, least = self.metric.at_most, self.metric.at_least
        return (most is not None and value > most) or (least is not None and value < least)

    def _too_few(self, volume: Values | Answer | None) -> Answer | str | None:
        """Return why the value is drawn from too little to be judged, or None."""
        least = self.metric.min_volume
        if volume is None or least is None or isinstance(volume, Answer):
            return volume if isinstance(volume, Answer) else None
        drawn = sum(one.value for one in volume.numbers)
        return f"drawn from {drawn:g} only, at least {least:g} are needed to judge it" if drawn < least else None

    def _without_data(self, why: str, facts: Mapping[str, Any]) -> Judgement:
        outcomes = {"undecided": Outcome.UNDECIDED, "passes": Outcome.PASSED, "fails": Outcome.FAILED}
        outcome = outcomes[self.metric.empty]
        cause = None if outcome is Outcome.PASSED else Cause.RELEASE
        told = {**facts, "decider": "verify again when there is traffic, or say with `empty` what no data mean"}
        return Judgement(outcome, why, cause, self._expected, why, told if outcome is Outcome.UNDECIDED else facts)

    def _earlier(self, then: Values | Answer | None, before: Mapping[str, Any]) -> dict[str, float]:
        """Return the values of before the deploy by labels: those that Prometheus remembers, or else the baseline's."""
        if isinstance(then, Values) and then.numbers:
            return {one.labels: one.value for one in then.numbers}
        kept = before.get("series", {})
        known = {labels: prometheus.number(value) for labels, value in kept.items()} if isinstance(kept, dict) else {}
        return {labels: value for labels, value in known.items() if value is not None}

    def _failed(self, beyond: Sequence[Series], earlier: Mapping[str, float], facts: Mapping[str, Any]) -> Judgement:
        new = [one for one in beyond if not self._was_so(one, earlier)]
        found = _worst(new or beyond, self._worst_first)
        more = f" and {len(beyond) - 1} more" if len(beyond) > 1 else ""
        message = f"{found}{more}, expected {self._expected}{self._then(new or beyond, earlier)}"
        # No signature: the comparison with before is made here, by values.
        cause = Cause.RELEASE if new else Cause.PREEXISTING
        return Judgement(Outcome.FAILED, message, cause, self._expected, found, facts)

    def _was_so(self, series: Series, earlier: Mapping[str, float]) -> bool:
        """Tell whether the series was as far beyond the limits before; a new one is compared with the worst then."""
        then = self._value_then(series, earlier)
        if then is None or not self._beyond(then):
            return False
        if self.metric.at_most is not None and series.value > self.metric.at_most:
            return series.value <= then * NO_WORSE
        return series.value >= then / NO_WORSE

    def _value_then(self, series: Series, earlier: Mapping[str, float]) -> float | None:
        worst = max if self._worst_first else min
        return earlier.get(series.labels, worst(earlier.values(), default=None))

    def _then(self, shown: Sequence[Series], earlier: Mapping[str, float]) -> str:
        worst = (max if self._worst_first else min)(shown, key=lambda one: one.value)
        then = self._value_then(worst, earlier)
        return "" if then is None else f"; before the deploy {then:.4g}"


def _worst(series: Sequence[Series], largest: bool) -> str:  # noqa: FBT001 - read aloud: the worst is the largest
    one = (max if largest else min)(series, key=lambda each: each.value)
    return f"{one.value:.4g}" + (f" at {one.labels}" if one.labels != "{}" else "")


def _measured(values: Values) -> dict[str, Any]:
    """Return what the next deploy compares with; as texts, since JSON knows no infinity."""
    return {"series": {one.labels: repr(one.value) for one in values.numbers[:KEPT]}}


def _noted(values: Values) -> dict[str, str]:
    return {"noted": f"Prometheus warns: {'; '.join(values.warnings)}"} if values.warnings else {}


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each metric."""
    system = environment.monitoring.prometheus
    if system is None:
        return
    for name, metric in environment.metrics.items():
        yield MetricCheck(
            subject=name,
            service=metric.service,
            gating=metric.gating,
            after_s=patience_s(environment),
            timeout_s=environment.monitoring.timeout_s,
            metric=metric,
            monitoring=environment.monitoring,
            prometheus=system,
        )
