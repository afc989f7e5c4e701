"""What the status page of Salesforce says."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from smoke.dependencies import salesforce_trust
from smoke.http import Exchange
from tests.checks.fake_world import NOW, FakeHttp, answer, failing, html, json_answer
from tests.dependencies.fake_salesforce import DIRECT, STATUS, FakeSalesforce


def moment(offset_s: float) -> str:
    """Return a time relative to that of the answers, as Salesforce writes it."""
    return datetime.fromtimestamp(NOW + offset_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def window(start_s: float, end_s: float) -> dict[str, Any]:
    """Return a planned maintenance."""
    return {"id": 1, "plannedStartTime": moment(start_s), "plannedEndTime": moment(end_s)}


def read(exchange: Exchange) -> str:
    """Ask a status page that answers *exchange*."""
    assert DIRECT.trust is not None
    http = FakeHttp(FakeSalesforce(instead={"status": exchange}).routes())
    state, _ = salesforce_trust.read(asyncio.run(salesforce_trust.ask(http, DIRECT.trust, 5.0)))
    assert http.asked[0].url == STATUS
    return state.value


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("OK", "ok"),
        ("INFORMATIONAL_CORE", "ok"),
        ("MAINTENANCE_NONCORE", "maintenance"),
        ("MAINTENANCE_CORE", "maintenance"),
        ("MINOR_INCIDENT_CORE", "incident"),
        ("MAJOR_INCIDENT_NONCORE", "incident"),
        ("NEVER_HEARD_OF", "unknown"),
        (None, "unknown"),
        (["OK"], "unknown"),
    ],
)
def test_status_words(status: object, expected: str) -> None:
    """Each documented status has its state; any other is unknown, never fine."""
    assert read(json_answer({"status": status})) == expected


@pytest.mark.parametrize(
    ("maintenances", "expected"),
    [
        ([window(-60, 60)], "maintenance"),
        ([window(-7200, -3600), window(3600, 7200)], "ok"),
        ([{"id": 1}, "x", {"plannedStartTime": 5, "plannedEndTime": None}], "ok"),
        (None, "ok"),
    ],
)
def test_maintenance_window(maintenances: object, expected: str) -> None:
    """Only a window around the moment of the answer counts."""
    assert read(json_answer({"status": "OK", "Maintenances": maintenances})) == expected


@pytest.mark.parametrize(
    "exchange",
    [failing(), html("<h1>Status</h1>"), answer(""), answer("{"), json_answer([]), json_answer({"status": "OK"}, 503)],
)
def test_unreadable(exchange: Exchange) -> None:
    """A status page that cannot be read says nothing."""
    assert read(exchange) == "unknown"


def test_details() -> None:
    """Open incidents are named by their numbers, and a maintenance by its end; whatever else is there is left alone."""
    told = {"Incidents": [{"id": 20001234}, {}, "x", {"id": None}], "Maintenances": [window(-60, 60), {}, 3]}

    assert salesforce_trust.details(json_answer(told)) == f"incident 20001234, maintenance until {moment(60)}"
    assert salesforce_trust.details(json_answer({"Maintenances": [window(60, 90)]})) == ""
    assert salesforce_trust.details(json_answer({"Incidents": None})) == ""
    assert salesforce_trust.details(json_answer([])) == ""
