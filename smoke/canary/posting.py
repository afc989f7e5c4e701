"""POST something to a URL that is a secret: alerts to a webhook, signs of life to a dead man's switch."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException

from smoke import __version__

TIMEOUT_S = 10.0
"""For the whole of one POST; what must wait longer is sent next time."""

ANSWER_BYTES = 2000
"""So much of an answer is read."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would turn a POST into a GET, and lead a secret elsewhere."""

    def redirect_request(self, *_: object) -> None:
        """Follow none."""


_OPENER = urllib.request.build_opener(_NoRedirect)


class PostFailed(Exception):
    """A POST did not succeed; *status* is the answer's, None without one. The text never holds the URL."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


def post(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Send *body* and return the beginning of the answer; raises PostFailed unless the status is 2xx."""
    if not url.startswith(("https://", "http://")):
        raise PostFailed("the URL is no http:// or https:// URL")
    try:
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            url, body, {"User-Agent": f"smokegate/{__version__}", **headers}, method="POST"
        )
        with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
            return bytes(answer.read(ANSWER_BYTES))
    except urllib.error.HTTPError as error:
        error.close()
        raise PostFailed(f"HTTP {error.code}", error.code) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise PostFailed(f"{type(reason).__name__}: {str(reason).replace(url, 'the URL')}") from None
