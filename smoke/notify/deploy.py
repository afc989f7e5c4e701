"""Which deploy something belongs to, so that all of it lands in one thread: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from smoke.notify.event import DeployNews, Event
from smoke.verdict.release import same_commit

TOLD_AGAIN_S = 6 * 3600.0
"""A verdict later than this after the last news of its deploy begins a thread of its own."""

PROOF = {
    DeployNews.PASS: DeployNews.ROLLED_BACK,
    DeployNews.FAIL: DeployNews.ROLLBACK_FAILED,
    DeployNews.INCONCLUSIVE: DeployNews.ROLLBACK_UNPROVEN,
}
"""What a verdict about the previous release says, after a deploy that was to be rolled back."""

ENDED_BADLY = frozenset(
    {
        DeployNews.FAIL,
        DeployNews.INCONCLUSIVE,
        DeployNews.ROLLBACK,
        DeployNews.ROLLBACK_UNPROVEN,
        DeployNews.ROLLBACK_FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class Deploy:
    """One deploy as it was announced; *news* is the last of it, *threads* is where each notifier tells of it."""

    id: str
    environment: str
    began_at: float
    news: DeployNews
    at: float
    commit: str | None = None
    previous: str | None = None
    threads: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return {**asdict(self), "news": self.news.value, "threads": dict(self.threads)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Deploy":
        """Read back what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        threads = {str(name): str(thread) for name, thread in dict(data["threads"]).items()}
        numbers = {"began_at": float(data["began_at"]), "at": float(data["at"])}
        return cls(**{**data, **numbers, "news": DeployNews(data["news"]), "threads": threads})


def belonging(known: Sequence[Deploy], event: Event) -> tuple[Deploy, Event]:
    """
    Return the deploy of *known*, the newest first, that *event* belongs to, and the event as that deploy sees it.

    A verdict about the release before a deploy that ended badly is the proof of its rollback.
    """
    if event.news is not DeployNews.START:
        for deploy in known:
            if event.at - deploy.at > TOLD_AGAIN_S:
                continue
            if event.news in PROOF and _proves_rollback(deploy, event):
                return _continued(deploy, _proof(deploy, event))
            if _same(deploy, event):
                return _continued(deploy, event)
    return _new(event), event


def _continued(deploy: Deploy, event: Event) -> tuple[Deploy, Event]:
    commit, previous = deploy.commit or event.commit, deploy.previous or event.previous
    known = replace(deploy, news=event.news, at=event.at, commit=commit, previous=previous)
    return known, replace(event, commit=event.commit or commit, previous=event.previous or previous)


def _proof(known: Deploy, event: Event) -> Event:
    links = {label: url for label, url in event.links.items() if label not in {"commit", "changes"}}
    return replace(
        event,
        news=PROOF[event.news],
        commit=known.commit,
        previous=event.commit,
        author="",  # the release before is nobody's news
        changelog="",
        links=links,
        took_s=event.at - known.at,
    )


def _proves_rollback(known: Deploy, event: Event) -> bool:
    if known.news not in ENDED_BADLY or event.commit is None:
        return False
    return same_commit(event.commit, known.previous) and not same_commit(event.commit, known.commit)


def _same(known: Deploy, event: Event) -> bool:
    if known.commit is None or event.commit is None:
        # Who announced no commit tells of whatever is being deployed; once that has its verdict, of something new.
        return event.news not in PROOF or known.news is DeployNews.START
    return same_commit(known.commit, event.commit)


def _new(event: Event) -> Deploy:
    return Deploy(
        # The same on every machine, so that a thread can be found that another one began.
        id=f"{event.environment}@{event.commit[:12] if event.commit else f'unnamed/{int(event.at)}'}",
        environment=event.environment,
        began_at=event.at,
        news=event.news,
        at=event.at,
        commit=event.commit,
        previous=event.previous,
    )
