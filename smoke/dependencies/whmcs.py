"""
Ask WHMCS directly by its classic API: `WhmcsDetails`, the cheapest proof of address, credential and role.

Facts (docs/wire-formats.md): the error envelope comes with HTTP 200 or 403, so the body is read before the status;
there is no error code, only the message; an HTML page with 200 is not a WHMCS answer.
"""

from typing import Any

from smoke.dependencies.answer import Answer, Sender, by_status, json_of, refused, unknown, up, without_answer
from smoke.environment.dependencies import WhmcsDirect
from smoke.environment.secrets import Reveal
from smoke.http import Exchange, Request

NAME = "WHMCS"
API = "/includes/api.php"
WRITE = "dependency:whmcs"

DETAILS = "WhmcsDetails"
HEALTH = "GetHealthStatus"

REFUSALS = {
    "invalid ip": "this machine's address is not on the allow-list",
    "invalid permissions": "the credential's API role lacks the action",
    "authentication failed": "the verifier's identifier or secret is wrong",
    "access denied": "the verifier's account lacks API access",
}
"""What a message begins with, lower-case, and what it means."""


async def ask(http: Sender, direct: WhmcsDirect, secret: Reveal, timeout_s: float, action: str = DETAILS) -> Exchange:
    """
    Make the one call; its body carries secrets and stays out of records.

    Raises SecretMissing before anything is sent.
    """
    assert direct.identifier is not None, "the model demands it of the classic API"
    assert direct.secret is not None, "the model demands it of the classic API"
    form = {
        "action": action,
        "identifier": secret(direct.identifier),
        "secret": secret(direct.secret),
        "responsetype": "json",
    }
    if direct.access_key is not None:
        form["accesskey"] = secret(direct.access_key)
    # The API answers POST only, but the actions change nothing.
    request = Request("POST", address(direct), form=form, write=WRITE, secret_body=True, timeout_s=timeout_s)
    return await http.send(request)


def address(direct: WhmcsDirect) -> str:
    """Return the URL of the classic API."""
    return direct.url + API


def read(exchange: Exchange, action: str = DETAILS) -> Answer:
    """Return what the call proves; pure."""
    failed = without_answer(NAME, exchange)
    if failed:
        return failed
    answer = json_of(exchange)
    result = answer.get("result") if isinstance(answer, dict) else None
    if result == "success" and exchange.is_ok:
        version = _version(answer)
        return up(f"it answers {action}", **({"version": version} if action == DETAILS else {}))
    if result == "error":
        return _read_error(str(answer.get("message", "")), exchange, action)
    return by_status(NAME, exchange)


def dangers_in(exchange: Exchange) -> tuple[str, ...] | None:
    """
    Return the names of what WHMCS finds dangerous about itself; None where the answer tells no checks. Pure.

    The official page shows no checks at all, and every list of them may be missing or null.
    """
    answer = json_of(exchange)
    checks = answer.get("checks") if isinstance(answer, dict) else None
    if not isinstance(checks, dict):
        return None
    found = checks.get("danger") or []
    listed = list(found.values()) if isinstance(found, dict) else found if isinstance(found, list) else [found]
    return tuple(_name(one) for one in listed)


def _name(check: Any) -> str:
    """Return what names a check: its text is a page, and may tell paths of the installation."""
    named = check.get("name") or check.get("type") if isinstance(check, dict) else check
    return str(named)[:80] if named else "a check without a name"


def _read_error(message: str, exchange: Exchange, action: str) -> Answer:
    said = message.strip()[:200]
    for beginning, meaning in REFUSALS.items():
        if said.lower().startswith(beginning):
            lacking = f" {action}" if meaning.endswith("the action") else ""
            return refused(f"{NAME} answered {said!r}: {meaning}{lacking}")
    if not exchange.is_ok:
        return by_status(NAME, exchange)
    return unknown(f"{NAME} answered {action} with the error {said!r}")


def _version(answer: dict[str, Any]) -> str:
    details = answer.get("whmcs")
    return str(details.get("version", "")) if isinstance(details, dict) else ""
