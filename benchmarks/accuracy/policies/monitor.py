"""Endpoints with conditions, asked again and again; an alert after failures in a row. As Gatus does it."""

from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx

from benchmarks.accuracy.policies.site import API, WEB, Opinion, Site, wait
from smoke.verdict.words import Word

EVERY_S = 30.0
ROUNDS = 6
ALERT_AFTER = 3
"""Gatus' default failure threshold; a look each 30 s for three minutes makes it a gate."""

RESPONSE_TIME_S = 1.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is asked, and its conditions besides status 200 and a response time below a second."""

    url: str
    pattern: str = ""
    at: tuple[str, ...] = ()
    value: Any = None


ENDPOINTS = (
    Endpoint(f"{API}/health", at=("status",), value="ok"),
    Endpoint(f"{WEB}/_health", at=("status",), value="ok"),
    Endpoint(f"{WEB}/", pattern="Customer Portal"),
    Endpoint(f"{WEB}/login", pattern="Customer Portal"),
    Endpoint(f"{API}/catalogue", pattern='"items"'),
    Endpoint(f"{API}/tenant", at=("environment",), value="production"),
    Endpoint(f"{API}/auth/health-check", at=("services", "salesforce", "status"), value="up"),
    Endpoint(f"{API}/auth/health-check", at=("services", "whmcs", "status"), value="up"),
    Endpoint(f"{API}/health/queues", at=("status",), value="ok"),
)


async def judge(site: Site) -> Opinion:
    """Watch for three minutes of the field; one alert makes the deploy bad."""
    in_a_row = dict.fromkeys(ENDPOINTS, 0)
    async with site.client() as client:
        for _ in range(ROUNDS):
            await wait(EVERY_S)
            for endpoint in ENDPOINTS:
                wrong = await _wrong(client, endpoint)
                in_a_row[endpoint] = in_a_row[endpoint] + 1 if wrong else 0
                if in_a_row[endpoint] == ALERT_AFTER:
                    return Opinion(Word.FAIL, f"{endpoint.url}: {wrong}, {ALERT_AFTER} times in a row")
    return Opinion(Word.PASS)


async def _wrong(client: httpx.AsyncClient, endpoint: Endpoint) -> str:
    began = monotonic()
    try:
        answer = await client.get(endpoint.url)
    except httpx.TransportError as error:
        return type(error).__name__
    if answer.status_code != httpx.codes.OK:
        return f"status {answer.status_code}"
    if monotonic() - began >= RESPONSE_TIME_S:
        return f"took {monotonic() - began:.1f} s"
    return _wrong_body(answer, endpoint)


def _wrong_body(answer: httpx.Response, endpoint: Endpoint) -> str:
    if endpoint.pattern not in answer.text:
        return f"does not contain {endpoint.pattern!r}"
    if not endpoint.at:
        return ""
    try:
        found = answer.json()
        for name in endpoint.at:
            found = found[name]
    except (ValueError, KeyError, TypeError):
        return f"has no {'.'.join(endpoint.at)}"
    return "" if found == endpoint.value else f"{'.'.join(endpoint.at)} is {found!r}"
