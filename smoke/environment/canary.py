"""The canary: how often it looks, when it alerts, and whom."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from smoke.environment._model import VISIBLE, Kind, Model, Name, Seconds, Secret, Text, exactly_one
from smoke.verdict.advice import REMEDIES
from smoke.verdict.words import Severity, Word

Times = Annotated[int, Field(ge=1, le=100)]
Days = Annotated[int, Field(ge=1)]
Delay = Annotated[float, Field(ge=0), Kind("seconds")]
CheckPattern = Annotated[str, Field(pattern=VISIBLE), Kind("check id or pattern")]


def _growing(delays: tuple[float, ...]) -> tuple[float, ...]:
    if list(delays) != sorted(set(delays)):
        found = ", ".join(f"{one:g}" for one in delays)
        raise ValueError(f"found [{found}], but each look must come later than the one before; sort them")
    return delays


def _remedy(text: str) -> str:
    if text not in REMEDIES:
        raise ValueError(f"found {text!r}, but it is one of {', '.join(map(repr, REMEDIES))}")
    return text


Remedy = Annotated[str, AfterValidator(_remedy), Kind("remedy")]


class Canary(Model):
    """How often the canary looks, and what it keeps."""

    every_s: Seconds = Field(900.0, description="from one look to the next")
    confirm: bool = Field(True, description="whether a first failure is looked at again at once, not only next time")
    confirm_after_s: Delay = Field(30.0, description="pause before that second look")
    deploy_within_s: Seconds = Field(
        1800.0, description="how long the canary stands aside for a deploy that was primed but not yet verified"
    )
    watch_s: Annotated[tuple[Seconds, ...], AfterValidator(_growing)] = Field(
        (300.0, 900.0, 1800.0), description="when a release that passed is looked at again, after its pass"
    )
    ping: Secret | None = Field(
        None,
        description="URL of a dead man's switch in the style of healthchecks.io, which tells when the canary is dead",
    )
    keep_days: Days = Field(120, description="how long runs stay in the history; the status page shows 90 days")
    keep_reports_days: Days = Field(3, description="how long the reports of the canary's own passes stay on disk")


class Severities(Model):
    """How bad each kind of incident is."""

    failing: Severity = Field(Severity.CRITICAL, description="a gating check fails, and no third party is to blame")
    dependency: Severity = Field(Severity.WARNING, description="all that fails is a third party's fault")
    unclear: Severity = Field(Severity.WARNING, description="the canary has not been able to tell for some time")


class Channel(Model):
    """Where alerts go: exactly one of `file`, `webhook` and `notify`."""

    file: Text | None = Field(None, description="a file of JSON lines, relative to the state directory")
    webhook: Secret | None = Field(None, description="a URL that takes each alert as JSON, by POST")
    notify: Name | None = Field(
        None, description="the name of an entry of `notify`; with Slack, one thread for each incident"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        exactly_one(self, "file", "webhook", "notify")
        return self


class Escalation(Model):
    """Who is told, how long after an incident began to be one."""

    after_s: Delay = Field(0.0, description="so long after the alert; 0 is at once")
    to: tuple[Name, ...] = Field(min_length=1, description="the channels that are told")
    at_least: Severity = Field(Severity.INFO, description="only incidents that are at least so bad")


class Incident(Model):
    """A kind of incident, told by what a verdict found: whatever of its criteria is given must all hold."""

    severity: Severity = Field(description="how bad it is")
    verdict: tuple[Word, ...] = Field((), description="the verdicts that it goes with")
    checks: tuple[CheckPattern, ...] = Field(
        (), description='checks that failed, by id or pattern such as `"health/*"`; advisory ones only by id'
    )
    more_than: int = Field(0, ge=0, description="in more than so many samples of one of those checks")
    down: bool = Field(False, description="a service answers nothing but errors, or nothing at all")
    services: tuple[Name, ...] = Field((), description="whether one of these is `down`; by default any service")
    deploy_over_s: Seconds | None = Field(
        None, description="the deploy took longer than this, from its start until the release had settled"
    )
    remedy: Remedy | None = Field(None, description="what helps in place of a rollback, such as `repair` for lost data")
    tell: tuple[Text, ...] = Field((), description="who must know")
    within_s: Delay = Field(0.0, description="how soon they must; 0 is at once")

    @model_validator(mode="after")
    def _told_by_something(self) -> Self:
        if not (self.verdict or self.checks or self.down or self.deploy_over_s is not None or self.remedy):
            raise ValueError(
                "nothing tells this incident; add 'verdict', 'checks', 'down', 'deploy_over_s' or 'remedy'"
            )
        if self.more_than and not self.checks:
            raise ValueError("found 'more_than', but not the checks whose samples are counted; add 'checks'")
        if self.services and not self.down:
            raise ValueError("found 'services', but nothing asks whether they are down; add 'down = true'")
        return self


class Alerts(Model):
    """How bad what is, when the canary alerts, and whom. Without channels, incidents are only recorded."""

    after_failures: Times = Field(2, description="failures in a row that make an incident")
    after_successes: Times = Field(2, description="successes in a row that end it")
    after_unclear: Times = Field(4, description="looks in a row that could not tell which make an incident")
    remind_every_s: Seconds = Field(3600.0, description="how often an incident that goes on is recalled")
    severity: Severities = Field(Severities(), description="how bad each kind of incident is")
    checks: dict[CheckPattern, Severity] = Field(
        {},
        description='how bad the failure of some checks is, by id or pattern such as `"page/*"`; the first counts',
    )
    titles: dict[Severity, Text] = Field({}, description='what your team calls a severity, such as `error = "SEV-2"`')
    incidents: dict[Name, Incident] = Field(
        {}, description="kinds of incident, with their severity and who must know; every verdict names those that it is"
    )
    channels: dict[Name, Channel] = Field({}, description="where alerts go, by name")
    escalation: tuple[Escalation, ...] = Field(
        (), description="who is told when; without it every channel is told of everything at once"
    )
