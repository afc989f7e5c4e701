"""
Ask WHMCS 9 directly by its REST API: the groups of its public catalogue, which need no login.

Facts (docs/wire-formats.md), of version 2 of that API: real status codes, lists under `data`, errors with a `message`;
403 means an address that is banned or not allowed.
"""

from smoke.dependencies.answer import (
    Answer,
    Sender,
    by_status,
    json_of,
    looks_like_html,
    refused,
    unknown,
    up,
    without_answer,
)
from smoke.dependencies.whmcs import NAME
from smoke.environment.dependencies import WhmcsDirect
from smoke.http import Exchange, Request

GROUPS = "/api/v2/store/products/groups?page_size=1"


async def ask(http: Sender, direct: WhmcsDirect, timeout_s: float) -> Exchange:
    """Ask for one group of products; nothing is changed, and nobody is logged in."""
    return await http.send(Request("GET", address(direct), headers={"Accept": "application/json"}, timeout_s=timeout_s))


def address(direct: WhmcsDirect) -> str:
    """Return the URL of the catalogue."""
    return direct.url + GROUPS


def read(exchange: Exchange) -> Answer:
    """Return what the call proves; pure."""
    failed = without_answer(NAME, exchange)
    if failed:
        return failed
    answer = json_of(exchange)
    if exchange.is_ok and isinstance(answer, dict) and isinstance(answer.get("data"), list):
        return up("it lists its catalogue")
    message = answer.get("message") if isinstance(answer, dict) else None
    said = f": {message[:200]}" if isinstance(message, str) and message else ""
    if exchange.status == 403 and not looks_like_html(exchange):  # noqa: PLR2004 - forbidden
        return refused(f"{NAME} refuses this machine's address, which is banned or not on the allow-list{said}")
    if exchange.status == 404:  # noqa: PLR2004 - not found
        return unknown(f"{NAME} has no catalogue at {GROUPS.partition('?')[0]}, which needs WHMCS 9{said}")
    found = by_status(NAME, exchange)
    return Answer(found.standing, found.message + said, found.cause, found.facts)
