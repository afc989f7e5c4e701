"""Recognising the credentials in what a login form sends."""

import pytest

from smoke.browser.credentials import Credentials

TYPED = Credentials("anna@example.jp", "cörrect & horse")
MULTIPART = """--x\r
Content-Disposition: form-data; name="user"\r
\r
anna@example.jp\r
--x\r
Content-Disposition: form-data; name="password"\r
\r
cörrect & horse\r
--x--\r
"""


@pytest.mark.parametrize(
    "body",
    [
        "user=anna%40example.jp&password=c%C3%B6rrect+%26+horse&csrf=1",
        '{"user": "anna@example.jp", "password": "c\\u00f6rrect & horse"}',
        '[{"query": "mutation", "variables": {"in": ["anna@example.jp", "cörrect & horse", 1, null]}}]',
        MULTIPART,
    ],
    ids=["form", "json", "graphql", "multipart"],
)
def test_credentials_are_found(body: str) -> None:
    """Both are recognised in the ways in which login pages send them."""
    assert TYPED.sent_in(body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "user=anna%40example.jp",
        "password=c%C3%B6rrect+%26+horse",
        '{"typed": "anna@example.jp and cörrect & horse"}',
        "[" * 100_000,
        "&" * 100_000,
    ],
    ids=["empty", "user", "password", "recorded", "deep", "long"],
)
def test_anything_else_is_no_login(body: str) -> None:
    """A part of them, or a text that mentions them, is not the login."""
    assert not TYPED.sent_in(body)


def test_password_is_not_shown() -> None:
    """The password is in no repr."""
    assert "horse" not in repr(TYPED)
