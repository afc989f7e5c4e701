"""A draft is tried with the product's own checks; what does not pass is left out, in bounded time."""

import asyncio
from time import monotonic

import pytest

from smoke.discovery import asking, trial
from smoke.discovery.draft import Draft, Line, Table
from smoke.http.client import HttpClient
from tests.plugin.site import Site, page, serving, silent, status


def draft(url: str) -> Draft:
    """Return a draft with a page, an asset of each of two pages, and health."""
    health = Line("health", {"path": "/health"}, check="health/web")
    lines = [Line("name", "home"), Line("path", "/"), Line("contains", ["Welcome"])]
    tables = [
        Table(lines=[Line("tier", "dev")]),
        Table("[services.web]", lines=[Line("url", url), health]),
        Table("[[pages]]", lines=lines, check="page/home"),
        Table("[assets]", lines=[Line("pages", ["/", "/broken"])], check="assets/web"),
    ]
    return Draft("top", tables)


def tried(site: Site) -> Draft:
    """Try the draft on *site*."""

    async def run() -> Draft:
        async with HttpClient(asking.settings("init-1", None)) as http:
            return await trial.tried(draft(site.url), "shop/dev", http)

    return asyncio.run(run())


def test_what_passes_stays() -> None:
    """What passes stays; of the pages only those stay whose files are all there; what fails is said."""
    with serving() as site:
        script = '<script src="{}"></script>'
        site.answers = {
            "/": page("Welcome", script.format("/a.js")),
            "/broken": page("Welcome too", script.format("/gone.js")),
            "/a.js": lambda ask: ask.say(200, b"let a = 1;", content_type="text/javascript"),
            "/health": status(500, "no"),
        }
        made = tried(site)
    assert made.checks == {"page/home", "assets/web"}
    assert 'pages = ["/"]' in made.text()
    assert "Tried and left out: HTTP 500" in made.text()


def test_a_site_that_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing answers in time everything is left out, and the trial ends."""
    monkeypatch.setattr(trial, "WITHIN_S", 2.0)
    with serving() as site:
        site.answers = dict.fromkeys(("/", "/broken", "/health"), silent)
        began = monotonic()
        made = tried(site)
        assert monotonic() - began < 30
    assert made.checks == set()
    assert "could not be tried in the time there was" in made.text()
