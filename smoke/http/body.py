"""Read a body up to a limit, decoding it as it comes, so that no answer can fill the memory."""

import zlib

ACCEPTED = "gzip"
"""The only content coding we ask for."""

_WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_MAGIC = b"\x1f\x8b"


class Undecodable(ValueError):
    """The body is not what its Content-Encoding says."""


class Body:
    """
    Collects a body of at most *limit* decoded bytes.

    *coding* is the Content-Encoding. Memory stays within the limit and one chunk, whatever the chunks expand to.
    """

    def __init__(self, coding: str, limit: int) -> None:
        codings = [word for part in coding.lower().split(",") if (word := part.strip()) not in {"", "identity"}]
        if codings and (len(codings) > 1 or codings[0] not in _WINDOW):
            raise Undecodable(f"the body came encoded as {coding!r}, which was not asked for")
        self._window = _WINDOW[codings[0]] if codings else None
        self._decoder = zlib.decompressobj(self._window) if self._window else None
        self._limit = limit
        self._content = bytearray()
        self._begun = False
        self.truncated = False

    @property
    def content(self) -> bytes:
        """What was collected so far."""
        return bytes(self._content)

    def feed(self, chunk: bytes) -> bool:
        """Take a chunk as it came and tell whether more is wanted; raises `Undecodable`."""
        self._begun = self._begun or bool(chunk)
        while chunk and not self.truncated:
            chunk = self._take(chunk)
        return not self.truncated

    def finish(self) -> None:
        """Say that the body has ended; raises `Undecodable` if it ended too early."""
        if self._decoder and self._begun and not self._decoder.eof:
            raise Undecodable("the compressed body ended too early")

    def _take(self, chunk: bytes) -> bytes:
        """Decode *chunk* and return what is left of it for the next gzip member."""
        room = self._limit - len(self._content)
        if self._decoder is None:
            plain, rest = chunk, b""
        else:
            plain, rest = self._decode(chunk, room + 1)
        self.truncated = len(plain) > room
        self._content += plain[:room]
        return rest

    def _decode(self, chunk: bytes, most: int) -> tuple[bytes, bytes]:
        assert self._decoder is not None
        assert self._window is not None
        if self._decoder.eof:
            # Several gzip members in a row are one body (RFC 1952, 2.2); anything else behind the end is ignored.
            if not chunk.startswith(_MAGIC[: len(chunk)]):
                return b"", b""
            self._decoder = zlib.decompressobj(self._window)
        try:
            plain = self._decoder.decompress(chunk, most)
        except zlib.error as error:
            raise Undecodable(f"the compressed body is damaged ({error})") from error
        return plain, self._decoder.unused_data if self._decoder.eof else b""
