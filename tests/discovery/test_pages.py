"""Pages are known by texts that were there every time; one page for every path is one page."""

from dataclasses import replace

import pytest

from smoke.discovery.pages import found_pages
from smoke.http import Exchange
from tests.discovery.sites import BASE, answer, html, site_of

HOME = "<title>Shop | Fine things</title><h1>Welcome</h1><a href='/about'>About</a><a href='/terms'>Terms</a>"


def page(title: str, body: str = "") -> Exchange:
    """Return a page."""
    return html(f"<!doctype html><title>{title}</title><h1>{title}</h1>{body}<p>words</p>")


def test_linked_pages() -> None:
    """The home page and what it links to are pages, each with its own texts."""
    site = site_of({"/": html(HOME), "/about": page("About us"), "/terms": page("Terms of use")})
    assert [(one.name, one.path, one.texts) for one in found_pages(site)] == [
        ("home", "/", ("Welcome", "Shop | Fine things")),
        ("about", "/about", ("About us",)),
        ("terms", "/terms", ("Terms of use",)),
    ]


def test_texts_that_change_are_not_promised() -> None:
    """A greeting that differs from answer to answer is no landmark; neither is a number."""
    changing = [html(f"<title>Shop</title><h1>Good {one}</h1><h2>3 offers</h2>") for one in ("day", "night", "day")]
    (found,) = found_pages(site_of({"/": changing}))
    assert (found.texts, found.heading) == (("Shop",), "")


def test_what_every_page_says_comes_last() -> None:
    """A text that the answer to an unknown path has too tells less than one that it has not."""
    site = site_of(
        {"/": html("<title>Shop</title><h1>Shop</h1><h2>Our offers</h2>")},
        stranger=html("<title>Shop</title><h1>Lost?</h1>", 404),
    )
    assert found_pages(site)[0].texts == ("Our offers", "Shop")


def test_an_application_in_the_browser() -> None:
    """One shell for all paths is one page, known by where the application puts itself."""
    shell = html('<title>App</title><div id="root"></div><script src="/main.js"></script><a href="/x">x</a>')
    found = found_pages(site_of({"/": shell, "/x": shell, "/login": shell}, stranger=shell))
    assert [one.path for one in found] == ["/"]
    assert found[0].has_assets
    assert '<div id="root"' in found[0].texts


@pytest.mark.parametrize(
    "made",
    [
        page("Something went wrong"),
        html("<title>Shop</title>", 500),
        html("<title>1</title>"),
        html(""),
        answer("plain words", 200, "text/html"),
        answer("<h1>Shop</h1>", 200, "text/plain"),
        answer(b"", 200, "text/html", truncated=True),
        [page("Shop"), html("oops", 500), page("Shop")],
    ],
    ids=["error", "status", "no text", "empty", "no markup", "no html", "endless", "unsteady"],
)
def test_what_is_no_page(made: Exchange | list[Exchange]) -> None:
    """What admits an error, has no lasting text or does not always come is not promised."""
    assert found_pages(site_of({"/": made})) == []


def test_a_page_that_sends_to_the_login() -> None:
    """A home page that leads to the login is named by the login page itself."""
    sent = replace(page("Sign in"), redirects=(f"{BASE}/login",), final_url=f"{BASE}/login")
    found = found_pages(site_of({"/": sent, "/login": page("Sign in")}))
    assert [(one.name, one.path) for one in found] == [("sign-in", "/login")]


def test_hosts_of_others() -> None:
    """Scripts of other hosts are told, for a browser to be allowed to ask them."""
    (found,) = found_pages(site_of({"/": page("Shop", '<script src="https://cdn.test/a.js"></script>')}))
    assert (found.hosts, found.has_assets) == (("cdn.test",), False)


def test_links_that_do_something_are_left_alone() -> None:
    """Whatever sounds as if reading it did something, or leads elsewhere, is no page to look at."""
    from smoke.discovery.asking import further

    hrefs = (
        "/about",
        "/logout",
        "/cart/add",
        "https://other.test/x",
        "/list?page=2",
        "mailto:a@b",
        "//evil.test/",
        "#top",
    )
    links = "".join(f'<a href="{one}">x</a>' for one in hrefs) + '<a rel="nofollow" href="/no">x</a>'
    assert further(site_of({"/": page("Shop", links)})) == ["/about"]
