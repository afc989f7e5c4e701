"""The one way this product talks HTTP; the only package that imports httpx."""

from smoke.http.exchange import Exchange, Failure, FailureKind, Request

__all__ = ["Exchange", "Failure", "FailureKind", "Request"]
