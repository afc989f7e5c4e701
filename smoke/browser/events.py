"""What a browser does that may matter: plain data, without judgement."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from smoke.browser.hosts import Party


class Kind(StrEnum):
    """What happened."""

    ERROR = "uncaught error"
    FAILURE = "no answer"
    STATUS = "error status"
    TYPE = "wrong content type"
    WRITE = "write held back"
    HOST = "host not allowed"
    DATA = "data of a service"
    CSP = "content security policy"
    SOCKET = "WebSocket"
    CONSOLE = "console error"
    CRASH = "page crashed"


@dataclass(frozen=True, slots=True)
class Event:
    """
    One thing that happened, in the order in which it was seen.

    *what* is the error's message, the network error, the violated directive; *resource* is Playwright's resource type
    (`document` for the page itself, `subframe` for documents within it); *sent* tells that a request went out all the
    same.
    """

    kind: Kind
    what: str = ""
    url: str = ""
    party: Party = Party.OWN
    method: str = "GET"
    resource: str = ""
    status: int | None = None
    sent: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Event":
        """Read back what `to_json` wrote."""
        return cls(**{**data, "kind": Kind(data["kind"]), "party": Party(data["party"])})
