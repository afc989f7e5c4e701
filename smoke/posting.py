"""POST something to a URL that may be a secret: alerts, signs of life, messages to a chat."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException

from smoke import __version__

TIMEOUT_S = 10.0
"""For the whole of one POST; what must wait longer is sent next time."""

ANSWER_BYTES = 2000
"""So much of an answer is read."""

FALLBACK_S = 1.0
"""The pause before another try where `Retry-After` names none that can be read."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would turn a POST into a GET, and lead a secret elsewhere."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


_OPENER = urllib.request.build_opener(_NoRedirect)


class PostFailed(Exception):
    """
    A POST did not succeed; *status* is the answer's, None without one. The text never holds the URL.

    *answer* is the beginning of what was answered, *retry_after_s* the pause that the answer asks for.
    """

    def __init__(
        self, why: str, status: int | None = None, *, answer: bytes = b"", retry_after_s: float | None = None
    ) -> None:
        super().__init__(why)
        self.status = status
        self.answer = answer
        self.retry_after_s = retry_after_s


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout_s: float = TIMEOUT_S,
    answer_bytes: int = ANSWER_BYTES,
) -> bytes:
    """Send *body* and return the beginning of the answer; raises PostFailed unless the status is 2xx."""
    if not url.startswith(("https://", "http://")):
        raise PostFailed("the URL is no http:// or https:// URL")
    try:
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            url, body, {"User-Agent": f"smokegate/{__version__}", **headers}, method="POST"
        )
        with _OPENER.open(request, timeout=timeout_s) as answer:
            return bytes(answer.read(answer_bytes))
    except urllib.error.HTTPError as error:
        raise _refused(error) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise PostFailed(f"{type(reason).__name__}: {str(reason).replace(url, 'the URL')}") from None


def _refused(error: urllib.error.HTTPError) -> PostFailed:
    try:
        answer = bytes(error.read(ANSWER_BYTES))
    except (OSError, HTTPException, ValueError):
        answer = b""
    asked = error.headers.get("Retry-After")
    error.close()
    return PostFailed(
        f"HTTP {error.code}", error.code, answer=answer, retry_after_s=_seconds(asked) if asked is not None else None
    )


def _seconds(asked: str) -> float:
    return float(asked) if asked.strip().isdecimal() else FALLBACK_S
