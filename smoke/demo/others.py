"""Other people at the portal: customers who log in from their own addresses, and another canary with our account."""

import asyncio
import json
from contextlib import suppress
from random import Random

from smoke.demo.content import Account
from smoke.demo.edge.upstreams import Upstreams
from smoke.demo.wire import Call, Peer, WireError, fetch

CANARY_EVERY_S = 0.12


class Others:
    """Log in through the portal's balancer, for as long as the task runs."""

    def __init__(self, site: Upstreams, rng: Random) -> None:
        self._site = site
        self._rng = rng

    async def customers(self, every_s: float) -> None:
        """Let people from anywhere try to log in, who wait for nobody; all of them mistype their password."""
        async with asyncio.TaskGroup() as people:
            while True:
                await asyncio.sleep(every_s * self._rng.uniform(0.5, 1.5))
                address = ".".join(str(self._rng.randrange(1, 255)) for _ in range(4))
                email = f"someone-{self._rng.randrange(10**6)}@mail.example"
                people.create_task(self._log_in(email, "mistyped", address))

    async def canary(self, account: Account, address: str) -> None:
        """Log in as *account* all the time, as a suite does that keeps no session."""
        while True:
            await self._log_in(account.email, account.password, address)
            await asyncio.sleep(CANARY_EVERY_S)

    async def _log_in(self, email: str, password: str, address: str) -> None:
        upstream = self._site.choose()
        if upstream is None:
            return
        headers = [
            (b"host", self._site.host.encode()),
            (b"content-type", b"application/json"),
            (b"x-forwarded-for", address.encode()),
        ]
        body = json.dumps({"email": email, "password": password}).encode()
        with suppress(WireError):
            await fetch(Peer(upstream.port), Call("POST", "/auth/login", headers, body))
