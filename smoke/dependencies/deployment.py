"""What every platform tells of a deployment, in one shape."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from smoke.dependencies.answer import Answer, Sender, by_status, json_of, refused, unknown, without_answer
from smoke.environment.secrets import Reveal, Secret
from smoke.http import Exchange, Request


class Phase(StrEnum):
    """How far a deployment is."""

    WAITING = "waiting"
    """Somebody has to approve or promote it."""
    MOVING = "moving"
    LIVE = "live"
    FAILED = "failed"
    """It never went live; what was live before still is."""
    CRASHED = "crashed"
    GONE = "gone"
    """Removed, cancelled, or replaced by another one."""
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Deployment:
    """
    One deployment; *word* is the platform's own for its phase, *why* what it says beside.

    *commit* is None where it names none. *tag* is the image, which may name the commit too. *began_at* and *ended_at*
    are epoch seconds. *current* marks what runs now, where the platform keeps no list.
    """

    id: str
    phase: Phase
    word: str
    commit: str | None = None
    tag: str = ""
    began_at: float | None = None
    ended_at: float | None = None
    why: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a platform answered: its deployments, the newest first, or why it told none."""

    deployments: tuple[Deployment, ...] = ()
    refusal: Answer | None = None
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """
    What a client needs to ask: the HTTP client, how secrets are resolved, how long an answer may take.

    *variable* returns an environment variable that a pipeline's step has left, which is no secret.
    """

    http: Sender
    secret: Reveal
    timeout_s: float
    commit: str | None = None
    variable: Callable[[str], str | None] = os.environ.get

    async def get(self, url: str, token: Secret, **headers: str) -> Exchange:
        """Ask with a bearer token; raises SecretMissing before anything is sent."""
        proof = {"Authorization": f"Bearer {self.secret(token)}", "Accept": "application/json", **headers}
        return await self.http.send(Request("GET", url, headers=proof, timeout_s=self.timeout_s))


def data_of(name: str, exchange: Exchange) -> Any | Answer:
    """Return the JSON of a good answer, or what keeps it from being one; pure."""
    failed = without_answer(name, exchange)
    if failed is not None:
        return failed
    data = json_of(exchange)
    if exchange.status == HTTPStatus.OK and isinstance(data, dict | list):
        return data
    said = str(data.get("message", "")) if isinstance(data, dict) else ""
    if exchange.status in {400, 404} and "token" in said.lower():
        return refused(f"{name} answered {exchange.outline()}: {said[:100]}")
    return by_status(name, exchange)


def not_understood(name: str, what: str) -> Answer:
    """Return that an answer lacks what it must hold."""
    return unknown(f"{name} answered without {what}; check the address and ids in the environment file")


def text_of(value: object) -> str:
    """Return a foreign text, or nothing if it is none."""
    return value if isinstance(value, str) else ""


def newest_first(deployments: list[Deployment]) -> tuple[Deployment, ...]:
    """Return them by the time of their beginning, if all tell it; else in the platform's own order."""
    if all(one.began_at is not None for one in deployments):
        return tuple(sorted(deployments, key=lambda one: one.began_at or 0.0, reverse=True))
    return tuple(deployments)
