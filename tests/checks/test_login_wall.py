"""Who turns every request away, if it is not the service itself."""

from dataclasses import replace
from typing import Any

import pytest

from smoke.checks._login_wall import led_away, wall_facts
from smoke.http import Exchange, Request
from tests.checks.fake_world import answer, failing, html

ASKED = Request("GET", "https://portal.test/invoices")


def sent_to(location: str, **more: Any) -> Exchange:
    """Return a redirect of a request for the invoices."""
    return replace(answer("", 302, headers={"location": location}, **more), request=ASKED)


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://acme.cloudflareaccess.com/cdn-cgi/access/login/portal.test?kid=1", "acme.cloudflareaccess.com"),
        ("https://accounts.google.com/o/oauth2/v2/auth?client_id=1", "accounts.google.com"),
        ("https://acme.example/start?rd=https%3A%2F%2Fportal.test%2Finvoices", "acme.example"),
        ("https://vercel.com/sso-api?url=https%3A%2F%2Fportal.test", "vercel.com"),
        ("https://old.example/invoices", None),
        ("https://old.example/", None),
        ("https://portal.test/login", None),
        ("/login?next=/invoices", None),
        ("", None),
        ("https://[broken", None),
    ],
)
def test_a_foreign_login(location: str, host: str | None) -> None:
    """A foreign host is a login if it says so or is given the way back; another address of the product is none."""
    assert led_away(sent_to(location), {"portal.test"}) == host


def test_a_login_that_was_followed() -> None:
    """Who follows redirects arrives at the login itself."""
    urls = ("https://portal.test/oauth2/start?rd=/", "https://idp.example/authorize?redirect_uri=x")
    arrived = replace(html("<h1>Sign in</h1>"), request=ASKED, redirects=urls, final_url=urls[-1])
    assert led_away(arrived, {"portal.test"}) == "idp.example"


def test_facts_name_who_turned_everything_away() -> None:
    """All wrong answers that came must have been turned away by one."""
    sso = sent_to("https://sso.example/authorize")
    assert wall_facts([sso, sso, failing()], None) == {"turned_away": "a login at sso.example"}
    assert wall_facts([sso, sent_to("https://login.other.example/")], None) == {}
    assert wall_facts([sso, answer("", 500)], None) == {}
    assert wall_facts([failing()], None) == wall_facts([], None) == {}


@pytest.mark.parametrize(
    ("made", "header", "found"),
    [
        (answer("", 401), "x-replica", True),
        (answer("", 401), None, False),
        (answer("", 401, headers={"x-replica": "a"}), "x-replica", False),
        (answer("", 403, headers={"cf-mitigated": "challenge"}), None, True),
        (answer("", 202, headers={"x-amzn-waf-action": "challenge"}), None, True),
        (answer("", 500), "x-replica", False),
    ],
)
def test_a_refusal_that_no_replica_gave(made: Exchange, header: str | None, found: bool) -> None:
    """Where replicas name themselves, a nameless refusal is somebody else's; so is one that a provider signs."""
    assert bool(wall_facts([replace(made, request=ASKED)], header)) is found
