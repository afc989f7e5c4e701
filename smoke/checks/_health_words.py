"""
Normalise what services say about their health to four states.

The tables (docs/wire-formats.md) are those of NestJS Terminus, Spring Boot Actuator, the health+json draft, ASP.NET
Core, hand-written endpoints and Supabase. A word that is in no table is unknown, and unknown is never healthy.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any


class State(Enum):
    """How well something is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"


HEALTHY = frozenset({"ok", "healthy", "up", "ready", "pass", "connected", "true", "pong", "active_healthy"})
DEGRADED = frozenset({"degraded", "warn", "warning", "partial", "coming_up"})
UNHEALTHY = frozenset(
    {"error", "unhealthy", "down", "fail", "unavailable", "disconnected", "false", "out_of_service", "shutting_down"}
)

STATE_KEYS = ("status", "state", "healthy", "connected", "ok")
"""Keys under which an object tells its own state."""

SELECT_ONE = {"?column?": 1}
"""The row of an unaliased `SELECT 1` in PostgreSQL."""

_WORST_FIRST = (State.UNHEALTHY, State.UNKNOWN, State.DEGRADED, State.HEALTHY)
_DEEPEST = 8


def state_of(value: Any) -> State:
    """Return the state that *value* tells: a word, a boolean, an object with a state key, or a list of such."""
    return _state(value, _DEEPEST)


def worst(states: Sequence[State]) -> State:
    """Return the worst of *states*; of none at all, unknown."""
    return next((one for one in _WORST_FIRST if one in states), State.UNKNOWN)


def _state(value: Any, depth: int) -> State:
    if isinstance(value, bool):
        return State.HEALTHY if value else State.UNHEALTHY
    if isinstance(value, str):
        return _word(value)
    if value == SELECT_ONE:
        return State.HEALTHY
    return worst([_state(one, depth - 1) for one in _parts(value)]) if depth else State.UNKNOWN


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [value[key] for key in STATE_KEYS if key in value]
    return value if isinstance(value, list) else []


def _word(text: str) -> State:
    word = text.strip().lower()
    if word in HEALTHY:
        return State.HEALTHY
    if word in DEGRADED:
        return State.DEGRADED
    return State.UNHEALTHY if word in UNHEALTHY else State.UNKNOWN
