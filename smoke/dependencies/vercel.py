"""Deployments at Vercel: READY is live only if promoted and with its aliases."""

from typing import Any
from urllib.parse import urlencode

from smoke.dependencies._moments import epoch_s
from smoke.dependencies.answer import Answer
from smoke.dependencies.deployment import (
    Asking,
    Deployment,
    Phase,
    Seen,
    data_of,
    newest_first,
    not_understood,
    text_of,
)
from smoke.environment.platforms import Vercel

NAME = "Vercel"
HOW_MANY = 10

PHASES = {
    **dict.fromkeys(("QUEUED", "INITIALIZING", "BUILDING"), Phase.MOVING),
    "ERROR": Phase.FAILED,
    "CANCELED": Phase.GONE,
    "DELETED": Phase.GONE,
    "BLOCKED": Phase.WAITING,
}
COMMITS = ("githubCommitSha", "gitlabCommitSha", "bitbucketCommitSha")


async def look(vercel: Vercel, asking: Asking) -> Seen:
    """Return the newest deployments of the target."""
    exchange = await asking.get(address(vercel), vercel.token)
    found = _read(data_of(NAME, exchange), vercel.target)
    return Seen(refusal=found, exchanges=(exchange,)) if isinstance(found, Answer) else Seen(found, None, (exchange,))


def address(vercel: Vercel) -> str:
    """Return the URL of the list."""
    query = {
        "projectId": vercel.project_id,
        "limit": HOW_MANY,
        **({"teamId": vercel.team_id} if vercel.team_id else {}),
    }
    if vercel.target == "production":
        query["target"] = vercel.target
    return f"{vercel.url}/v6/deployments?{urlencode(query)}"


def _read(data: Any, target: str) -> tuple[Deployment, ...] | Answer:
    if isinstance(data, Answer):
        return data
    listed = data.get("deployments") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return not_understood(NAME, "deployments")
    wanted = "production" if target == "production" else None
    # Previews have no target; custom environments of the project have others.
    ours = [one for one in listed if one.get("target") == wanted or (wanted is None and one.get("target") == target)]
    return newest_first([_deployment(one, target) for one in ours])


def _deployment(one: dict[str, Any], target: str) -> Deployment:
    state = text_of(one.get("readyState")) or text_of(one.get("state"))
    phase, word, why = _phase(one, state, target)
    return Deployment(
        id=text_of(one.get("uid")) or text_of(one.get("id")),
        phase=phase,
        word=word,
        commit=_commit(one),
        began_at=epoch_s(one.get("created") or one.get("createdAt")),
        ended_at=epoch_s(one.get("ready")),
        why=why,
    )


def _phase(one: dict[str, Any], state: str, target: str) -> tuple[Phase, str, str]:
    if state != "READY":
        return PHASES.get(state, Phase.UNKNOWN), state, ""
    part = text_of(one.get("readySubstate"))
    word = f"READY, {part or 'promoted or not is not told'}"
    error = one.get("aliasError")
    if error:
        said = text_of(error.get("message")) if isinstance(error, dict) else text_of(error)
        return Phase.FAILED, word, f"its alias could not be assigned: {said[:100]}"
    if target == "production" and part != "PROMOTED":
        moving = part == "ROLLING"
        return (Phase.MOVING if moving else Phase.WAITING), word, "" if moving else "READY is not live before promotion"
    if not one.get("aliasAssigned"):
        return Phase.MOVING, word, "its aliases are not assigned yet"
    return Phase.LIVE, word, ""


def _commit(one: dict[str, Any]) -> str | None:
    meta, source = one.get("meta"), one.get("gitSource")
    told = [text_of(meta.get(key)) for key in COMMITS] if isinstance(meta, dict) else []
    told += [text_of(source.get("sha"))] if isinstance(source, dict) else []
    return next(filter(None, told), None)
