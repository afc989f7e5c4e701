"""Come again once where a dependency asks for it: a limit on requests is no outage."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from smoke.dependencies.answer import Sender
from smoke.http import Exchange, Request
from smoke.http.too_many import retry_after_s

WAITED_SHARE = 0.25
"""The share of what is left of the budget that a dependency may be waited for, as long as `Retry-After` asks."""


@dataclass(slots=True)
class PatientSender:
    """
    Sends as *http* does, and sends a request that was answered 429 once more after the pause it asks for.

    All requests together are patient once; a pause that is too long for the budget is not made.
    """

    http: Sender
    pause: Callable[[float], Awaitable[None]]
    remaining_s: Callable[[], float]
    waited: list[float] = field(default_factory=list)

    async def send(self, request: Request) -> Exchange:
        """Send one request; failures come back as data."""
        exchange = await self.http.send(request)
        asked_s = retry_after_s(exchange) if exchange.status == HTTPStatus.TOO_MANY_REQUESTS else None
        if asked_s is None or self.waited or asked_s > WAITED_SHARE * self.remaining_s():
            return exchange
        self.waited.append(asked_s)
        await self.pause(asked_s)
        return await self.http.send(request)
