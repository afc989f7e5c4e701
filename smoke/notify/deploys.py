"""What `smoke prime` and `smoke verify --sha` announce: a deploy begins, and what became of it."""

from argparse import Namespace
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from smoke.errors import SmokeError
from smoke.notify.announce import announce, mentioned
from smoke.notify.event import DeployNews, Event
from smoke.outputs import answer
from smoke.record import run_directory
from smoke.running.places import environments_directory, state_of

if TYPE_CHECKING:
    from smoke.verdict.release import Release

VerdictJson = Mapping[str, Any]


def announced(chosen: Namespace) -> "Release | None":
    """Return the release that `smoke prime` is told of, if it is; raises ConfigurationError when that is wrong."""
    if not (chosen.announced_sha or chosen.announced_release):
        return None
    return _release(chosen.announced_release, chosen.announced_sha, None)


def deploy_begins(chosen: Namespace, environ: Mapping[str, str], release: "Release | None") -> None:
    """Tell who wants to know that a deploy of the primed environment begins; never raises."""
    if not _anybody(chosen):
        return
    from smoke import baseline

    try:
        known = baseline.load(state_of(chosen, environ), chosen.environment)
    except SmokeError:
        return  # it was said already
    live = known.commit if known else None
    commit, previous = (release.commit, release.previous or live) if release else (None, live)
    event = Event(DeployNews.START, chosen.environment, time(), commit, previous, **_declared(release))
    announce(event, chosen, environ)


def deploy_verified(chosen: Namespace, environ: Mapping[str, str], directory: Path) -> None:
    """Tell who wants to know the verdict in *directory*, if it is one about an announced commit; never raises."""
    if not _anybody(chosen):
        return
    verdict = run_directory.read_verdict(directory)
    if verdict is None or verdict["release"]["expected"] is None:
        return
    try:
        release = _release(chosen.smoke_release, verdict["release"]["expected"], verdict["release"]["previous"])
    except SmokeError:
        return  # the verdict could not have come about
    announce(verdict_event(verdict, **_declared(release)), chosen, environ)


def verdict_event(verdict: VerdictJson, **told: Any) -> Event:
    """Return what *verdict* is for its deploy; *told* is what the verdict does not know: author and changelog."""
    release = verdict["release"]
    return Event(
        news=DeployNews(verdict["verdict"]),
        environment=verdict["environment"],
        at=datetime.fromisoformat(verdict["finished_at"]).timestamp(),
        commit=release["expected"],
        previous=release["previous"],
        reason=verdict["summary"],
        details=tuple(f"{one['check']} ({one['cause']}): {one['message']}" for one in verdict["reasons"]),
        do="" if verdict["verdict"] == "pass" else answer.advice(verdict),
        took_s=verdict["duration_s"],
        report=f"{verdict['environment']}/{verdict['run_id']}/report.html",
        **told,
    )


def _anybody(chosen: Namespace) -> bool:
    try:
        return mentioned(environments_directory(chosen))
    except SmokeError:
        return False


def _release(file: Path | str | None, sha: str | None, previous: str | None) -> "Release":
    from smoke.environment import manifest  # only where somebody is to be told

    release = manifest.load(Path(file)) if file else None
    return manifest.combine(release, sha, previous if release is None or release.previous is None else None)


def _declared(release: "Release | None") -> dict[str, Any]:
    return {"author": release.author or "", "changelog": release.changelog or ""} if release else {}
