"""Deployments at Railway, over GraphQL: one query, by the schema's own filter."""

from typing import Any

from smoke.dependencies._moments import epoch_s
from smoke.dependencies.answer import Answer, refused, unknown
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
from smoke.environment.platforms import Railway
from smoke.http import Request

NAME = "Railway"
WRITE = "platform:railway"
"""GraphQL is asked by POST; the query changes nothing."""

QUERY = (
    "query($input: DeploymentListInput!, $first: Int) { deployments(input: $input, first: $first) "
    "{ edges { node { id status createdAt url meta } } } }"
)
HOW_MANY = 10

PHASES = {
    **dict.fromkeys(("INITIALIZING", "QUEUED", "WAITING", "BUILDING", "DEPLOYING"), Phase.MOVING),
    "NEEDS_APPROVAL": Phase.WAITING,
    "SUCCESS": Phase.LIVE,
    "SLEEPING": Phase.LIVE,
    "SKIPPED": Phase.SKIPPED,
    "FAILED": Phase.FAILED,
    "CRASHED": Phase.CRASHED,
    "REMOVING": Phase.GONE,
    "REMOVED": Phase.GONE,
}
REFUSALS = ("not authorized", "unauthorized", "forbidden", "invalid token", "token")


async def look(railway: Railway, asking: Asking) -> Seen:
    """Return the newest deployments of the service."""
    token = asking.secret(railway.token)
    proof = {"Project-Access-Token": token} if railway.scope == "project" else {"Authorization": f"Bearer {token}"}
    ids = {"projectId": railway.project_id, "environmentId": railway.environment_id, "serviceId": railway.service_id}
    body = {"query": QUERY, "variables": {"input": ids, "first": HOW_MANY}}
    request = Request("POST", address(railway), headers=proof, json=body, write=WRITE, timeout_s=asking.timeout_s)
    exchange = await asking.http.send(request)
    found = _read(data_of(NAME, exchange))
    return Seen(refusal=found, exchanges=(exchange,)) if isinstance(found, Answer) else Seen(found, None, (exchange,))


def address(railway: Railway) -> str:
    """Return the URL of the GraphQL API."""
    return railway.url + railway.path


def _read(data: Any) -> tuple[Deployment, ...] | Answer:
    if isinstance(data, Answer):
        return data
    if errors := (data.get("errors") if isinstance(data, dict) else None):
        return _refused(errors)
    try:
        nodes = [edge["node"] for edge in data["data"]["deployments"]["edges"]]
        return newest_first([_deployment(node) for node in nodes])
    except (KeyError, TypeError, AttributeError):
        return not_understood(NAME, "data.deployments.edges")


def _refused(errors: Any) -> Answer:
    first = errors[0] if isinstance(errors, list) and isinstance(errors[0], dict) else {}
    said = text_of(first.get("message"))[:150] or "an error without a message"
    if any(one in said.lower() for one in REFUSALS):
        return refused(f"{NAME} answered {said!r}: the token may not read this project and environment")
    return unknown(f"{NAME} answered {said!r}")


def _deployment(node: dict[str, Any]) -> Deployment:
    meta = node.get("meta") if isinstance(node.get("meta"), dict) else {}
    word = text_of(node["status"])
    return Deployment(
        id=text_of(node.get("id")),
        phase=PHASES.get(word, Phase.UNKNOWN),
        word=word,
        commit=text_of((meta or {}).get("commitHash")) or None,
        tag=text_of((meta or {}).get("image")),
        began_at=epoch_s(node.get("createdAt")),
    )
