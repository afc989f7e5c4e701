"""Which answer tells how a service is, and how it is to be read: pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smoke.checks._answers import cached, find, parse
from smoke.checks._health_words import STATE_KEYS, State, state_of, worst
from smoke.checks._timestamps import LIVE_S, epoch_s, stale, stands_still
from smoke.discovery.paths import HEALTH
from smoke.discovery.site import Site, is_json
from smoke.http import Exchange

COMPONENTS = ("details", "components", "entries", "checks", "services", "dependencies")
"""Where mappings of components lie: Terminus, Spring, ASP.NET, health+json and hand-written ones."""

TIMESTAMPS = ("timestamp", "time", "now", "checkedAt")
SETTINGS = ("env", "environment")
FURTHER_STATES = ("result", "health", "message", "data.status", "data")
TEXT_AT_MOST = 80
MAX_AGE_S = 60.0
KNOWN = frozenset({State.HEALTHY, State.DEGRADED})

_TELLS_HEALTH = frozenset({200, 207, 503})
_PLAIN = re.compile(r"[^\d<>{}]{2,80}")


@dataclass(frozen=True, slots=True)
class HealthFound:
    """A health endpoint: how to read it, what it says now, and remarks about it."""

    path: str
    keys: dict[str, Any]
    state: State
    depth: int
    remarks: tuple[str, ...] = ()
    down: tuple[str, ...] = field(default=())


def found_health(site: Site) -> list[HealthFound]:
    """
    Return the health endpoints of *site*, the one that says most first.

    What says that it is well goes before what does not: the whole of a service may be down in an endpoint that gates
    nothing, while its readiness is up.
    """
    found = [one for path in HEALTH if (one := _health(site, path)) is not None]
    return sorted(found, key=lambda one: (one.state not in KNOWN, -one.depth))


def _health(site: Site, path: str) -> HealthFound | None:
    answer = site.own(path)
    if answer is None or answer.status not in _TELLS_HEALTH or answer.truncated or cached(answer):
        return None
    if is_json(answer) and not isinstance(parse(answer), str):
        return _of_json(site.all_of(path), path)
    return _of_text(site.all_of(path), path)


def _of_text(answers: tuple[Exchange, ...], path: str) -> HealthFound | None:
    bodies = {one.text().strip() for one in answers}
    body = bodies.pop()
    plain = body.isprintable() and "<" not in body and "\ufffd" not in body
    if bodies or not body or len(body) > TEXT_AT_MOST or not plain:
        return None
    first = answers[0]
    state = state_of(body.strip('"'))
    if state is State.UNKNOWN and (not first.is_ok or not _PLAIN.fullmatch(body)):
        return None
    as_it_is = first.content_type == "text/plain" and state is not State.UNKNOWN
    keys = {"path": path} if as_it_is else {"path": path, "text": body}
    said = State.HEALTHY if state is State.UNKNOWN else state
    return HealthFound(path, keys, said, 0)


def _of_json(answers: tuple[Exchange, ...], path: str) -> HealthFound | None:
    if not all(map(is_json, answers)):
        return None
    documents = [parse(one) for one in answers]
    place, state = _state(documents[0])
    at, down = _components(documents[0], state)
    if state is State.UNKNOWN:
        place, at, state = _bare_components(documents[0])
    if state is State.UNKNOWN:
        return None
    keys: dict[str, Any] = {"path": path, **({} if place == "status" else {"status": place})}
    if at is not None:
        keys |= {"components": at, **({"optional": list(down)} if down else {})}
    stamp, remarks = _timestamp(answers, documents)
    if stamp is not None:
        keys["timestamp"] = stamp
    expect = {one: documents[0][one] for one in SETTINGS if _is_setting(documents, one)}
    if expect:
        keys["expect"] = expect
    return HealthFound(path, keys, state, _depth(keys), remarks, down)


def _state(document: Any) -> tuple[str, State]:
    """Return where the state lies, and what it is."""
    told = find("status", document)
    state = state_of(document if told is None else told)
    if state is not State.UNKNOWN or not isinstance(document, Mapping):
        return "status", state
    for place in (*STATE_KEYS, *FURTHER_STATES):
        value = find(place, document)
        if isinstance(value, str | bool | Mapping) and (state := state_of(value)) is not State.UNKNOWN:
            return place, state
    return "status", State.UNKNOWN


def _components(document: Any, whole: State) -> tuple[str | None, tuple[str, ...]]:
    """Return where components are listed whose states are all known, and which of them are down though all is well."""
    for at in COMPONENTS:
        parts = find(at, document)
        if not isinstance(parts, Mapping) or not parts:
            continue
        states = {str(name): state_of(value) for name, value in parts.items()}
        if State.UNKNOWN not in states.values():
            down = tuple(name for name, state in states.items() if state is State.UNHEALTHY)
            return at, down if whole in KNOWN else ()
    return None, ()


def _bare_components(document: Any) -> tuple[str, str | None, State]:
    """Return how to read an answer that holds nothing but components, such as `{"storage": true, "cache": true}`."""
    names = list(document) if isinstance(document, Mapping) else []
    states = [state_of(document[name]) for name in names]
    if not names or State.UNKNOWN in states or not all(one.isidentifier() for one in names):
        return "status", None, State.UNKNOWN
    return names[0], "@", worst(states)


def _timestamp(answers: tuple[Exchange, ...], documents: list[Any]) -> tuple[str | None, tuple[str, ...]]:
    for at in TIMESTAMPS:
        stamps = [epoch_s(find(at, one)) for one in documents]
        pairs = [(one.at, stamp) for one, stamp in zip(answers, stamps, strict=True) if stamp is not None]
        if not pairs or len(pairs) < len(answers):
            continue
        if stands_still(pairs):
            return None, (f"its {at} stands still: the answer was made once, at build time, and tells nothing of now",)
        fresh = not any(stale(find(at, parse(one)), one, MAX_AGE_S) for one in answers)
        lively = pairs[-1][1] > pairs[0][1] or abs(pairs[0][0] - pairs[0][1]) <= LIVE_S
        return (at if fresh and lively else None), ()
    return None, ()


def _is_setting(documents: list[Any], at: str) -> bool:
    values = {one.get(at) if isinstance(one.get(at), str) else None for one in documents if isinstance(one, Mapping)}
    return len(values) == 1 and None not in values and "" not in values


def _depth(keys: Mapping[str, Any]) -> int:
    return 1 + 2 * ("components" in keys) + ("timestamp" in keys) + ("expect" in keys)
