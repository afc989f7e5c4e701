"""
Ask WHMCS directly: `WhmcsDetails` of its classic API, the cheapest proof of address, credential and role.

Facts from the wire formats, section 5.1: the error envelope comes with HTTP 200 or 403, so the body is read before the
status; there is no error code, only the message; an HTML page with 200 is not a WHMCS answer.
"""

from collections.abc import Callable
from typing import Any

from smoke.dependencies._answer import Answer, Sender, by_status, json_of, refused, unknown, up, without_answer
from smoke.environment.dependencies import WhmcsDirect
from smoke.http import Exchange, Request

NAME = "WHMCS"
API = "/includes/api.php"
WRITE = "dependency:whmcs"

REFUSALS = {
    "invalid ip": "this machine's address is not on the allow-list",
    "invalid permissions": "the credential's API role lacks the action WhmcsDetails",
    "authentication failed": "the verifier's identifier or secret is wrong",
    "access denied": "the verifier's account lacks API access",
}
"""What a message begins with, lower-case, and what it means (wire formats, section 5.1)."""


async def ask(http: Sender, direct: WhmcsDirect, secret: Callable[[object], str], timeout_s: float) -> Exchange:
    """
    Make the one call; its body carries secrets and stays out of records.

    Raises SecretMissing before anything is sent.
    """
    form = {
        "action": "WhmcsDetails",
        "identifier": secret(direct.identifier),
        "secret": secret(direct.secret),
        "responsetype": "json",
    }
    if direct.access_key is not None:
        form["accesskey"] = secret(direct.access_key)
    # The API answers POST only, but WhmcsDetails changes nothing.
    request = Request("POST", address(direct), form=form, write=WRITE, secret_body=True, timeout_s=timeout_s)
    return await http.send(request)


def address(direct: WhmcsDirect) -> str:
    """Return the URL of the classic API."""
    return direct.url.rstrip("/") + API


def read(exchange: Exchange) -> Answer:
    """Return what the call proves; pure."""
    failed = without_answer(NAME, exchange)
    if failed:
        return failed
    answer = json_of(exchange)
    result = answer.get("result") if isinstance(answer, dict) else None
    if result == "success" and exchange.status == 200:  # noqa: PLR2004 - OK
        return up("it answers WhmcsDetails", version=_version(answer))
    if result == "error":
        return _read_error(str(answer.get("message", "")), exchange)
    return by_status(NAME, exchange)


def _read_error(message: str, exchange: Exchange) -> Answer:
    said = message.strip()[:200]
    for beginning, meaning in REFUSALS.items():
        if said.lower().startswith(beginning):
            return refused(f"{NAME} answered {said!r}: {meaning}")
    if exchange.status != 200:  # noqa: PLR2004 - OK
        return by_status(NAME, exchange)
    return unknown(f"{NAME} answered WhmcsDetails with the error {said!r}")


def _version(answer: dict[str, Any]) -> str:
    details = answer.get("whmcs")
    return str(details.get("version", "")) if isinstance(details, dict) else ""
