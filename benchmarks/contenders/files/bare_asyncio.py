"""The requests of the benchmark, all at once, and a look at each answer."""

import asyncio
import os

import httpx

ITEMS = 20


async def main() -> None:
    """Ask, and fail on the first wrong answer."""
    url, checks = os.environ["BENCH_URL"], int(os.environ["BENCH_CHECKS"])
    paths = [f"{url}/{'page' if number % 2 else 'read'}/{number}" for number in range(checks)]
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=checks)) as client:
        for number, answer in enumerate(await asyncio.gather(*map(client.get, paths))):
            answer.raise_for_status()
            if number % 2:
                assert "Customer Portal" in answer.text
            else:
                assert len(answer.json()["items"]) >= ITEMS


asyncio.run(main())
