"""Tests of a machine that stands still while it waits for an answer: who was asked is not to blame."""

import asyncio
import time
from pathlib import Path

import pytest

from smoke.http import FailureKind, Request
from tests.http.authority import PUBLIC, bundle, certificate
from tests.http.servers import HELLO, Connection, client, get, in_loop, response, saying, serving, silent

LIMIT_S = 0.25


def stand_still() -> None:
    """Let nothing in this process run for longer than the limit of an exchange."""
    time.sleep(2 * LIMIT_S)


@in_loop
async def test_an_answer_that_lies_there_is_read() -> None:
    """The limit of an exchange passed while nothing ran: an answer counts, and took as long as it took."""

    async def answer(connection: Connection) -> None:
        await connection.send(HELLO[:-2])
        stand_still()
        await asyncio.sleep(0.02)
        await connection.send(HELLO[-2:])

    async with serving(answer) as server, client(timeout_s=LIMIT_S) as http:
        exchanges = await http.sample(get(server.url), 3)
    assert [(one.status, one.text(), one.failure) for one in exchanges] == [(200, "hello", None)] * 3
    assert all(one.duration_s > LIMIT_S for one in exchanges)


@pytest.mark.parametrize("limit", ["connect_timeout_s", "timeout_s"])
@in_loop
async def test_a_handshake_that_lies_there_goes_on(tmp_path: Path, limit: str) -> None:
    """So does connecting."""
    context = certificate(PUBLIC)
    context.sni_callback = lambda *_: stand_still()
    async with serving(saying(HELLO), tls=context) as server:
        there = ("127.0.0.1", server.port)
        settings = {"ca_file": bundle(tmp_path), "connect_to": lambda *_: there, limit: LIMIT_S}
        async with client(**settings) as http:
            exchange = await http.send(get(f"https://{PUBLIC}/"))
    assert (exchange.status, exchange.failure) == (200, None)


@in_loop
async def test_the_rest_of_the_way_is_gone() -> None:
    """The limit of a way over redirects is put off as a whole."""

    async def answer(connection: Connection) -> None:
        if connection.target == "/end":
            await connection.send(HELLO)
        else:
            stand_still()
            await connection.send(response(status="302 Found", location="/end"))

    async with serving(answer) as server, client(timeout_s=LIMIT_S) as http:
        exchange = await http.send(get(f"{server.url}/", follow_redirects=True))
    assert (exchange.status, exchange.failure) == (200, None)


@in_loop
async def test_who_keeps_silent_has_no_more_time_than_that() -> None:
    """A silent server stays one, however often this machine stands still."""

    async def answer(connection: Connection) -> None:
        stand_still()
        await silent(connection)

    async with serving(answer) as server, client(timeout_s=LIMIT_S) as http:
        exchange = await http.send(Request("GET", server.url))
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.TIMEOUT
    assert exchange.duration_s < 10 * LIMIT_S
