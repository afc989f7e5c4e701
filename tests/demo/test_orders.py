"""Orders to a stack that somebody else started."""

import asyncio
import json
from pathlib import Path

import pytest

from smoke.demo.errors import StackError
from smoke.demo.orders import Order, give, listening


def described(state: Path, address: Path) -> None:
    """Write where a stack takes its orders."""
    (state / "demo").mkdir()
    (state / "demo" / "stack.json").write_text(json.dumps({"orders": str(address)}), "utf-8")


async def obeyed(state: Path, answer: dict[str, str]) -> tuple[str, dict[str, object]]:
    """Give an order to a stack that answers everything alike; returns what it heard and what it said."""
    orders: asyncio.Queue[Order] = asyncio.Queue()
    address = state / "orders"
    described(state, address)
    async with listening(address, orders):
        given = asyncio.create_task(asyncio.to_thread(give, state, "rollback web"))
        order = await orders.get()
        order.answer(answer)
        return order.line.strip(), await given


def test_an_order_is_obeyed(tmp_path: Path) -> None:
    """The line arrives, the answer comes back, and only the owner may give any."""
    heard, said = asyncio.run(obeyed(tmp_path, {"event": "rolled back", "commit": "4e77d01"}))
    assert (heard, said) == ("rollback web", {"event": "rolled back", "commit": "4e77d01"})
    assert not (tmp_path / "orders").exists() or (tmp_path / "orders").stat().st_mode & 0o077 == 0


def test_a_refusal_is_an_error(tmp_path: Path) -> None:
    """What the stack does not know is said with its own words."""
    with pytest.raises(StackError, match="unknown order"):
        asyncio.run(obeyed(tmp_path, {"event": "refused", "message": "unknown order"}))


def test_no_stack(tmp_path: Path) -> None:
    """Where no stack runs, the command that starts one is named."""
    with pytest.raises(StackError, match="smoke demo --start"):
        give(tmp_path, "deploy")


def test_a_stack_that_is_gone(tmp_path: Path) -> None:
    """A description that outlived its stack is an error of one sentence."""
    described(tmp_path, tmp_path / "gone")
    with pytest.raises(StackError, match="does not take orders"):
        give(tmp_path, "deploy")
