"""The one way this product talks HTTP; the only package that imports httpx."""

from smoke.http.exchange import EXPIRED, Certificate, Exchange, Failure, FailureKind, Request

__all__ = ["EXPIRED", "Certificate", "Exchange", "Failure", "FailureKind", "Request"]
