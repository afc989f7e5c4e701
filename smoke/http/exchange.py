"""What was asked and what came back: plain data, without judgement."""

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any

EXPIRED = "the certificate has expired"
"""What `Failure.certificate` says of a certificate whose time is over."""


class FailureKind(StrEnum):
    """Why no complete answer came, by the phase that failed."""

    NAME = "name resolution"
    UNREACHABLE = "network unreachable"
    REFUSED = "connection refused"
    CONNECT_TIMEOUT = "connect timeout"
    TLS = "TLS"
    RESET = "connection reset"
    TIMEOUT = "timeout"
    PROTOCOL = "not HTTP"
    REDIRECTS = "redirects that lead nowhere"
    ENCODING = "undecodable body"

    @property
    def before_any_answer(self) -> bool:
        """True when the target's application was never reached, so that the network may be to blame."""
        return self in {FailureKind.NAME, FailureKind.UNREACHABLE, FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT}


@dataclass(frozen=True, slots=True)
class Failure:
    """
    No complete answer; *message* says in words what happened, with the limit that was hit.

    *certificate* says in stable words what is wrong with the certificate, if that is why.
    """

    kind: FailureKind
    message: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that was accepted: for whom, by whom, and from when until when it is good, in epoch seconds."""

    names: tuple[str, ...]
    issuer: str
    not_before: float
    not_after: float


@dataclass(frozen=True, slots=True)
class Request:
    """
    One request to make.

    *write* names the allowed write this request makes (see `writes` in the environment file); None means the
    request must not change anything, and the guard lets only GET, HEAD and OPTIONS through.
    *secret_body* keeps the bodies of request and answer out of every record. An *urgent* request goes before others
    that wait for their turn at the same host: when it is made is a part of what it measures, or many wait for it.
    *within_origin* follows redirects as long as they stay there. *show_certificate* asks for the certificate that the
    host was accepted with. *at_this_rate* makes an answer that there are too many requests a result like any other.
    *unsent* are the headers of its service, in lower case, that this request is to go without.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    write: str | None = None
    secret_body: bool = False
    follow_redirects: bool = False
    within_origin: bool = False
    fresh: bool = True
    timeout_s: float | None = None
    urgent: bool = False
    show_certificate: bool = False
    at_this_rate: bool = False
    unsent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Exchange:
    """
    One request with its answer or its failure.

    *headers* have lower-case names; repeated ones (Set-Cookie) keep their order in `header_list`.
    *body* is decoded from its content encoding and cut at the body limit (*truncated*).
    *at* is epoch seconds, *duration_s* monotonic. *local* tells that the connection went to this machine. *slowed*
    tells that it was asked anew, more slowly, after the host had said that there were too many requests. *carried*
    names the headers of its service that it went with; their values are in no exchange.
    """

    request: Request
    at: float
    duration_s: float
    status: int | None = None
    header_list: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    truncated: bool = False
    failure: Failure | None = None
    final_url: str = ""
    redirects: tuple[str, ...] = ()
    local: bool = False
    certificate: Certificate | None = None
    slowed: bool = False
    carried: tuple[str, ...] = ()

    @property
    def headers(self) -> dict[str, str]:
        """Header values by lower-case name; of repeated ones the last."""
        return dict(self.header_list)

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower-case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def is_ok(self) -> bool:
        """Whether HTTP 200 came, whatever its body says."""
        return self.status == HTTPStatus.OK

    @property
    def is_error(self) -> bool:
        """Whether an error status came, of whosever making."""
        return self.status is not None and self.status >= HTTPStatus.BAD_REQUEST

    @property
    def is_server_error(self) -> bool:
        """Whether an error status came that the server takes upon itself."""
        return self.status is not None and self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    def text(self) -> str:
        """Return the body as UTF-8, undecodable bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """
        Return the body as JSON; raises ValueError (also for invalid UTF-8 and a truncated body).

        `NaN` and `Infinity`, which Python reads and writes, are no JSON: no browser reads a document that holds them. A
        byte order mark before it every browser ignores. A number too large for any float is JSON, and given as the text
        that it is: whoever reckons with it would get infinity, or an error.
        """
        if self.truncated:
            raise ValueError("the body was longer than the limit")
        text = self.body.decode("utf-8-sig")
        return json.loads(text, parse_constant=_refuse, parse_float=_float, parse_int=_int)

    def outline(self) -> str:
        """Say in a few words what came: `HTTP 502 text/html` or the failure's message."""
        if self.failure:
            return self.failure.message
        return f"HTTP {self.status} {self.content_type}".rstrip()


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _int(text: str) -> int | str:
    return int(text) if len(text) <= sys.float_info.max_10_exp else text
