"""The rollout of a Deployment in Kubernetes, by kubectl or from the API server."""

import json
from typing import TYPE_CHECKING, Any

from smoke.dependencies._moments import epoch_s
from smoke.dependencies.answer import Answer
from smoke.dependencies.deployment import Asking, Deployment, Phase, Seen, data_of, not_understood, text_of
from smoke.dependencies.local_command import run
from smoke.environment.platforms import Kubernetes

if TYPE_CHECKING:
    from smoke.http import Exchange

NAME = "Kubernetes"


async def look(kubernetes: Kubernetes, asking: Asking) -> Seen:
    """Return the Deployment as one deployment, which is what runs now."""
    exchanges: tuple[Exchange, ...] = ()
    if kubernetes.api and kubernetes.token:
        exchanges = (await asking.get(address(kubernetes), kubernetes.token),)
        data = data_of(NAME, exchanges[0])
    else:
        output = await run(command(kubernetes), asking.timeout_s)
        data = output if isinstance(output, Answer) else _parsed(output.text)
    found = data if isinstance(data, Answer) else read(data)
    return Seen(refusal=found, exchanges=exchanges) if isinstance(found, Answer) else Seen((found,), None, exchanges)


def address(kubernetes: Kubernetes) -> str:
    """Return the URL of the Deployment at the API server."""
    place = f"/apis/apps/v1/namespaces/{kubernetes.namespace}/deployments/{kubernetes.deployment}"
    return (kubernetes.api or "") + place


def command(kubernetes: Kubernetes) -> tuple[str, ...]:
    """Return the whole command line."""
    name = f"deployment/{kubernetes.deployment}"
    return (*kubernetes.command, "get", name, "--namespace", kubernetes.namespace, "--output", "json")


def read(data: Any) -> Deployment | Answer:
    """Read a Deployment object; numbers that are zero are left out by the API server. Pure."""
    try:
        metadata, spec, status = data["metadata"], data["spec"], data.get("status") or {}
        generation, wanted = int(metadata["generation"]), int(spec.get("replicas", 1))
        counts = {key: int(status.get(key) or 0) for key in ("updatedReplicas", "replicas", "availableReplicas")}
        seen = int(status.get("observedGeneration") or 0) >= generation
    except (KeyError, TypeError, ValueError, AttributeError):
        return not_understood(NAME, "a Deployment's generation and status")
    conditions = {one.get("type"): one for one in status.get("conditions") or () if isinstance(one, dict)}
    phase, word = _phase(spec, conditions, wanted, counts, seen=seen)
    progressing = conditions.get("Progressing", {})
    return Deployment(
        id=text_of(metadata.get("name")),
        phase=phase,
        word=word,
        tag=_image(spec),
        ended_at=epoch_s(progressing.get("lastUpdateTime")) if phase is Phase.LIVE else None,
        why=text_of(progressing.get("message"))[:150] if phase is Phase.CRASHED else _trouble(conditions),
        current=True,
    )


def _phase(
    spec: dict[str, Any], conditions: dict[Any, Any], wanted: int, counts: dict[str, int], *, seen: bool
) -> tuple[Phase, str]:
    if not seen:
        return Phase.MOVING, "its change is not observed yet"
    if wanted == 0:
        return Phase.UNKNOWN, "scaled to no replica"
    if set(counts.values()) == {wanted}:
        return Phase.LIVE, f"{wanted} of {wanted} updated and available"
    reason = text_of(conditions.get("Progressing", {}).get("reason"))
    word = f"{counts['updatedReplicas']} of {wanted} updated, {counts['availableReplicas']} available"
    if reason == "ProgressDeadlineExceeded":
        return Phase.CRASHED, f"{word}, {reason}"
    return (Phase.WAITING, f"{word}, paused") if spec.get("paused") else (Phase.MOVING, word)


def _trouble(conditions: dict[Any, Any]) -> str:
    failure = conditions.get("ReplicaFailure", {})
    return text_of(failure.get("message"))[:150] if failure.get("status") == "True" else ""


def _image(spec: dict[str, Any]) -> str:
    try:
        images = [text_of(one.get("image")) for one in spec["template"]["spec"]["containers"]]
    except (KeyError, TypeError, AttributeError):
        return ""
    return images[0] if images else ""


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return not_understood(NAME, "JSON")
