"""
What Salesforce itself says about our instance: its public Trust status.

Statuses, their severity and the field names are its own (docs/wire-formats.md); inner fields of incidents vary and are
not read.
"""

from enum import StrEnum
from typing import Any

from smoke.dependencies._moments import epoch_s
from smoke.dependencies.answer import Sender, json_of
from smoke.environment.dependencies import Trust
from smoke.http import Exchange, Request

SEVERITY = {
    "OK": 0,
    "INFORMATIONAL_NONCORE": 1,
    "INFORMATIONAL_CORE": 1,
    "MAINTENANCE_NONCORE": 1,
    "MAINTENANCE_CORE": 1,
    "MINOR_INCIDENT_NONCORE": 2,
    "MINOR_INCIDENT_CORE": 2,
    "MAJOR_INCIDENT_NONCORE": 3,
    "MAJOR_INCIDENT_CORE": 3,
}
"""Severity of each status, 0 (fine) to 3; from 2 on it is an incident."""

INCIDENT = 2
NAMED_AT_MOST = 3


class TrustState(StrEnum):
    """The public status in one word."""

    OK = "ok"
    INCIDENT = "incident"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


async def ask(http: Sender, trust: Trust, timeout_s: float) -> Exchange:
    """Ask for the status of our instance; no login, no secrets."""
    return await http.send(Request("GET", address(trust), timeout_s=timeout_s))


def address(trust: Trust) -> str:
    """Return the URL of the instance's status; the key is upper-case."""
    if trust.instance is None:
        return f"{trust.url}/v1/instanceAliases/{trust.alias}/status"
    return f"{trust.url}/v1/instances/{trust.instance.upper()}/status"


def read(exchange: Exchange) -> tuple[TrustState, str]:
    """Return the state at the moment of the answer and the status word behind it; pure."""
    answer = json_of(exchange)
    if exchange.failure or not exchange.is_ok or not isinstance(answer, dict):
        return TrustState.UNKNOWN, exchange.outline()
    status = answer.get("status")
    severity = SEVERITY.get(status) if isinstance(status, str) else None
    if severity is None:
        return TrustState.UNKNOWN, f"status {status!r}"
    if severity >= INCIDENT:
        return TrustState.INCIDENT, str(status)
    if str(status).startswith("MAINTENANCE") or _in_window(answer.get("Maintenances"), exchange.at):
        return TrustState.MAINTENANCE, str(status)
    return TrustState.OK, str(status)


def details(exchange: Exchange) -> str:
    """Return what a person looks up: the numbers of open incidents, and until when a maintenance lasts; pure."""
    answer = json_of(exchange)
    if not isinstance(answer, dict):
        return ""
    numbers = [one.get("id") for one in _tables(answer.get("Incidents"))]
    windows = [one for one in _tables(answer.get("Maintenances")) if _overlaps(one, exchange.at)]
    ends = [str(one.get("plannedEndTime"))[:25] for one in windows]
    told = [f"incident {one}" for one in numbers[:NAMED_AT_MOST] if isinstance(one, int | str)]
    return ", ".join([*told, *(f"maintenance until {one}" for one in ends[:1])])


def _tables(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _in_window(maintenances: Any, at: float) -> bool:
    return any(_overlaps(one, at) for one in _tables(maintenances))


def _overlaps(maintenance: dict[str, Any], at: float) -> bool:
    start, end = epoch_s(maintenance.get("plannedStartTime")), epoch_s(maintenance.get("plannedEndTime"))
    return start is not None and end is not None and start <= at <= end
