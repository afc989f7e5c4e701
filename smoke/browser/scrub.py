"""
Take secrets out of a Playwright trace.

A trace is a zip of JSON lines (`*.trace`, `*.network`, `*.stacks`) and of resources, the bodies as they were sent.
Playwright masks nothing (its maintainers decline it), so every member is rewritten: cookies, authorization headers,
posted bodies and stored values go altogether, known values wherever they stand. What cannot be rewritten is dropped.
"""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from smoke.environment.redaction import MASK, Redactor

SECRET_HEADERS = re.compile(
    r"(?i)^((proxy-)?authorization|(set-)?cookie|.*(api-?key|token|csrf|xsrf|secret|session).*)$"
)
"""Headers whose values never stay in evidence."""

_EMPTIED = frozenset({"postData", "cookies", "storageState", "httpCredentials", "extraHTTPHeaders", "origins"})
_JSON_LINES = (".trace", ".network", ".stacks")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"wOF2", b"wOFF", b"\x00\x00\x01\x00")
_SHORTEST_COOKIE = 8


class NotScrubbed(Exception):
    """A member may still hold a secret; the text says which."""


def scrub(source: Path, target: Path, redactor: Redactor) -> None:
    """
    Write *source* to *target* without secrets; cookies found in it are registered with *redactor* first.

    Raises NotScrubbed when something of it could not be cleaned; *target* is not written then.
    """
    temporary = target.with_name(f".{target.name}")
    try:
        with zipfile.ZipFile(source) as trace:
            for value in _cookies(trace):
                redactor.register(value)
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as clean:
                for name in trace.namelist():
                    clean.writestr(redactor.redact(name), _member(name, trace.read(name), redactor))
        _prove(temporary, redactor)
        temporary.replace(target)
    except (OSError, zipfile.BadZipFile, ValueError, RecursionError) as error:
        raise NotScrubbed(f"{source.name}: {type(error).__name__}: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _member(name: str, data: bytes, redactor: Redactor) -> bytes:
    if name.endswith(_JSON_LINES):
        lines = data.decode("utf-8").splitlines()
        return redactor.redact("\n".join(_line(line) for line in lines)).encode()
    if data.startswith(_PICTURES):
        return data
    return redactor.redact_bytes(data)


def _line(line: str) -> str:
    return json.dumps(_masked(json.loads(line)), ensure_ascii=False) if line.strip() else line


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("name"), str) and "value" in value and SECRET_HEADERS.match(value["name"]):
        return {**value, "value": MASK}
    return {key: _emptied(one) if key in _EMPTIED else _masked(one) for key, one in value.items()}


def _emptied(value: Any) -> Any:
    """Keep the kind of a value, which the viewer relies on, and nothing of its content."""
    if isinstance(value, list):
        return []
    return {} if isinstance(value, dict) else (MASK if isinstance(value, str) else None)


def _cookies(trace: zipfile.ZipFile) -> Iterator[str]:
    """Yield the values of all cookies that were set or sent while the trace was recorded."""
    for name in trace.namelist():
        if name.endswith(".network"):
            for line in trace.read(name).decode("utf-8").splitlines():
                yield from _cookie_values(json.loads(line)) if line.strip() else ()


def _cookie_values(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _cookie_values(one)
    elif isinstance(value, dict):
        if str(value.get("name", "")).lower() in {"cookie", "set-cookie"} and isinstance(value.get("value"), str):
            yield from _values_in(value["value"])
        for one in value.values():
            yield from _cookie_values(one)


def _values_in(header: str) -> Iterator[str]:
    for line in header.split("\n"):
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(line)
        except CookieError:
            yield line
        yield from (one.value for one in jar.values() if len(one.value) >= _SHORTEST_COOKIE)


def _prove(path: Path, redactor: Redactor) -> None:
    """Read everything back: a value that is still there means that the evidence cannot be kept."""
    check: Callable[[bytes], bytes] = redactor.redact_bytes
    with zipfile.ZipFile(path) as written:
        for name in written.namelist():
            data = written.read(name)
            if check(data) != data:
                raise NotScrubbed(f"{name} still holds a secret")
