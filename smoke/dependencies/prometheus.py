"""
Ask Prometheus for the value of a query, and which targets it scrapes.

Facts (docs/wire-formats.md): values are texts, `NaN` and `+Inf` among them; errors come with 400, 422 or 503 and a JSON
body; an empty vector means that there are no data, which is not zero; warnings may come with a success.
"""

import math
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from smoke.dependencies._access import asking
from smoke.dependencies._reply import odd, reply_of, told
from smoke.dependencies.answer import Answer, down, unknown
from smoke.environment.monitoring import Prometheus
from smoke.environment.secrets import Reveal
from smoke.http import Exchange, Request

NAME = "Prometheus"
STATUSES = frozenset({200, 400, 422, 503})
OURS = frozenset({"bad_data", "execution", "not_found", "not_acceptable"})
"""Types of errors that the query itself is the cause of."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an answer: its labels, as Prometheus writes them, and its value, which may be infinite or NaN."""

    labels: str
    value: float


@dataclass(frozen=True, slots=True)
class Values:
    """What a query returned; *warnings* came with it."""

    series: tuple[Series, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[Series, ...]:
        """The series that have a value: a ratio over nothing is NaN, and none."""
        return tuple(one for one in self.series if not math.isnan(one.value))


@dataclass(frozen=True, slots=True)
class Target:
    """Something that is scraped; *health* is `up`, `down` or `unknown`, which is one that was not scraped yet."""

    instance: str
    health: str
    error: str = ""


def query(system: Prometheus, text: str, secret: Reveal, timeout_s: float, at: float | None = None) -> Request:
    """Return the question for the value of *text* now, or *at* a moment in epoch seconds; raises SecretMissing."""
    fields = {"query": text, **({} if at is None else {"time": f"{at:.3f}"})}
    return asking(system, f"{system.url}/api/v1/query?{urlencode(fields)}", secret, timeout_s)


def targets(system: Prometheus, secret: Reveal, timeout_s: float) -> Request:
    """
    Return the question for all active targets; raises SecretMissing.

    It cannot be narrowed to a job: a pool of targets may have another name than the job in their labels.
    """
    return asking(system, f"{system.url}/api/v1/targets?state=active", secret, timeout_s)


def read_values(exchange: Exchange) -> Values | Answer:
    """Return the values of an instant query, or why there are none to read; pure."""
    data = _data(exchange)
    if isinstance(data, Answer):
        return data
    kind, result = data.get("resultType"), data.get("result")
    if kind == "scalar":
        result, kind = [{"metric": {}, "value": result}], "vector"
    if kind in ("matrix", "string", "streams"):
        return unknown(f"the query returns a {kind}, not one value for each series; take a rate or an increase of it")
    if kind != "vector" or not isinstance(result, list):
        return odd(NAME, "no vector")
    series = [_series(one) for one in result]
    found = tuple(one for one in series if one is not None)
    return Values(found, _warnings(exchange)) if len(found) == len(series) else odd(NAME, "series without a value")


def read_targets(exchange: Exchange, job: str) -> tuple[Target, ...] | Answer:
    """Return the active targets of *job*, or why they cannot be read; pure."""
    data = _data(exchange)
    if isinstance(data, Answer):
        return data
    listed = data.get("activeTargets")
    if not isinstance(listed, list):
        return odd(NAME, "no activeTargets")
    pairs = [(one, one.get("labels")) for one in listed if isinstance(one, dict)]
    mine = [(one, labels) for one, labels in pairs if isinstance(labels, dict) and labels.get("job") == job]
    return tuple(
        Target(
            instance=told(labels.get("instance", "?"))[:60],
            health=told(one.get("health", "unknown")),
            error=told(one.get("lastError") or "")[:120],
        )
        for one, labels in mine
    )


def number(text: object) -> float | None:
    """Read a sample's value, a text such as `0.004`, `NaN` or `+Inf`."""
    try:
        return float(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _data(exchange: Exchange) -> dict[str, Any] | Answer:
    reply = reply_of(NAME, exchange, STATUSES)
    document = reply.document
    if reply.trouble:
        return reply.trouble
    if not isinstance(document, dict) or document.get("status") not in ("success", "error"):
        return odd(NAME, "nothing that it says itself")
    if document["status"] == "error":
        return _refusal(document, reply.status)
    data = document.get("data")
    return (
        data
        if isinstance(data, dict) and reply.status not in {400, 422, HTTPStatus.SERVICE_UNAVAILABLE}
        else odd(NAME, "no data")
    )


def _refusal(document: dict[str, Any], status: int | None) -> Answer:
    kind, said = told(document.get("errorType", "")), told(document.get("error", ""))
    if kind in OURS and status != HTTPStatus.SERVICE_UNAVAILABLE:
        return unknown(f"{NAME} cannot carry out the query ({kind}): {said}; correct it in the environment file")
    return down(f"{NAME} did not carry out the query ({kind or status}): {said}")


def _series(item: Any) -> Series | None:
    if not isinstance(item, dict) or not isinstance(item.get("metric"), dict):
        return None
    pair = item.get("value")
    value = number(pair[1]) if isinstance(pair, list) and len(pair) == 2 else None  # noqa: PLR2004 - time and value
    return None if value is None else Series(_labels(item["metric"]), value)


def _labels(metric: dict[str, Any]) -> str:
    pairs = [f'{told(name)}="{told(value)}"' for name, value in sorted(metric.items()) if name != "__name__"]
    return f"{told(metric.get('__name__', ''))}{{{','.join(pairs)}}}"[:160]


def _warnings(exchange: Exchange) -> tuple[str, ...]:
    document = reply_of(NAME, exchange).document
    listed = document.get("warnings") if isinstance(document, dict) else None
    return tuple(told(one)[:120] for one in listed[:3]) if isinstance(listed, list) else ()
