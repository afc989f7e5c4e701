"""Masking secrets in every form in which they travel."""

import base64
import html
import json
import threading
from collections.abc import Callable
from time import monotonic
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.environment.redaction import MASK, Redactor

SECRETS = ["hunter2!", "pä ss/w\"ö'rd\\&<1>", "postgresql://smoke:p%40ss@db:5432/x?y=1", "日本語のパス", "abcd"]

CARRIERS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in a URL": lambda value: quote(value, safe=""),
    "in a path": quote,
    "in a query": quote_plus,
    "in a form": lambda value: urlencode({"password": value}),
    "in a URL with small digits": lambda value: quote(value, safe="").replace("%2F", "%2f").replace("%3A", "%3a"),
    "in JSON": lambda value: json.dumps({"password": value}),
    "in JSON as UTF-8": lambda value: json.dumps({"password": value}, ensure_ascii=False),
    "in JSON in JSON": lambda value: json.dumps(json.dumps({"password": value})),
    "in HTML": html.escape,
    "in base64": lambda value: base64.b64encode(value.encode()).decode(),
    "in base64 without padding": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "as a Python literal": repr,
}


def make_redactor(*values: str) -> Redactor:
    """Return a redactor that knows *values*."""
    redactor = Redactor()
    for value in values:
        redactor.register(value)
    return redactor


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("secret", SECRETS)
def test_every_form_is_masked(secret: str, carrier: str) -> None:
    """A registered value does not survive, however it was encoded, in texts and in bytes."""
    carried = CARRIERS[carrier](secret)
    redactor = make_redactor(secret)
    text = redactor.redact(f"before {carried} after")
    assert MASK in text
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert secret not in text
    assert redactor.redact_bytes(carried.encode()) == redactor.redact(carried).encode()


@given(user=st.text(min_size=1, max_size=9), secret=st.text(min_size=6, max_size=30).filter(str.isprintable))
def test_basic_credentials_are_masked(user: str, secret: str) -> None:
    """A password inside a longer base64 text is masked, whatever stands before it."""
    encoded = base64.b64encode(f"{user}:{secret}".encode("utf-8", "surrogatepass")).decode()
    assert MASK in make_redactor(secret).redact(f"Authorization: Basic {encoded}")


@pytest.mark.parametrize("value", ["", "a", "abc"])
def test_short_values_are_left(value: str) -> None:
    """Values shorter than four characters are not masked, since the text around would not survive."""
    assert make_redactor(value).redact("abc a b c abc") == "abc a b c abc"


def test_longer_value_is_masked_as_a_whole() -> None:
    """Of two secrets of which one holds the other, no part of the longer is left."""
    assert make_redactor("hunter", "hunter2!", "er2!xyz").redact("<hunter2!> <hunter>") == f"<{MASK}> <{MASK}>"


def test_lines_of_a_key_are_masked_alone() -> None:
    """A key of several lines is masked line by line too, as traces print it."""
    redactor = make_redactor("-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----")
    assert redactor.redact("  MIIEvQIBADAN |") == f"  {MASK} |"


def test_nothing_registered_changes_nothing() -> None:
    """Without secrets texts and bytes stay as they are."""
    redactor = Redactor()
    assert (redactor.redact("text"), redactor.redact_bytes(b"\xff\x00")) == ("text", b"\xff\x00")


def test_other_bytes_stay_as_they_are() -> None:
    """Bytes that are no text survive around what is masked."""
    assert make_redactor("hunter2!").redact_bytes(b"\xff\x00hunter2!\xfe") == b"\xff\x00" + MASK.encode() + b"\xfe"


def test_registering_from_many_threads() -> None:
    """What several threads register at once is all masked, while others redact."""
    redactor = Redactor()
    secrets = [f"secret-{number:04}" for number in range(40)]

    def use(secret: str) -> None:
        redactor.register(secret)
        assert redactor.redact(secret) == MASK

    threads = [threading.Thread(target=use, args=(secret,)) for secret in secrets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert redactor.redact(" ".join(secrets)) == " ".join([MASK] * len(secrets))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot connect to postgres://app:hunter2@db:5432/shop", f"cannot connect to postgres://{MASK}@db:5432/shop"),
        ("HTTP 302 to http://user:pw@127.0.0.1:1/", f"HTTP 302 to http://{MASK}@127.0.0.1:1/"),
        ('"redis://:pw@cache", "a@b"', f'"redis://{MASK}@cache", "a@b"'),
        ("http://host:80/mail@example.com", "http://host:80/mail@example.com"),
        ("https://bob@example.com/", "https://bob@example.com/"),
        ("http://a:80 or b@c", "http://a:80 or b@c"),
    ],
)
def test_a_password_in_an_address(text: str, shown: str) -> None:
    """What an error page tells of another system's password is masked, though nobody knew it."""
    redactor = make_redactor("unrelated")
    assert redactor.redact(text) == Redactor().redact(text) == shown
    assert redactor.redact_bytes(text.encode()) == shown.encode()


def test_masking_takes_time_in_proportion() -> None:
    """A megabyte of what almost is an address with a password is read in a moment."""
    for text in ("://a:" * 200_000, "://a:" + "b" * 1_000_000, "://" + "a" * 1_000_000 + ":"):
        began = monotonic()
        assert Redactor().redact(text) == text
        assert monotonic() - began < 2
