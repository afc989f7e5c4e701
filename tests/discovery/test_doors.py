"""Refusals are promised where they differ from what any path gets; open doors are told."""

import pytest

from smoke.discovery.doors import found_doors, kept_files, shown_to_strangers
from smoke.http import Exchange
from tests.discovery.sites import answer, html, json_answer, site_of, text

TO_LOGIN = answer("", 302, headers={"location": "https://shop.test/login?next=/account"})


def test_refusals() -> None:
    """401, 403 and a redirect to a login are refusals."""
    found = found_doors(site_of({"/admin": text("", 403), "/api/me": json_answer({}, 401), "/account": TO_LOGIN}))
    assert {one.path: one.redirects_to for one in found} == {"/admin": None, "/api/me": None, "/account": "/login"}


def test_refusals_that_the_home_page_links_to() -> None:
    """A linked page behind the login guards something, whatever it is called; a link to sign in elsewhere does not."""
    home = html("<a href=/orders/>Orders</a> <a href=/oauth/start>Sign in with …</a> <a href=/parts/>Parts</a>")
    site = site_of({"/": home, "/orders/": TO_LOGIN, "/oauth/start": TO_LOGIN, "/parts/": html("<h1>Parts</h1>")})

    assert [(one.path, one.redirects_to) for one in found_doors(site)] == [("/orders/", "/login")]


@pytest.mark.parametrize(
    ("given", "stranger"),
    [
        (text("", 401), text("", 401)),
        (TO_LOGIN, TO_LOGIN),
        (text("", 404), None),
        (html("<h1>Admin</h1>"), None),
        (text("", 500), None),
        (answer("", 301, headers={"location": "/admin/"}), None),
        (answer("", 302, headers={"location": "/"}), None),
        (answer("", 302), None),
    ],
)
def test_what_is_no_refusal(given: Exchange, stranger: Exchange | None) -> None:
    """A wall that refuses everything, another spelling of the path and errors prove nothing."""
    assert found_doors(site_of({"/admin": given}, stranger=stranger)) == []


def test_another_spelling_of_an_auth_path() -> None:
    """A slash that is added to a path with `auth` in it leads to no login."""
    assert found_doors(site_of({"/auth/me": answer("", 301, headers={"location": "/auth/me/"})})) == []


def test_private_files() -> None:
    """A file that is served is told, and not promised; an error page with debug output is no such file."""
    secret = text("DB_PASSWORD=hunter2hunter2\nSECRET_KEY=0123456789")
    assert kept_files(site_of({"/.env": secret, "/.git/HEAD": text("", 404)})) == (
        ["/.git/HEAD"],
        {"/.env": "settings of the environment"},
    )
    debug = html("<title>404</title> Using the URLconf defined in mysite.urls", 404)
    site = site_of({"/.env": debug, "/.git/HEAD": debug}, stranger=debug)
    assert kept_files(site) == (["/.env", "/.git/HEAD"], {})
    assert shown_to_strangers(site) == "a debug page of Django"
