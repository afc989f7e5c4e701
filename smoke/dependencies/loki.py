"""
Ask Loki how many lines a query matches.

Facts (docs/wire-formats.md): the instant endpoint refuses queries that return lines, so they are counted; no line at
all is an empty vector; errors are plain text with 400; a tenant goes into `X-Scope-OrgID`; moments are nanoseconds,
written as text.
"""

import math
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from smoke.dependencies._access import asking
from smoke.dependencies._reply import odd, reply_of, told
from smoke.dependencies.answer import Answer, unknown
from smoke.dependencies.prometheus import number
from smoke.environment.monitoring import Loki
from smoke.environment.secrets import Reveal
from smoke.http import Exchange, Request

NAME = "Loki"
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Asker:
    """Makes the requests to one Loki."""

    loki: Loki
    secret: Reveal
    timeout_s: float

    def count(self, lines: str, length_s: int, at: float) -> Request:
        """Return the question how many *lines* there were in *length_s* seconds before *at*; raises SecretMissing."""
        query = f"sum(count_over_time({lines} [{length_s}s]))"
        fields = {"query": query, "time": str(int(at * 1000) * (NANOSECONDS // 1000))}
        return asking(self.loki, f"{self.loki.url}/loki/api/v1/query?{urlencode(fields)}", self.secret, self.timeout_s)


def read_count(exchange: Exchange) -> float | Answer:
    """Return the number of lines, or why it cannot be read; pure."""
    reply = reply_of(NAME, exchange)
    if exchange.failure is None and exchange.status == HTTPStatus.BAD_REQUEST:
        said = told(exchange.text())
        return unknown(f"{NAME} refuses the query: {said}; correct it in the environment file")
    if reply.trouble:
        return reply.trouble
    document = reply.document
    data = document.get("data") if isinstance(document, dict) and document.get("status") == "success" else None
    result = data.get("result") if isinstance(data, dict) and data.get("resultType") == "vector" else None
    if not isinstance(result, list):
        return odd(NAME, "no vector of counts")
    pairs = [one.get("value") if isinstance(one, dict) else None for one in result]
    counts = [number(pair[1]) if isinstance(pair, list) and len(pair) > 1 else None for pair in pairs]
    known = [one for one in counts if one is not None and math.isfinite(one)]
    return sum(known) if len(known) == len(counts) else odd(NAME, "a count that is no number")
