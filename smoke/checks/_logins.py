"""
Log in again and again, after an attempt that was not accepted although a later one was.

One login a run keeps clear of limits, and behind a balancer it is likely to miss the one replica that lets nobody in.
So the first sign of it is followed: as many attempts as it takes to meet that replica again, or to clear it.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from smoke.checks._answers import replica_of
from smoke.checks._attempts import noting
from smoke.checks._check import Observation
from smoke.checks._sampled import LATER_AT_LEAST
from smoke.checks._session import configured_login, fault_of, session_headers, try_login
from smoke.environment.promises import Login
from smoke.errors import LoginRefused
from smoke.http import Exchange
from smoke.verdict.tally import Sample, samples_needed

if TYPE_CHECKING:
    from smoke.checks._world import World

ATTEMPTS, BEFORE = "attempts", "before"
"""Facts of an observation: what became of further attempts, and of those before the session was had."""

MOST = 12
"""Most further attempts in one look: they clear one replica of three."""

MOST_REFUSED = 2
"""After so many refusals of the right password no more is tried in one look: accounts are locked for that."""


async def attempts(world: "World", role: str, share: float, replica_header: str | None) -> list[dict[str, Any]]:
    """Return the fault and the replica of further attempts of *role*; a limit or refusals end them early."""
    seen: list[dict[str, Any]] = []
    refused = 0
    for _ in range(min(MOST, max(LATER_AT_LEAST, samples_needed(share)))):
        try:
            exchange = await attempt(world, role)
        except LoginRefused as error:
            seen.append({"fault": str(error), "replica": None})
            continue
        if exchange.status == HTTPStatus.TOO_MANY_REQUESTS:
            break
        login = configured_login(world.environment)
        seen.append(sample_of(login, exchange, replica_header))
        refused += bool(seen[-1]["fault"]) and exchange.status in {*login.refused, HTTPStatus.LOCKED}
        if refused == MOST_REFUSED:
            break
    return seen


def sample_of(login: Login, exchange: Exchange, replica_header: str | None) -> dict[str, Any]:
    """Return the fault and the replica of an attempt with the right password, as JSON primitives; pure."""
    fault = None if session_headers(login, exchange) else fault_of(login, exchange)
    return {"fault": fault, "replica": replica_of(exchange, replica_header)}


def doubts(faults: Sequence[str]) -> list[str]:
    """Return those of *faults* that tell of a replica: a limit that was waited for does not; pure."""
    return [one for one in faults if not one.startswith(f"HTTP {HTTPStatus.TOO_MANY_REQUESTS}")]


def tried(rounds: Sequence[Observation]) -> list[list[Sample]]:
    """Return all attempts as samples, look by look, the acquisition of the session first; pure."""
    begun = rounds[0].facts
    first = [Sample(fault) for fault in doubts(begun.get(BEFORE, ()))]
    first.append(Sample(str(begun["signature"])) if "refusal" in begun else Sample())
    later = [[Sample(**one) for one in seen.facts[ATTEMPTS]] for seen in rounds if seen.facts.get(ATTEMPTS)]
    return [first, *later]


def share_of(looks: Sequence[Sequence[Sample]]) -> float:
    """Return the share of attempts that were not accepted; pure."""
    every = [one for each in looks for one in each]
    return round(sum(1 for one in every if one.fault) / len(every), 3)


async def attempt(world: "World", role: str) -> Exchange:
    """Log *role* in once more, and note it; raises SecretMissing, or LoginRefused if there is no form to log in by."""
    named = world.environment.roles[role]
    user, password = world.secret(named.user), world.secret(named.password)
    exchange = await try_login(world.http, world.environment, role, user, password)
    noting(world.memory, role, world.environment)(exchange)
    return exchange
