"""The BFF's client of the payment provider."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from smoke.demo.bff.billing import FORM
from smoke.demo.release import Credential
from smoke.demo.wire import Call, Peer, WireError, fetch


class PaymentRefused(Exception):
    """The provider opened no session; the text is its message."""


class Payments:
    """Asks the provider with the portal's own keys."""

    def __init__(self, peer: Peer, keys: Credential) -> None:
        self._peer = peer
        self._keys = keys

    @property
    def publishable(self) -> str:
        """The key that the page of the checkout carries."""
        return self._keys.identifier

    async def ask(self, target: str, fields: dict[str, str]) -> dict[str, Any]:
        """Make one call; raises PaymentRefused with the provider's message."""
        headers = [
            (b"host", (self._peer.name or "").encode()),
            (b"authorization", f"Bearer {self._keys.secret}".encode()),
            FORM,
        ]
        try:
            answer = await fetch(self._peer, Call("POST", target, headers, urlencode(fields).encode()), timeout_s=3.0)
            content = dict(json.loads(answer.body))
        except (WireError, ValueError, TypeError) as error:
            raise PaymentRefused("The payment provider is not available") from error
        if answer.status != HTTPStatus.OK:
            raise PaymentRefused(str(content["error"]["message"]))
        return content
