"""A small world for tests of checks: answers from a table or a function, a clock that only moves when told."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from smoke.checks._check import Check, Observation
from smoke.checks._world import Session, World
from smoke.environment import Environment
from smoke.errors import SmokeError
from smoke.http import Exchange, Failure, FailureKind, Request
from smoke.running.findings import look
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

NOW = 1_800_000_000.0

NEW = "9f1c2ab4d5e60718293a4b5c6d7e8f9012345678"
OLD = "4e77d01aa0b1c2d3e4f5061728394a5b6c7d8e9f"
THIRD = "c0ffee11223344556677889900aabbccddeeff00"

Answer = Exchange | Callable[[Request], Exchange]


def answer(
    body: str | bytes = "",
    status: int = 200,
    content_type: str = "text/plain",
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Exchange:
    """Return an exchange with this answer; who asked what is filled in by `FakeHttp`."""
    listed = (("content-type", content_type), *(headers or {}).items())
    raw = body if isinstance(body, bytes) else body.encode()
    return Exchange(Request("GET", ""), NOW, 0.01, status, listed, raw, **more)


def json_answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Exchange:
    """Return an exchange whose answer is JSON."""
    return answer(json.dumps(data), status, "application/json", headers)


def html(body: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Exchange:
    """Return an exchange whose answer is a page."""
    return answer(body, status, "text/html; charset=utf-8", headers)


def failing(kind: FailureKind = FailureKind.REFUSED) -> Exchange:
    """Return an exchange that got no answer."""
    return Exchange(Request("GET", ""), NOW, 0.01, failure=Failure(kind, f"{kind.value} after 10 ms"))


def distrusted(why: str) -> Exchange:
    """Return an exchange whose certificate is not accepted, and *why*."""
    return Exchange(Request("GET", ""), NOW, 0.01, failure=Failure(FailureKind.TLS, f"TLS: {why}", why))


def in_turn(*answers: Answer) -> Callable[[Request], Exchange]:
    """Return an answer function that gives *answers* one after the other, over and over."""
    count = iter(range(10**9))

    def give(request: Request) -> Exchange:
        chosen = answers[next(count) % len(answers)]
        return chosen if isinstance(chosen, Exchange) else chosen(request)

    return give


@dataclass
class Clock:
    """Seconds since the start of the run; only `pause` moves it. *pauses* lists what was waited."""

    elapsed_s: float = 0.0
    pauses: list[float] = field(default_factory=list)

    async def pause(self, seconds: float) -> None:
        """Let *seconds* go by at once."""
        self.pauses.append(seconds)
        self.elapsed_s += seconds

    def now(self) -> float:
        """Return epoch seconds."""
        return NOW + self.elapsed_s


@dataclass
class FakeHttp:
    """
    Answer from *routes*: URL without query to an exchange or a function of the request; anything else is a 404.

    *asked* lists every request. Each exchange takes *takes_s* on the clock, once for all samples made at once.
    """

    routes: dict[str, Answer]
    clock: Clock = field(default_factory=Clock)
    asked: list[Request] = field(default_factory=list)
    takes_s: float = 0.0

    async def send(self, request: Request) -> Exchange:
        """Answer one request."""
        return (await self.sample(request, 1))[0]

    async def sample(self, request: Request, times: int) -> tuple[Exchange, ...]:
        """Answer the request *times* times."""
        self.clock.elapsed_s += self.takes_s
        return tuple(self._answer(request) for _ in range(times))

    def _answer(self, request: Request) -> Exchange:
        self.asked.append(request)
        chosen = self.routes.get(request.url, self.routes.get(request.url.partition("?")[0]))
        chosen = answer("not found", 404) if chosen is None else chosen
        made = chosen if isinstance(chosen, Exchange) else chosen(request)
        at = self.clock.now() if made.at == NOW else made.at
        return replace(made, request=request, at=at, final_url=made.final_url or request.url)


def environment_of(**keys: Any) -> Environment:
    """Return an environment with one service `bff` of three replicas, changed by *keys*."""
    services = {"bff": {"url": "https://api.test", "replicas": 3, "replica_header": "x-replica"}}
    return Environment.model_validate({"name": "portal/test", "tier": "demo", "services": services, **keys})


def world_of(
    routes: dict[str, Answer],
    environment: Environment | None = None,
    release: Release | None = None,
    budget_s: float = 120.0,
    **more: Any,
) -> World:
    """Return a world that answers from *routes*, knows no session and holds no secret unless *more* says so."""
    clock = Clock()
    fields: dict[str, Any] = {
        "environment": environment or environment_of(),
        "release": release or Release(),
        "http": FakeHttp(routes, clock),
        "session": _no_session,
        "old_session": lambda _role: None,
        "sessions": dict,
        "before": lambda _check: None,
        "secret": str,
        "remaining_s": lambda: budget_s - clock.elapsed_s,
        "now": clock.now,
        "pause": clock.pause,
    }
    return World(**{**fields, **more})


async def _no_session(role: str) -> Session:
    raise SmokeError(f"no session for {role} in this test")


def concluded(check: Check, world: World, rounds: int = 3) -> Judgement:
    """Conclude, for tests that are not asynchronous themselves."""
    return asyncio.run(conclude(check, world, rounds))


async def conclude(check: Check, world: World, rounds: int = 3) -> Judgement:
    """Observe and judge as the engine does: once more after a failure, up to *rounds* while it is unclear."""
    seen: list[Observation] = []
    judgement = None
    while judgement is None or _again(check, judgement, len(seen), rounds):
        seen.append(await look(check, world, len(seen) + 1))
        obstacle = seen[-1].obstacle
        judgement = Judgement(Outcome.UNDECIDED, obstacle[0], Cause(obstacle[1])) if obstacle else check.judge(seen)
        json.dumps(dict(judgement.facts), allow_nan=False)
    return judgement


def _again(check: Check, judgement: Judgement, made: int, rounds: int) -> bool:
    if check.stage is Stage.CONVERGE or check.watches:
        return False
    if judgement.unclear:
        return made < rounds
    return judgement.outcome is Outcome.FAILED and made == 1
