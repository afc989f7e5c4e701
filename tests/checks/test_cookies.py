"""Only cookies that a browser would keep make a session."""

import pytest

from smoke.checks._cookies import cookies_of, dropped, header
from tests.checks.fake_world import NOW, answer

URL = "https://api.portal.test/auth/login"


def reason(line: str, url: str = URL) -> str | None:
    """Return why a browser drops the cookie of one `Set-Cookie` line."""
    (cookie,) = cookies_of(answer(headers={"set-cookie": line}))
    return dropped(cookie, url, NOW)


@pytest.mark.parametrize(
    "line",
    [
        "s=1",
        "s=1; Path=/; Secure; HttpOnly; SameSite=Lax",
        "s=1; Domain=portal.test",
        "s=1; domain=.api.portal.test",
        "s=1; SameSite=None; Secure",
        "s=a=b; Max-Age=3600",
        "s=1; Expires=Wed, 01 Jan 2098 00:00:00 GMT",
        "s=1; Expires=nonsense; Max-Age=soon",
        "__Host-s=1; Path=/; Secure",
        "__Secure-s=1; secure",
    ],
)
def test_kept(line: str) -> None:
    """A valid cookie is kept."""
    assert reason(line) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("s=", "deleted"),
        ("s=1; Max-Age=0", "deleted"),
        ("s=1; Max-Age=-1", "deleted"),
        ("s=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "deleted"),
        ("s=1; SameSite=none", "SameSite=None without Secure"),
        ("s=1; Domain=other.test", "another host"),
        ("s=1; Domain=al.test", "another host"),
        ("__Secure-s=1", "demands Secure"),
        ("__Host-s=1; Secure", "demands Path=/"),
        ("__Host-s=1; Secure; Path=/; Domain=portal.test", "demands Path=/"),
    ],
)
def test_dropped(line: str, said: str) -> None:
    """A cookie that a browser refuses is no session."""
    assert said in (reason(line) or "")


def test_secure_over_plain_http() -> None:
    """A Secure cookie over plain HTTP is dropped, except on this machine."""
    assert "plain HTTP" in (reason("s=1; Secure", "http://portal.test/") or "")
    assert reason("s=1; Secure", "http://localhost:4000/") is None


def test_header() -> None:
    """All kept cookies go into one header; of one name the last line counts."""
    lines = ("a=1", "b=2; Path=/x", "a=3", "gone=1", "gone=; Max-Age=0", "nameless", "=x")
    exchange = answer()
    made = type(exchange)(exchange.request, NOW, 0.0, 200, tuple(("set-cookie", line) for line in lines))

    assert header(cookies_of(made), URL, NOW) == "b=2; a=3"


def test_values_are_not_shown() -> None:
    """A cookie's value is in no representation."""
    (cookie,) = cookies_of(answer(headers={"set-cookie": "s=s3cret"}))

    assert "s3cret" not in repr(cookie)
