"""
Ask Alertmanager which alerts are active.

Facts (docs/wire-formats.md): the answer is a bare array; `endsAt` lies in the future while an alert is active; what is
silenced, inhibited or muted is `suppressed`, though older versions only list by whom.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from smoke.dependencies._access import asking
from smoke.dependencies._moments import epoch_s
from smoke.dependencies._reply import odd, reply_of, told
from smoke.dependencies.answer import Answer, unknown
from smoke.environment.monitoring import Alertmanager
from smoke.environment.secrets import Reveal
from smoke.http import Exchange, Request

NAME = "Alertmanager"
QUIET = ("silencedBy", "inhibitedBy", "mutedBy")


@dataclass(frozen=True, slots=True)
class Alert:
    """An active alert; *started_at* is epoch seconds."""

    name: str
    severity: str
    fingerprint: str
    started_at: float
    summary: str = ""


def question(system: Alertmanager, secret: Reveal, timeout_s: float) -> Request:
    """Return the question for the active alerts; raises SecretMissing."""
    fields = [("active", "true"), ("silenced", "false"), ("inhibited", "false")]
    fields += [("filter", matcher) for matcher in system.matchers]
    return asking(system, f"{system.url}/api/v2/alerts?{urlencode(fields)}", secret, timeout_s)


def read(exchange: Exchange, label: str) -> list[Alert] | Answer:
    """Return the active alerts, with the severity that *label* holds, or why they cannot be read; pure."""
    reply = reply_of(NAME, exchange)
    if exchange.status == HTTPStatus.BAD_REQUEST:
        return unknown(f"{NAME} refuses the matchers: {told(exchange.text())}; correct them in the environment file")
    if reply.trouble:
        return reply.trouble
    if not isinstance(reply.document, list):
        return odd(NAME, "no list of alerts")
    read_ones = [_alert(one, label) for one in reply.document if not _quiet(one, exchange.at)]
    alerts = [one for one in read_ones if one is not None]
    return alerts if len(alerts) == len(read_ones) else odd(NAME, "a list with entries that are no alerts")


def _quiet(item: Any, now: float) -> bool:
    """Tell whether an alert is not active any more, or not yet, or is known to those whom it would tell."""
    status = item.get("status") if isinstance(item, dict) else None
    if not isinstance(status, dict):
        return False
    ends_at = epoch_s(item.get("endsAt"))
    over = ends_at is not None and item.get("endsAt") != "0001-01-01T00:00:00Z" and ends_at <= now
    return over or status.get("state") != "active" or any(status.get(key) for key in QUIET)


def _alert(item: Any, label: str) -> Alert | None:
    labels = item.get("labels") if isinstance(item, dict) else None
    started_at = epoch_s(item.get("startsAt")) if isinstance(item, dict) else None
    if not isinstance(labels, dict) or started_at is None:
        return None
    notes = item.get("annotations")
    summary = (notes.get("summary") or notes.get("description") or "") if isinstance(notes, dict) else ""
    name = told(labels.get("alertname", "an alert without name"))[:60]
    return Alert(
        name, told(labels.get(label, "")), told(item.get("fingerprint") or name)[:40], started_at, told(summary)[:120]
    )
