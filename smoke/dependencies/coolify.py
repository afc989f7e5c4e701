"""
Deployments at Coolify; only read.

A deployment_uuid that the deploy step was given may never have existed: then the application's list is asked. The list
is an object with `count` and `deployments`, although its own OpenAPI file says array.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

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
from smoke.environment.platforms import Coolify
from smoke.http import Exchange

NAME = "Coolify"
HOW_MANY = 10

PHASES = {
    "queued": Phase.MOVING,
    "in_progress": Phase.MOVING,
    "finished": Phase.LIVE,
    "failed": Phase.FAILED,
    "cancelled-by-user": Phase.GONE,
}
ENDED = frozenset({"finished", "failed", "cancelled-by-user"})
BROKEN = ("exited", "degraded", "restarting", "dead")


async def look(coolify: Coolify, asking: Asking) -> Seen:
    """Return the application's newest deployments; what runs now decides whether a finished one is live."""
    exchanges = []
    given = asking.variable(coolify.deployment_variable) if coolify.deployment_variable else None
    if given:
        exchanges.append(await asking.get(f"{address(coolify)}/deployments/{quote(given, safe='')}", coolify.token))
    exchanges.append(
        await asking.get(
            f"{address(coolify)}/deployments/applications/{coolify.application}?skip=0&take={HOW_MANY}", coolify.token
        )
    )
    found = _read(exchanges)
    if isinstance(found, Answer):
        return Seen(refusal=found, exchanges=tuple(exchanges))
    if found and found[0].phase is Phase.LIVE:
        exchanges.append(await asking.get(f"{address(coolify)}/applications/{coolify.application}", coolify.token))
        application = data_of(NAME, exchanges[-1])
        found = (_running(_tagged(found[0], application), application), *found[1:])
    return Seen(found, None, tuple(exchanges))


def address(coolify: Coolify) -> str:
    """Return the URL of the API."""
    return f"{coolify.url}/api/v1"


def _read(exchanges: list[Exchange]) -> tuple[Deployment, ...] | Answer:
    *single, listed = [data_of(NAME, one) for one in exchanges]
    if isinstance(listed, Answer):
        return listed
    rows = listed.get("deployments") if isinstance(listed, dict) else listed
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        return not_understood(NAME, "deployments")
    given = [one for one in single if isinstance(one, dict) and text_of(one.get("deployment_uuid"))]
    known = {text_of(one.get("deployment_uuid")) for one in rows}
    return newest_first(
        [_deployment(one) for one in (*(one for one in given if one["deployment_uuid"] not in known), *rows)]
    )


def _deployment(one: dict[str, Any]) -> Deployment:
    word = text_of(one.get("status"))
    return Deployment(
        id=text_of(one.get("deployment_uuid")),
        phase=PHASES.get(word, Phase.UNKNOWN),
        word=word,
        commit=text_of(one.get("commit")) or None,
        tag=text_of(one.get("docker_registry_image_tag")),
        began_at=epoch_s(one.get("created_at")),
        ended_at=epoch_s(one.get("updated_at")) if word in ENDED else None,
    )


def _tagged(deployment: Deployment, application: Any) -> Deployment:
    """Return the newest deployment with the tag that the application has, where its own entry tells none."""
    tag = text_of(application.get("docker_registry_image_tag")) if isinstance(application, dict) else ""
    return deployment if deployment.tag else replace(deployment, tag=tag)


def _running(deployment: Deployment, application: Any) -> Deployment:
    """Return the finished deployment as crashed if the application does not run; what is not told changes nothing."""
    status = text_of(application.get("status")) if isinstance(application, dict) else ""
    broken = status.startswith(BROKEN) or status.endswith(":unhealthy")
    if not broken:
        return deployment
    return replace(deployment, phase=Phase.CRASHED, word=f"finished, but the application is {status}")
