"""The BFF's client of Salesforce (client credentials and REST)."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from smoke.demo.bff.billing import FORM
from smoke.demo.release import Credential
from smoke.demo.wire import Answer, Call, Peer, WireError, fetch

VERSION = "v67.0"


class CrmRefused(Exception):
    """Salesforce gave no useful answer; the text is its message."""


class Crm:
    """Asks Salesforce with the BFF's own credential, keeping its token until it is refused."""

    def __init__(self, peer: Peer, credential: Credential) -> None:
        self._peer = peer
        self._credential = credential
        self._token: str | None = None

    async def query(self, soql: str) -> list[dict[str, Any]]:
        """Return the records of a query; raises CrmRefused."""
        target = f"/services/data/{VERSION}/query?q={quote(soql)}"
        answer = await self._with_token(target)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._token = None
            answer = await self._with_token(target)
        content = _json(answer)
        if answer.status != HTTPStatus.OK or not isinstance(content, dict):
            raise CrmRefused(f"HTTP {answer.status}: {content}")
        return list(content["records"])

    async def _with_token(self, target: str) -> Answer:
        if self._token is None:
            self._token = await self._new_token()
        return await self._send(Call("GET", target, [(b"authorization", f"Bearer {self._token}".encode())]))

    async def _new_token(self) -> str:
        fields = {
            "grant_type": "client_credentials",
            "client_id": self._credential.identifier,
            "client_secret": self._credential.secret,
        }
        answer = await self._send(Call("POST", "/services/oauth2/token", [FORM], urlencode(fields).encode()))
        content = _json(answer)
        if answer.status != HTTPStatus.OK or not isinstance(content, dict):
            raise CrmRefused(f"HTTP {answer.status}: {content}")
        return str(content["access_token"])

    async def _send(self, call: Call) -> Answer:
        named = Call(call.method, call.target, [(b"host", (self._peer.name or "").encode()), *call.headers], call.body)
        try:
            return await fetch(self._peer, named, timeout_s=3.0)
        except WireError as error:
            raise CrmRefused(str(error)) from error


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None
