"""The whole file is what the product's own loader takes, whatever was found."""

import tomllib
from collections.abc import Mapping

import pytest

from smoke.discovery.drafting import Wanted, draft
from smoke.discovery.found import found_at
from smoke.discovery.site import Site
from smoke.discovery.trial import loaded, promised
from smoke.http import Exchange
from smoke.verdict.words import Tier
from tests.checks.fake_world import NEW, NOW
from tests.discovery.sites import html, json_answer, site_of, text

WANTED = Wanted("shop/prod", Tier.PROD, NOW, "smoke init https://shop.test --name shop/prod", ca="/ca.pem")
FORM = '<form><input name="u"><input name="p" type="password"><input type="hidden" name="t"></form>'
FULL: Mapping[str, Exchange] = {
    "/": html('<title>Shop</title><h1>Shop</h1><script src="/a.js"></script>', headers={"cf-ray": "1"}),
    "/login": html(f"<title>Sign in</title>{FORM}"),
    "/health": json_answer({"status": "ok", "commit": NEW}),
    "/api": json_answer({"name": 'a "quoted"\nname'}),
    "/admin": text("", 401),
    "/.env": text("", 404),
}
SITES = {
    "nothing": site_of({}),
    "everything": site_of(FULL),
    "limited": site_of({**FULL, "/status": text("", 429)}),
    "odd texts": site_of({"/": html('<title>"quotes" \\ and # \u2028 [[pages]]</title>')}),
}


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_loads(site: Site) -> None:
    """The loader takes the file of any site; all that was found is in it, the rest is a comment."""
    made = draft(WANTED, [found_at("web", site)])
    assert loaded(made, "shop/prod").services["web"].url == "https://shop.test"
    assert tomllib.loads(made.text())["ca"] == "/ca.pem"


def test_two_services() -> None:
    """Names of one kind never clash, and every entry names its service."""
    made = draft(WANTED, [found_at("web", site_of(FULL)), found_at("api", site_of(FULL))])
    environment = loaded(made, "shop/prod")
    assert {one.service for one in environment.pages} == {"web", "api"}
    assert {one.name for one in environment.protected} == {"admin", "api-admin"}
    assert promised(made, "shop/prod") > 10


def test_nothing_found() -> None:
    """What was not found is a comment that says how to fill it in."""
    made = draft(WANTED, [found_at("web", site_of({}))])
    assert made.checks == set()
    for said in (
        "# health =",
        "# release =",
        "# [[pages]]",
        "# [[protected]]",
        "# [[reads]]",
        "# [login]",
        "# replicas",
    ):
        assert f"# {said.removeprefix('# ')}" in made.text()


def test_limits_are_kept() -> None:
    """A site that limits requests is sent few of them ever after."""
    environment = loaded(draft(WANTED, [found_at("web", SITES["limited"])]), "shop/prod")
    assert environment.limits.requests_per_s == 2
