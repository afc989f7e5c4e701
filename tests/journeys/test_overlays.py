"""What covers a control is put away as a person would, and what stands in nobody's way is left alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from smoke.browser.live import LiveBrowser
from smoke.browser.overlays import QUICK_S
from smoke.browser.visit import Visit
from smoke.environment.journeys import Landmark
from smoke.journeys.look import Look
from smoke.journeys.looking import Part, look
from tests.browser.chromium import environment, world
from tests.browser.site import Answer, Asked, Site

Bought = Callable[..., Look]

VEIL = "position: fixed; inset: 0; background: #ccc"
PAGE = """<!doctype html><title>Shop</title><body><div id=app{hidden}><h1>Shop</h1>
<button onclick="document.body.insertAdjacentHTML('beforeend', '<p role=status>Bought</p>')">Buy</button></div>
{overlay}<script>const gone = () => document.querySelector('#over').remove();{script}</script></body>"""


def buy(visit: Visit) -> None:
    """Press the button of the page and see what it says."""
    visit.go("web", "/")
    visit.see(Landmark(role="heading", name="Shop"))
    visit.press(visit.page.get_by_role("button", name="Buy"))
    visit.see(Landmark(role="status"))


@pytest.fixture
def bought(live: LiveBrowser, site: Site, tmp_path: Path) -> Bought:
    """Return a function that gives the look of somebody who buys on a page with an overlay."""

    def bought(overlay: str, script: str = "", hidden: str = "") -> Look:
        site.serve("/", PAGE.format(overlay=overlay, script=script, hidden=hidden))
        return look(world(live, environment(site), tmp_path), Part("buy", buy))

    return bought


@pytest.mark.parametrize(
    "inside",
    [
        "<p>We use cookies</p><button onclick=gone()>Accept all</button><button onclick=gone()>Only necessary</button>",
        "<p>Ten percent off!</p><input><button>Subscribe</button><button aria-label=Close onclick=gone()>x</button>",
        "<p>Neu hier?</p><a href=/tour>Tour</a><button onclick=gone()>Nein danke, schliessen</button>",
        "<p>News</p><button onclick=gone()>Show me around</button>",
    ],
)
def test_an_overlay_is_put_away(bought: Bought, inside: str) -> None:
    """Whatever it is about, what covers the control is told no, closed, or pressed where it has one button."""
    seen = bought(f"<div id=over style='{VEIL}'>{inside}</div>")

    assert (seen.met, seen.found) == (True, "")


def test_a_page_that_takes_its_time_is_pressed_once(live: LiveBrowser, site: Site, tmp_path: Path) -> None:
    """A form whose answer comes later than an overlay would be looked for was sent, and is not sent again."""
    site.serve("/", "<!doctype html><h1>Shop</h1><form method=get action=/bought><button>Buy</button></form>")

    def slow(_: Asked) -> Answer:
        site.release.wait(QUICK_S + 0.5)
        return Answer("<!doctype html><p role=status>Bought</p>")

    site.reply("/bought", slow)

    seen = look(world(live, environment(site), tmp_path), Part("buy", buy))

    assert (seen.met, seen.found) == (True, "")
    assert len(site.requests("GET", "/bought")) == 1


def test_a_banner_that_stays_and_covers_nothing_does_not_matter(bought: Bought) -> None:
    """Its script may come from a third party that is down: whoever reads on does not mind it."""
    seen = bought(
        "<div role=dialog style='position: fixed; bottom: 0'>We use cookies <button>Accept all</button></div>"
    )

    assert (seen.met, seen.found) == (True, "")


def test_escape_closes_what_has_no_button(bought: Bought) -> None:
    """A layer without any button is left by the key."""
    script = "addEventListener('keydown', event => event.key === 'Escape' && gone())"

    assert bought(f"<div id=over style='{VEIL}'>Hello</div>", script).met


def test_a_dialog_that_hides_the_page_from_roles_is_put_away(bought: Bought) -> None:
    """The landmark is looked for by its role, which a modal dialog takes from the rest of the page."""
    script = "document.querySelector('#over button').onclick = () => { app.removeAttribute('aria-hidden'); gone(); }"
    dialog = "<div id=over role=dialog aria-modal=true>Welcome<button>Not now</button></div>"

    assert bought(dialog, script, " aria-hidden=true").met


def test_what_cannot_be_put_away_is_the_products_fault(bought: Bought) -> None:
    """An overlay that stays keeps people out too."""
    seen = bought(f"<div id=over style='{VEIL}'>Loading</div>")

    assert not seen.met
    assert "Buy" in seen.found or "Shop" in seen.found


def test_what_covers_nothing_stays(bought: Bought, site: Site) -> None:
    """A banner at the edge of the page is not touched."""
    script = "let touched = () => fetch('/touched')"
    banner = "<div id=over style='position: fixed; bottom: 0'>Cookies<button onclick=touched()>Close</button></div>"

    assert bought(banner, script).met
    assert not site.requests("GET", "/touched")
