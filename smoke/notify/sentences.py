"""What people are told of a deploy: one line that says it, and a few that say why; pure."""

from collections.abc import Iterator

from smoke.alerts.message import Message
from smoke.alerts.sentences import lasting
from smoke.notify.deploy import Deploy
from smoke.notify.event import DeployNews, Event
from smoke.outputs.answer import short
from smoke.outputs.untrusted import block, one_line
from smoke.verdict.words import Severity

TITLE, LINE = 250, 300
"""Characters of a title and of a line."""

DETAILS = 8
"""Lines of details; the rest is in the report."""

CHANGELOG = 1500
"""Characters of a changelog."""

SEVERITIES = {
    DeployNews.START: Severity.INFO,
    DeployNews.PASS: Severity.INFO,
    DeployNews.FAIL: Severity.ERROR,
    DeployNews.INCONCLUSIVE: Severity.WARNING,
    DeployNews.ROLLBACK: Severity.ERROR,
    DeployNews.ROLLED_BACK: Severity.INFO,
    DeployNews.ROLLBACK_UNPROVEN: Severity.ERROR,
    DeployNews.ROLLBACK_FAILED: Severity.CRITICAL,
}


def message_of(event: Event, deploy: Deploy) -> Message:
    """Return what *event* says of *deploy*, for any channel."""
    return Message(
        id=f"{deploy.id}/{event.news}/{int(event.at)}",
        incident=deploy.id,
        environment=event.environment,
        news=event.news.value,
        severity=SEVERITIES[event.news],
        title=one_line(f"{event.environment}: {_title(event)}", TITLE),
        text="\n".join(_lines(event)),
        at=event.at,
        facts=dict(_facts(event)),
        links=dict(event.links),
    )


def _title(event: Event) -> str:
    commit = short(event.commit) if event.commit else "the release"
    previous = short(event.previous) if event.previous else "the release before"
    took = f" after {lasting(event.took_s)}" if event.took_s is not None else ""
    return {
        DeployNews.START: f"the deploy of {short(event.commit)} begins" if event.commit else "a deploy begins",
        DeployNews.PASS: f"PASS: {commit} is live and sound",
        DeployNews.FAIL: f"FAIL: {event.do or f'roll back {commit}'}",
        DeployNews.INCONCLUSIVE: f"INCONCLUSIVE: hold {commit}",
        DeployNews.ROLLBACK: f"rolling back {commit} to {previous}",
        DeployNews.ROLLED_BACK: f"ROLLED BACK{took}: {previous} is served again",
        DeployNews.ROLLBACK_UNPROVEN: f"ROLLBACK NOT PROVEN: whether {previous} is sound cannot be told",
        DeployNews.ROLLBACK_FAILED: f"ROLLBACK FAILED: {previous} is not served again as it was; act now",
    }[event.news]


def _lines(event: Event) -> Iterator[str]:
    if event.reason:
        yield one_line(event.reason, 2 * LINE)
    yield from (one_line(detail, LINE) for detail in event.details[:DETAILS])
    if len(event.details) > DETAILS:
        yield f"and {len(event.details) - DETAILS} more in the report"
    if event.report and "report" not in event.links:
        yield f"report: {one_line(event.report, LINE)}"
    if event.do and event.news is not DeployNews.FAIL:
        yield f"do: {one_line(event.do, LINE)}"


def _facts(event: Event) -> Iterator[tuple[str, str]]:
    yield "environment", event.environment
    if event.commit:
        yield "commit", one_line(event.commit, LINE)
    if event.previous:
        yield "before", one_line(event.previous, LINE)
    if event.author:
        yield "author", one_line(event.author, LINE)
    if event.took_s is not None:
        yield "took", lasting(event.took_s)
    if event.changelog.strip():
        yield "changelog", block(event.changelog, CHANGELOG).strip()
