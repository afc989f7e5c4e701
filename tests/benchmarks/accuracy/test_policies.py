"""Tests of what people use today: each says pass to a good site, and fail where it can see that something is wrong."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.accuracy.policies import collection, health_loop, monitor, site
from benchmarks.accuracy.policies.site import Opinion, Site
from smoke.verdict.words import Word

UP = {"status": "up"}
BODIES: dict[str, Any] = {
    "/health": {"status": "ok", "version": "abc"},
    "/_health": {"status": "ok"},
    "/tenant": {"name": "Acme", "environment": "production", "currency": "JPY"},
    "/catalogue": {"items": [{"sku": "A", "name": "a", "monthly": "1.00"}], "total": 1},
    "/auth/login": {"user": {"email": "a@example.test"}},
    "/auth/me": {"email": "a@example.test", "name": "A"},
    "/invoices": {"items": [{"number": "1", "total": "1.00", "status": "Paid", "issuedOn": "2026-01-01"}], "total": 1},
    "/subscriptions": {"items": [{"product": "A", "monthly": "1.00", "status": "active"}], "total": 1},
    "/account/contact": {"name": "B", "email": "b@example.test"},
    "/auth/health-check": {"services": {"salesforce": UP, "whmcs": UP}},
    "/health/queues": {"status": "ok"},
}


class Weather:
    """What the site answers: good answers, except where a test said otherwise, as often as it said."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[httpx.Response]] = {}

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer *request*."""
        path = request.url.path
        if self.wrong.get(path):
            return self.wrong[path].pop(0)
        if path in BODIES:
            return httpx.Response(200, json=BODIES[path])
        return httpx.Response(200, text="<h1>Customer Portal</h1>")


@pytest.fixture
def weather(monkeypatch: pytest.MonkeyPatch) -> Weather:
    """Return a site that is well, without waits."""
    weather = Weather()
    monkeypatch.setattr(site, "CLOCK", 1e6)
    monkeypatch.setattr(Site, "file", lambda _self, name: name)
    monkeypatch.setattr(Site, "client", lambda _: httpx.AsyncClient(transport=httpx.MockTransport(weather.answer)))
    return weather


HERE = Site(Path("nowhere"), "abc")
JUDGES: Mapping[str, Callable[[Site], Awaitable[Opinion]]] = {
    "five": health_loop.five_times,
    "thirty": health_loop.thirty_times,
    "collection": collection.judge,
    "monitor": monitor.judge,
}


def opinion(name: str) -> Opinion:
    """Return what a policy says."""

    async def asked() -> Opinion:
        return await JUDGES[name](HERE)

    return asyncio.run(asked())


@pytest.mark.parametrize("name", JUDGES)
def test_a_good_site_passes(weather: Weather, name: str) -> None:
    """Nobody is so strict that nothing passes."""
    assert opinion(name) == Opinion(Word.PASS)


@pytest.mark.parametrize("name", JUDGES)
def test_a_dead_site_fails(weather: Weather, name: str) -> None:
    """Nobody is so lenient that anything passes."""
    weather.wrong["/health"] = [httpx.Response(503) for _ in range(40)]
    assert opinion(name).verdict is Word.FAIL


@pytest.mark.parametrize(("name", "fails"), [("five", False), ("collection", True), ("monitor", False)])
def test_one_bad_answer(weather: Weather, name: str, *, fails: bool) -> None:
    """Loops and thresholds forgive one; a single pass does not."""
    weather.wrong["/health"] = [httpx.Response(502)]
    assert (opinion(name).verdict is Word.FAIL) is fails


def test_the_number_of_tries_matters(weather: Weather) -> None:
    """Who tries longer forgives a longer outage."""
    weather.wrong["/_health"] = [httpx.Response(503) for _ in range(7)]
    assert opinion("five").verdict is Word.FAIL
    weather.wrong["/_health"] = [httpx.Response(503) for _ in range(7)]
    assert opinion("thirty").verdict is Word.PASS


def test_a_collection_looks_at_schemas(weather: Weather) -> None:
    """An answer of another shape fails although its status is fine; the message says which."""
    weather.wrong["/invoices"] = [httpx.Response(200, json={"items": [], "total": 0})]
    said = opinion("collection")
    assert said.verdict is Word.FAIL
    assert said.message.startswith("invoices: not the schema: ")


@pytest.mark.parametrize(
    ("path", "answer", "says"),
    [
        ("/", httpx.Response(200, text="Maintenance"), "does not contain 'Customer Portal'"),
        ("/tenant", httpx.Response(200, json={"environment": "staging"}), "environment is 'staging'"),
        ("/tenant", httpx.Response(200, json=[]), "has no environment"),
        ("/tenant", httpx.Response(200, text="<html>"), "has no environment"),
    ],
)
def test_a_monitor_looks_at_bodies(weather: Weather, path: str, answer: httpx.Response, says: str) -> None:
    """A page without its text, or a value that is another, raises the alert after three in a row."""
    weather.wrong[path] = [answer] * 3
    assert says in opinion("monitor").message
