"""Recognise a request that carries the credentials which a login form was given."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is typed into a login form; *password* is secret."""

    user: str
    password: str = field(repr=False)

    def sent_in(self, body: str) -> bool:
        """
        Tell whether *body* holds both, each as a whole value.

        Read are JSON, URL-encoded forms and, line by line, multipart forms (RFC 7578).
        """
        return {self.user, self.password} <= set(_values(body))


def _values(body: str) -> Iterator[str]:
    try:
        yield from _texts(json.loads(body))
    except (ValueError, RecursionError):
        yield from body.splitlines()
        yield from (value for _, value in parse_qsl(body))


def _texts(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict | list):
        for one in document.values() if isinstance(document, dict) else document:
            yield from _texts(one)
