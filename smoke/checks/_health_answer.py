"""Read one health answer: what is wrong with it, what is merely noteworthy, and which components are to blame."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from smoke.checks._answers import cached, find, no_answer, not_json, not_ok, parse, quote
from smoke.checks._health_words import State, state_of
from smoke.environment.services import Health
from smoke.http import Exchange
from smoke.verdict.evidence import BETWEEN_FAULTS


@dataclass(frozen=True, slots=True)
class HealthReading:
    """One health answer, read: *fault* and *remark* are texts, *down* names required components that are not well."""

    fault: str | None = None
    remark: str | None = None
    down: tuple[str, ...] = ()


def read_health(exchange: Exchange, health: Health) -> HealthReading:
    """Read *exchange* by what the environment says about this health endpoint."""
    silent = no_answer(exchange)
    if silent is not None:
        return HealthReading(silent)
    stale = cached(exchange)
    if stale is not None:
        return HealthReading(f"answered by a cache ({stale})")
    return _read_fresh(exchange, health)


def bare_word(exchange: Exchange) -> bool:
    """Tell whether a good answer is but a word for the state as plain text, such as `ok`, which names nothing else."""
    plain = not_ok(exchange) is None and _is_plain(exchange)
    return plain and state_of(exchange.text()) in {State.HEALTHY, State.DEGRADED}


def parts_down(exchange: Exchange, health: Health | None, path: str) -> str | None:
    """Return what the answer of *path* says is down, if it is the health that was asked; else None."""
    if health is None or health.path != path:
        return None
    reading = read_health(exchange, health)
    return reading.fault if reading.down else None


def _read_fresh(exchange: Exchange, health: Health) -> HealthReading:
    if health.body == "any":
        return _read_any(exchange, health)
    if health.text is not None or _is_plain(exchange):
        return _read_text(exchange, health)
    bad_status = not_ok(exchange)
    if bad_status is not None and exchange.status != HTTPStatus.SERVICE_UNAVAILABLE:
        return HealthReading(bad_status)
    no_json = not_json(exchange)
    if no_json is not None:
        return HealthReading(bad_status or no_json)
    return _read_json(parse(exchange), health, bad_status)


def _read_any(exchange: Exchange, health: Health) -> HealthReading:
    """Take the status for the promise, unless the body is a page or contradicts it."""
    bad_status = not_ok(exchange)
    if bad_status is not None and (not health.components or exchange.status != HTTPStatus.SERVICE_UNAVAILABLE):
        return HealthReading(bad_status)
    told: Any = exchange.text().strip()
    if told.startswith("<") or (exchange.content_type == "text/html" and not _is_plain(exchange)):
        return HealthReading(bad_status or "a page instead of a health answer")
    named = None
    if not_json(exchange) is None:
        data = parse(exchange)
        if health.components and components_of(data, health):
            return _read_json(data, health, bad_status)
        named = find(health.status, data)
        told = data if named is None else named
    if bad_status is not None:
        return HealthReading(bad_status)
    state = state_of(told)
    return HealthReading() if state is State.UNKNOWN and named is None else _overall(state, promised=False)


def _is_plain(exchange: Exchange) -> bool:
    """Tell text from a page: several frameworks send a bare word as HTML, and a page is known by its markup."""
    bare = exchange.content_type == "text/html" and bool(exchange.body) and "<" not in exchange.text()
    return bare or exchange.content_type == "text/plain"


def _read_text(exchange: Exchange, health: Health) -> HealthReading:
    bad_status = not_ok(exchange)
    if bad_status is not None:
        return HealthReading(bad_status)
    body = exchange.text().strip()
    if health.text is not None:
        page = exchange.content_type == "text/html" and not _is_plain(exchange)
        same = body.lower() == health.text.strip().lower() and not page
        return HealthReading(None if same else f"the body is not {quote(health.text)}")
    if not_json(exchange) is None and state_of(body) is State.UNKNOWN:
        return _read_json(parse(exchange), health, None)
    if health.components or health.expect or health.timestamp:
        return HealthReading("plain text instead of JSON")
    return _overall(state_of(body))


def _read_json(data: Any, health: Health, bad_status: str | None) -> HealthReading:
    parts = components_of(data, health) if health.components else {}
    if health.components and not parts:
        return HealthReading(bad_status or "no component is reported, so nothing was verified")
    wrong = {name: state for name, state in parts.items() if _is_down(state, health)}
    down = tuple(sorted(name for name in wrong if name not in health.optional))
    if down:
        each = [f"{name} is {parts[name].value}" + (f" ({bad_status})" if bad_status else "") for name in down]
        return HealthReading(BETWEEN_FAULTS.join(each), down=down)
    spared = sorted(wrong)
    told = find(health.status, data)
    overall = _overall(state_of(data if told is None else told), promised=health.body == "json")
    if bad_status or overall.fault:
        if not spared:
            return HealthReading(bad_status or overall.fault)
        overall = HealthReading()
    differs = _unexpected(data, health)
    if differs:
        return HealthReading(differs)
    notes = [f"{name} is {parts[name].value}, but optional" for name in spared]
    notes += [f"{name} is degraded" for name, state in sorted(parts.items()) if state is State.DEGRADED]
    return HealthReading(remark="; ".join(notes) or overall.remark)


def components_of(data: Any, health: Health) -> dict[str, State]:
    """Return the state of each component: a mapping by name, or a list of objects that carry their `name`."""
    found = find(health.components, data) if health.components else None
    if isinstance(found, Mapping):
        return {str(name): state_of(value) for name, value in found.items() if not _is_figure(value)}
    if isinstance(found, list):
        named = [one for one in found if isinstance(one, Mapping) and isinstance(one.get("name"), str)]
        return {one["name"]: state_of(one) for one in named}
    return {}


def _is_figure(value: Any) -> bool:
    """Tell whether *value* is a number that can be no state: a version, a count, a duration among the components."""
    return isinstance(value, (int, float)) and value not in {0, 1}


def _overall(state: State, *, promised: bool = True) -> HealthReading:
    if state is State.UNKNOWN and not promised:
        return HealthReading(remark="its status is a word of no known meaning")
    if state is State.HEALTHY:
        return HealthReading()
    if state is State.DEGRADED:
        return HealthReading(remark="it calls itself degraded, which still serves")
    return HealthReading(f"it calls itself {state.value}" if state is State.UNHEALTHY else "its state is unknown")


def _is_down(state: State, health: Health) -> bool:
    """Tell whether a component is not well; where nothing but the status is promised it has to say so."""
    return state is State.UNHEALTHY or (state is State.UNKNOWN and health.body == "json")


def _unexpected(data: Any, health: Health) -> str | None:
    for path, due in health.expect.items():
        found = find(path, data)
        if found != due or isinstance(found, bool) is not isinstance(due, bool):
            return f"{path} is {quote(found)}, expected {quote(due)}"
    return None
