"""The BFF's client of WHMCS (classic API)."""

import json
from typing import Any
from urllib.parse import urlencode

from smoke.demo.release import Credential
from smoke.demo.wire import Call, Peer, WireError, fetch

FORM = (b"content-type", b"application/x-www-form-urlencoded")


class BillingRefused(Exception):
    """WHMCS gave no useful answer; the text is its message."""


class Billing:
    """Asks WHMCS with the BFF's own credential."""

    def __init__(self, peer: Peer, credential: Credential) -> None:
        self._peer = peer
        self._credential = credential

    async def ask(self, action: str, **parameters: str) -> dict[str, Any]:
        """Return WHMCS's answer to *action*; raises BillingRefused unless it is a success."""
        fields = {
            "action": action,
            "identifier": self._credential.identifier,
            "secret": self._credential.secret,
            "responsetype": "json",
            **parameters,
        }
        host = (b"host", (self._peer.name or "").encode())
        call = Call("POST", "/includes/api.php", [host, FORM], urlencode(fields).encode())
        try:
            answer = await fetch(self._peer, call, timeout_s=3.0)
            content = json.loads(answer.body)
        except (WireError, ValueError) as error:
            raise BillingRefused(str(error)) from error
        if not isinstance(content, dict) or content.get("result") != "success":
            raise BillingRefused(str(content.get("message") if isinstance(content, dict) else content))
        return content

    async def invoice_statuses(self) -> dict[int, str]:
        """Return the status of every invoice by its number in WHMCS."""
        answer = await self.ask("GetInvoices", limitnum="250")
        wrapper = answer.get("invoices")
        invoices = wrapper.get("invoice", []) if isinstance(wrapper, dict) else []
        return {int(invoice["id"]): str(invoice["status"]) for invoice in invoices}
