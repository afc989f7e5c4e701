"""Faults between the visitor and the replicas: the edge's cache, its certificates, its headers, the static files."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.addresses import API, WEB, WORKER
from smoke.demo.edge.change import Flaw
from smoke.demo.edge.freshness import Rule
from smoke.demo.faults._registry import fault
from smoke.demo.release import Bug, Cors
from smoke.demo.scene import CLOCK
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene

PUBLIC = (WEB, API, WORKER)
"""The hosts that visitors and their pages talk to; others behind the edge are nobody's promise."""

DAY_S = 86400 / CLOCK
FOUR_HOURS_S = 14400 / CLOCK


@fault("A04", "The API is new, but the CDN goes on serving the old pages", Word.FAIL)
def stale_pages(scene: "Scene") -> None:
    """Let the edge keep every page for a day, and visitors have fetched them long before the deploy."""
    from smoke.demo.web.app import PAGES  # the listing of faults does without the web service

    scene.edge.rules += (Rule(WEB, DAY_S, frozenset(PAGES), age_s=5400),)
    scene.edge.visits += tuple((WEB, page) for page in PAGES)


@fault("B08", "The certificate is wrong or expired after a change of the ingress", Word.FAIL)
def bad_certificate(scene: "Scene") -> None:
    """Serve a certificate that no client accepts, on all our hosts or on one of them."""
    scene.edge.flaw = scene.rng.choice(list(Flaw))
    scene.edge.flawed = scene.rng.choice([PUBLIC, *((host,) for host in PUBLIC)])


@fault("C04", "Scripts and style sheets are 404, or the shell of the pages in their place", Word.FAIL)
def no_static_files(scene: "Scene") -> None:
    """Leave the static files out of the image, or answer for them with the pages' fallback."""
    scene.after = scene.after.having(scene.rng.choice([Bug.NO_STATIC_FILES, Bug.FALLS_BACK_TO_THE_SHELL]))


@fault("C05", "The CDN stored a 404 for a new chunk during the roll", Word.FAIL)
def stored_404(scene: "Scene") -> None:
    """Let somebody ask for a chunk before it is published, and the edge keep the 404 for hours."""
    scene.edge.rules += (Rule(WEB, FOUR_HOURS_S, status=404),)
    scene.edge.too_early += (scene.rng.choice(["main.js", "style.css", "checkout.js", "invoices.js"]),)


@fault("C09", "CORS preflights are refused", Word.FAIL)
def preflight_refused(scene: "Scene") -> None:
    """Drop the portal's pages, the content type or credentials from what the API allows other origins."""
    allowed = scene.rng.choice([Cors(origins=()), Cors(headers=("accept",)), Cors(credentials=False)])
    scene.settings = replace(scene.settings, cors=allowed)


@fault("S05", "The edge caches the account, and gives it to others", Word.FAIL)
def shared_account(scene: "Scene") -> None:
    """Keep the account on its path only, by a rule of the edge or since the BFF calls it public."""
    if scene.rng.random() < 0.5:  # noqa: PLR2004 - a coin
        scene.after = scene.after.having(Bug.SHARES_THE_ACCOUNT)
    else:
        paths = frozenset({"/account/summary", "/account/contact"})
        scene.edge.rules += (Rule(API, 600 / CLOCK, paths, whole_target=False),)


@fault("S09", "The source maps of the scripts are published", Word.FAIL, also_ok=(Word.PASS,))
def source_maps(scene: "Scene") -> None:
    """Publish the maps beside the scripts."""
    scene.after = scene.after.having(Bug.PUBLISHES_MAPS)


@fault("N21", "The CDN serves the old pages for a minute, then the new ones", Word.PASS)
def briefly_stale_pages(scene: "Scene") -> None:
    """Let the edge keep every page as it was before the deploy, for a minute or two."""
    from smoke.demo.web.app import PAGES  # the listing of faults does without the web service

    scene.edge.rules += (Rule(WEB, scene.in_the_field(90), frozenset(PAGES)),)
    scene.edge.visits += tuple((WEB, page) for page in PAGES)
