"""Deployments as GitHub keeps them: their newest status, and approvals a run waits for."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from smoke.dependencies._moments import epoch_s
from smoke.dependencies.answer import Answer, refused
from smoke.dependencies.deployment import Asking, Deployment, Phase, Seen, data_of, not_understood, text_of
from smoke.environment.platforms import Github
from smoke.http import Exchange

NAME = "GitHub"
HOW_MANY = 5
VERSION = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}

PHASES = {
    **dict.fromkeys(("pending", "queued", "in_progress"), Phase.MOVING),
    "success": Phase.LIVE,
    "inactive": Phase.GONE,
    "failure": Phase.FAILED,
    "error": Phase.FAILED,
}


async def look(github: Github, asking: Asking) -> Seen:
    """Return the environment's newest deployments, each with its newest status."""
    query = urlencode({"environment": github.environment, "per_page": HOW_MANY})
    exchanges = [await _get(github, asking, f"/deployments?{query}")]
    listed = _data(exchanges[0])
    if isinstance(listed, Answer):
        return Seen(refusal=listed, exchanges=tuple(exchanges))
    if not isinstance(listed, list) or not all(isinstance(one, dict) and "id" in one for one in listed):
        return Seen(refusal=not_understood(NAME, "a list of deployments"), exchanges=tuple(exchanges))
    run = asking.variable(github.run_variable)
    waits = await _waits(github, asking, run, exchanges)
    found: list[Deployment] = []
    for one in listed:
        exchanges.append(await _get(github, asking, f"/deployments/{one['id']}/statuses"))
        statuses = _data(exchanges[-1])
        if isinstance(statuses, Answer):
            return Seen(refusal=statuses, exchanges=tuple(exchanges))
        found.append(_deployment(one, statuses, run, waits))
        if found[-1].phase in {Phase.LIVE, Phase.GONE}:
            break  # what is older was replaced by this one
    return Seen(tuple(found), None, tuple(exchanges))


def address(github: Github) -> str:
    """Return the URL of the repository."""
    return f"{github.url}/repos/{github.repository}"


async def _get(github: Github, asking: Asking, path: str) -> Exchange:
    return await asking.get(address(github) + path, github.token, **VERSION)


def _data(exchange: Exchange) -> Any | Answer:
    if exchange.status == HTTPStatus.NOT_FOUND:
        return refused(f"{NAME} answered HTTP 404: there is no such repository, or the token may not read it")
    return data_of(NAME, exchange)


async def _waits(github: Github, asking: Asking, run: str | None, exchanges: list[Exchange]) -> str:
    """Return whose approval the run waits for in this environment; empty if nobody's, or if it is not told."""
    if not run:
        return ""
    exchanges.append(await _get(github, asking, f"/actions/runs/{run}/pending_deployments"))
    listed = data_of(NAME, exchanges[-1])
    if not isinstance(listed, list):
        return ""
    for one in listed:
        environment = one.get("environment") if isinstance(one, dict) else None
        if isinstance(environment, dict) and environment.get("name") == github.environment:
            return "the run waits for approval" + _reviewers(one.get("reviewers"))
    return ""


def _reviewers(listed: Any) -> str:
    found = [one.get("reviewer") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    names = [text_of(one.get("login")) or text_of(one.get("name")) for one in found if isinstance(one, dict)]
    return f" by {', '.join(filter(None, names))}" if any(names) else ""


def _deployment(one: dict[str, Any], statuses: Any, run: str | None, waits: str) -> Deployment:
    rows = [row for row in statuses if isinstance(row, dict)] if isinstance(statuses, list) else []
    newest = max(rows, key=lambda row: epoch_s(row.get("created_at")) or 0.0, default={})
    word = text_of(newest.get("state")) or "no status yet"
    phase = PHASES.get(word, Phase.UNKNOWN if newest else Phase.MOVING)
    log = text_of(newest.get("log_url")) or text_of(newest.get("target_url"))
    why = text_of(newest.get("description"))[:100]
    if phase is Phase.MOVING and run and f"/runs/{run}" in log:
        # The verification itself runs before its own job can end.
        phase, why = Phase.LIVE, "by this very run"
    elif phase is Phase.MOVING and waits:
        phase, why = Phase.WAITING, waits
    return Deployment(
        id=str(one["id"]),
        phase=phase,
        word=word,
        commit=text_of(one.get("sha")) or None,
        tag=text_of(one.get("ref")),
        began_at=epoch_s(one.get("created_at")),
        ended_at=epoch_s(newest.get("created_at")) if phase in {Phase.LIVE, Phase.FAILED} else None,
        why=why,
    )
