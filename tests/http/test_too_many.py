"""Tests of what becomes of an answer that there are too many requests."""

import time
from collections import deque

import pytest

from smoke.http import Exchange, Request
from smoke.http.too_many import rest_s, retry_after_s
from tests.http.servers import HELLO, Answer, Connection, client, get, in_loop, response, saying, serving


def answer(status: int, **headers: str) -> Exchange:
    """Return an answer of 1,000,000,000 seconds after the epoch."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(Request("GET", "https://shop.test/"), 1_000_000_000.0, 0.1, status, pairs)


def limiting(most: int, window_s: float) -> Answer:
    """Let *most* requests pass in any *window_s*, and refuse the others."""
    passed: deque[float] = deque()

    async def limited(connection: Connection) -> None:
        now = time.monotonic()
        while passed and passed[0] < now - window_s:
            passed.popleft()
        if len(passed) >= most:
            await connection.send(response(status="429 Too Many Requests"))
            return
        passed.append(now)
        await connection.send(HELLO)

    return limited


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", "", 120.0),
        (" 0 ", "", 0.0),
        ("Fri, 21 Nov 2025 10:00:30 GMT", "Fri, 21 Nov 2025 10:00:00 GMT", 30.0),
        ("Fri, 21 Nov 2025 10:00:30 -0000", "Fri, 21 Nov 2025 10:00:00 GMT", 30.0),
        ("Fri, 21 Nov 2025 10:00:00 GMT", "Fri, 21 Nov 2025 10:00:30 GMT", 0.0),
        ("Sun, 09 Sep 2001 01:46:50 GMT", "", 10.0),
        ("Sun, 09 Sep 2001 01:46:50 GMT", "nonsense", 10.0),
        ("9" * 500, "", float("inf")),
        ("", "", None),
        ("-5", "", None),
        ("1.5", "", None),
        ("٣", "", None),
        ("soon", "", None),
        ("Fri, 99 Nov 99999 99:99:99 GMT", "", None),
        ("Fri, 21 Nov 2025 10:00:30 +999999999999", "", None),
        ("1 Jan 0001 00:00:00 +2300", "", 0.0),
    ],
)
def test_retry_after(value: str, date: str, seconds: float | None) -> None:
    """Seconds and dates are read, dates by the answer's own clock; anything else is ignored."""
    assert retry_after_s(answer(503, retry_after=value, date=date)) == seconds


@pytest.mark.parametrize(
    ("exchange", "seconds"),
    [
        (answer(429, retry_after="4"), 4.0),
        (answer(429, retry_after="0"), 1.0),
        (answer(429), 1.0),
        (answer(429, retry_after="soon"), 1.0),
        (answer(429, retry_after="60"), None),
        (answer(429, retry_after="9" * 500), None),
        (answer(503, retry_after="4"), None),
        (answer(200), None),
    ],
)
def test_rest(exchange: Exchange, seconds: float | None) -> None:
    """A host is left alone for as long as it asks, if that fits into a run; only too many requests are a reason."""
    assert rest_s(exchange) == seconds


@in_loop
async def test_a_limit_is_kept() -> None:
    """Whoever lets a few requests a second pass is asked so slowly that all are answered, which the answers tell."""
    async with serving(limiting(6, 1.0)) as server, client(requests_per_s=12) as http:
        answers = await http.sample(get(server.url), 6)
        again = await http.sample(get(server.url), 6)

    assert [one.status for one in (*answers, *again)] == [200] * 12
    assert all(one.slowed for one in again)


@in_loop
async def test_who_always_refuses_is_believed() -> None:
    """An address that refuses few requests too is refused, after a bounded number of them."""
    refusing = saying(response(status="429 Too Many Requests"))
    async with serving(refusing) as server, client(requests_per_s=1000) as http:
        answers = await http.sample(get(server.url), 4)
        after = await http.sample(get(server.url), 4)

    assert {one.status for one in (*answers, *after)} == {429}
    assert server.accepted <= 4 * 6


@in_loop
async def test_a_pause_that_is_too_long_is_not_made() -> None:
    """Who asks for an hour is not waited for."""
    refusing = saying(response(status="429 Too Many Requests", retry_after="3600"))
    async with serving(refusing) as server, client() as http:
        began = time.monotonic()
        answers = await http.sample(get(server.url), 4)

    assert ([one.status for one in answers], server.accepted) == ([429] * 4, 4)
    assert time.monotonic() - began < 30


@in_loop
async def test_a_burst_is_as_it_is() -> None:
    """Where the rate is what is measured, its refusal is the result, and slows nobody down."""
    async with serving(limiting(2, 5.0)) as server, client() as http:
        answers = await http.sample(get(server.url, at_this_rate=True), 4)

    assert sorted(one.status or 0 for one in answers) == [200, 200, 429, 429]
