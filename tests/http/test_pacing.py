"""Tests of the pace: how many at once, how many a second, and nothing slower than that."""

import asyncio
import time

import anyio
import pytest

from smoke.http.pacing import RANK, HostPace, Pace, Rank
from tests.http.servers import HELLO, Connection, client, get, in_loop, saying, serving


@pytest.mark.parametrize("most", [1, 4])
@in_loop
async def test_at_once(most: int) -> None:
    """No more requests are open at once than allowed, counted by the server."""

    async def answer(connection: Connection) -> None:
        await asyncio.sleep(0.02)
        await connection.send(HELLO)

    async with serving(answer) as server, client(concurrency=most) as http:
        await http.sample(get(server.url), 12)
        assert server.accepted == 12
        # The server may see a connection end a moment after the client has begun the next.
        assert server.most_open <= most + 1


@in_loop
async def test_hosts_do_not_share() -> None:
    """Every host has a pace of its own."""
    pace = Pace(1, 1)
    assert pace.of("a") is pace.of("a")
    async with pace.of("a").turn(), pace.of("b").turn():
        pass


@in_loop
async def test_urgent_ones_go_first() -> None:
    """An urgent request begins before those that came earlier, and the rate holds all the same."""
    pace = HostPace(1, 20)
    order: list[str] = []
    began: list[float] = []

    async def visit(name: str, rank: Rank) -> None:
        async with pace.turn(rank):
            order.append(name)
            began.append(time.monotonic())
            await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as group:
        for number in range(40):
            group.create_task(visit(f"{number}", Rank.DECIDING))
        await asyncio.sleep(0.05)
        for number in range(4):
            group.create_task(visit(f"urgent {number}", Rank.URGENT))
    assert max(order.index(f"urgent {number}") for number in range(4)) < 16
    assert len(order) == 44
    assert all(later - earlier > 0.9 for earlier, later in zip(began, began[20:], strict=False))


@in_loop
async def test_what_decides_goes_before_what_refines() -> None:
    """Requests wait by the rank of the task they are sent from; among equals who came first."""
    order: list[str] = []

    async def answer(connection: Connection) -> None:
        order.append(connection.target)
        await asyncio.sleep(0.005)
        await connection.send(HELLO)

    async with serving(answer) as server, client(concurrency=1) as http:

        async def ask(rank: Rank) -> None:
            RANK.set(rank)
            await http.sample(get(f"{server.url}/{rank.name}"), 3)

        async with asyncio.TaskGroup() as group:
            for rank in (Rank.ADVISORY, Rank.REFINING, Rank.DECIDING):
                group.create_task(ask(rank))
    names = [one.strip("/") for one in order]
    assert names[:2] == ["ADVISORY"] * 2, "one came while nobody waited, one is the next already"
    assert names[2:] == ["DECIDING"] * 3 + ["REFINING"] * 3 + ["ADVISORY"]


@in_loop
async def test_who_gives_up_blocks_nobody() -> None:
    """A place in the queue that is given up, even in the moment its turn came, is handed on."""
    pace = HostPace(1, 1000)
    through: list[str] = []

    async def visit(name: str) -> None:
        async with pace.turn():
            through.append(name)

    async with pace.turn():
        waiting = [asyncio.create_task(visit(name)) for name in "abcd"]
        await asyncio.sleep(0.01)
        waiting[1].cancel()
        await asyncio.sleep(0)
    waiting[2].cancel()
    waiting[0].cancel()
    await asyncio.wait_for(waiting[3], 2)
    assert through == ["d"]
    async with pace.turn():
        assert pace.free_slots == 0
    assert pace.free_slots == 1


@in_loop
async def test_rate() -> None:
    """No more requests begin in any one second than allowed."""
    began: list[float] = []
    pace = HostPace(100, 20)

    async def one() -> None:
        async with pace.turn():
            began.append(time.monotonic())

    await asyncio.gather(*(one() for _ in range(45)))
    assert all(later - earlier > 0.99 for earlier, later in zip(began, began[20:], strict=False))
    assert began[-1] - began[0] < 4


@in_loop
async def test_slow_rate() -> None:
    """A rate below one a second is kept too."""
    pace = HostPace(1, 5 / 6)
    began = time.monotonic()
    for _ in range(2):
        async with pace.turn():
            pass
    assert 1.15 < time.monotonic() - began < 2 * 1.2 + 3


@in_loop
async def test_waiting_holds_no_slot() -> None:
    """Whoever waits for the rate holds no slot, and gives way when cancelled."""
    pace = HostPace(2, 1)
    async with pace.turn():
        waiting = asyncio.create_task(pace.turn().__aenter__())
        await asyncio.sleep(0.05)
        assert pace.free_slots == 1
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert pace.free_slots == 2


@in_loop
async def test_not_slowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred requests within the limits are not slowed by them."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(anyio, "sleep", sleep)
    async with serving(saying(HELLO)) as server, client(concurrency=100, requests_per_s=1000) as http:
        exchanges = await http.sample(get(server.url), 100)
    assert {exchange.status for exchange in exchanges} == {200}
    assert pauses == []
