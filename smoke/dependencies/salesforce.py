"""
Ask Salesforce directly: versions without a login, a token by client credentials, one query with it.

Facts from the wire formats, sections 4.1 to 4.3: client credentials work on the My Domain host only; `instance_url` of
the token answer is the host for further calls; REST errors are arrays; of the 401 answers only an expired session is
cured by a new token.
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from smoke.dependencies._answer import (
    Answer,
    Sender,
    by_status,
    down,
    json_of,
    looks_like_html,
    refused,
    unknown,
    up,
    without_answer,
)
from smoke.environment.dependencies import SalesforceDirect
from smoke.http import Exchange, Request

NAME = "Salesforce"
VERSIONS = "/services/data/"
TOKEN = "/services/oauth2/token"  # noqa: S105 - a path
QUERY = "SELECT InstanceName,IsSandbox FROM Organization"
WRITE = "dependency:salesforce"

EXPIRED = "INVALID_SESSION_ID"
QUOTA = "REQUEST_LIMIT_EXCEEDED"

NOT_EXPIRY = ("this session is not valid for use with the rest api", "connected app is not attached to agent")
"""Texts of 401 answers that a new token does not cure (wire formats, section 4.3)."""


async def ask(
    http: Sender, direct: SalesforceDirect, secret: Callable[[object], str], timeout_s: float
) -> tuple[Exchange, ...]:
    """
    Make the calls up to the first that does not succeed, with one new token if the session counts as expired.

    Raises SecretMissing before anything is sent.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": secret(direct.client_id),
        "client_secret": secret(direct.client_secret),
    }
    origin = address(direct)
    done = [await http.send(Request("GET", origin + VERSIONS, timeout_s=timeout_s))]
    for _ in range(2):
        if read(done[:1]).cause is not None:
            break
        done.append(await http.send(_token_request(origin, form, timeout_s)))
        if _token(done[-1]) is None:
            break
        done.append(await http.send(_query_request(done[0], done[-1], timeout_s)))
        if not _expired(done[-1]):
            break
    return tuple(done)


def address(direct: SalesforceDirect) -> str:
    """Return the origin to ask."""
    return (direct.url or f"https://{direct.my_domain}.my.salesforce.com").rstrip("/")


def read(exchanges: Sequence[Exchange]) -> Answer:
    """Return what the calls of `ask` prove; pure. The last call decides, as `ask` stops at the first that fails."""
    last = exchanges[-1]
    failed = without_answer(NAME, last)
    if failed:
        return failed
    path = urlsplit(last.request.url).path
    if path.endswith(TOKEN):
        return _read_token(last)
    if path.endswith("/query"):
        return _read_query(last)
    return up("the versions are listed") if _versions(last) else by_status(NAME, last)


def _token_request(origin: str, form: dict[str, str], timeout_s: float) -> Request:
    return Request("POST", origin + TOKEN, form=form, write=WRITE, secret_body=True, timeout_s=timeout_s)


def _query_request(versions: Exchange, token: Exchange, timeout_s: float) -> Request:
    access, instance = _token(token) or ("", "")
    path = f"{VERSIONS}v{_versions(versions)[-1]}/query?q={quote(QUERY)}"
    return Request("GET", instance + path, headers={"Authorization": f"Bearer {access}"}, timeout_s=timeout_s)


def _versions(exchange: Exchange) -> list[str]:
    """Return the API versions, ascending; empty if this is not the list of versions."""
    listed = json_of(exchange)
    if exchange.status != 200 or not isinstance(listed, list):  # noqa: PLR2004 - OK
        return []
    names = [one["version"] for one in listed if isinstance(one, dict) and isinstance(one.get("version"), str)]
    return sorted((name for name in names if _is_number(name)), key=float)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _token(exchange: Exchange) -> tuple[str, str] | None:
    """Return the access token and the instance's origin, or None if there is no token."""
    answer = json_of(exchange)
    if exchange.failure or exchange.status != 200 or not isinstance(answer, dict):  # noqa: PLR2004 - OK
        return None
    access, instance = answer.get("access_token"), answer.get("instance_url")
    if not isinstance(access, str) or not isinstance(instance, str) or not instance.startswith(("https://", "http://")):
        return None
    return access, instance.rstrip("/")


def _read_token(exchange: Exchange) -> Answer:
    if _token(exchange):
        return up("a token was issued")
    answer = json_of(exchange)
    if not isinstance(answer, dict):
        return by_status(NAME, exchange)
    if exchange.status == 200:  # noqa: PLR2004 - OK
        return unknown(f"{NAME} answered the token request without access_token and instance_url")
    if (exchange.status or 0) >= 500:  # noqa: PLR2004 - the class of server errors
        return down(f"{NAME} answered the token request with {exchange.outline()}")
    said = _said(answer.get("error"), answer.get("error_description"))
    hint = "; use the My Domain address" if "not supported on this domain" in said else ""
    return refused(f"{NAME} issues no token to the verifier: {said or exchange.outline()}{hint}")


def _read_query(exchange: Exchange) -> Answer:
    answer = json_of(exchange)
    if exchange.status == 200 and isinstance(answer, dict) and isinstance(answer.get("records"), list):  # noqa: PLR2004 - OK
        return up("it answers a query", instance=_instance(answer["records"]))
    code, said = _error(answer)
    if code == QUOTA:
        # The quota belongs to the whole org, so every caller is refused, not the verifier alone.
        return down(f"{NAME} refuses every caller: {said}", quota=True)
    if (exchange.status or 0) >= 500 or not code or looks_like_html(exchange):  # noqa: PLR2004 - server errors
        return by_status(NAME, exchange)
    if exchange.status in {401, 403}:
        return refused(f"{NAME} refuses the verifier's query: {said}")
    return unknown(f"{NAME} answered the verifier's query with HTTP {exchange.status}: {said}")


def _expired(exchange: Exchange) -> bool:
    code, said = _error(json_of(exchange))
    return exchange.status == 401 and code == EXPIRED and not any(text in said.lower() for text in NOT_EXPIRY)  # noqa: PLR2004 - HTTP 401


def _error(answer: Any) -> tuple[str, str]:
    """Return code and text of a REST error, which is always an array; empty texts if this is none."""
    first = answer[0] if isinstance(answer, list) and answer else None
    if not isinstance(first, dict) or not isinstance(first.get("errorCode"), str):
        return "", ""
    return first["errorCode"], _said(first["errorCode"], first.get("message"))


def _instance(records: list[Any]) -> str:
    first = records[0] if records and isinstance(records[0], dict) else {}
    return str(first.get("InstanceName", ""))


def _said(*texts: object) -> str:
    return ": ".join(text[:200] for text in texts if isinstance(text, str) and text)
