"""Request headers that whatever we ask a service carries: a client's key, the proof that a gate before it wants."""

from typing import Annotated

from pydantic import AfterValidator, Field

from smoke.environment._model import HEADER, Kind, Path, Secret, Text

OURS = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-length", "content-type", "cookie", "host"),
        *("transfer-encoding", "user-agent", "x-smokegate-run"),
    }
)
"""What every request says for itself: nobody is let in by it, and cookies belong to sessions."""


class SentHeader(Secret):
    """
    The value of a request header that whatever we ask a service carries: a reference, never the value itself.

    Example: `[services.api]` with `headers = { X-API-Key = { env = "SHOP_API_KEY" } }`. It goes to the addresses of its
    service alone, wherever these redirect to. What a check sends itself under the same name goes before it.
    """

    scheme: Text | None = Field(
        None, description="a word before the value, such as `Bearer`; with `Basic` the value is `user:password`"
    )
    below: Path = Field("/", description="only requests to this path, and below it, carry the header")
    browser: bool = Field(
        False,
        description="whether the browser sends it too, as it must where a gate stands before the pages; what the pages "
        "themselves must send, such as a client's key, is not to be done for them",
    )

    def covers(self, path: str) -> bool:
        """Tell whether a request to *path*, which follows the service's address, carries the header."""
        whole = self.below.rstrip("/")
        return path == whole or path.startswith(f"{whole}/")


def _refuse_ours(name: str) -> str:
    if name.lower() in OURS:
        raise ValueError(f"found {name!r}, which every request sets for itself; name the header that lets us in")
    return name


SentName = Annotated[str, Field(pattern=HEADER), AfterValidator(_refuse_ours), Kind("header name")]
