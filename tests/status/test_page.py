"""The status page, read as text and looked at in a real browser."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from smoke.alerts.incident import Incident, Kind, State
from smoke.alerts.look import look_of
from smoke.alerts.policy import Policy
from smoke.browser import executable
from smoke.browser.launch import machine
from smoke.canary.recording import Recorder
from smoke.environment.canary import Canary
from smoke.history import database
from smoke.history.records import PastIncident, Run, RunKind
from smoke.history.store import History
from smoke.status.gathering import EnvironmentHistory, gather
from smoke.status.page import brief, percent, render, write
from smoke.status.state import state_of
from smoke.verdict.words import Severity
from tests.outputs.verdicts import HOSTILE, check, verdict
from tests.status.made import CHECKS, COMMITS, NOW, fill

WIDTHS = {"phone": (360, 740), "tablet": (820, 1100), "desk": (1280, 900)}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[EnvironmentHistory], Path]]:
    """Return two environments with 90 days behind them, and the page of them."""
    directory = tmp_path_factory.mktemp("status")
    history = History(database.connect(database.location(directory, {})))
    fill(history, "portal/prod", 1)
    fill(history, "portal/staging", 2)
    yield gather(history, NOW), write(history, directory / "public", NOW)
    history.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable.find(), args=list(machine()))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, known: tuple[Any, Path], request: pytest.FixtureRequest) -> Iterator[Page]:
    """Return the page in a browser that may talk to nobody; what it complains of fails the test."""
    width, height = WIDTHS[getattr(request, "param", "desk")]
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(known[1].as_uri())
    yield opened
    context.close()
    assert complaints == []


class Balance(HTMLParser):
    """Counts what is open."""

    VOID = frozenset({"meta", "link", "br", "img", "line", "rect", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Open a tag."""
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Say nothing of a tag that closes itself."""


def test_it_needs_nothing_else(known: tuple[Any, Path]) -> None:
    """No script, no address but those of what it holds, and a policy that forbids the rest."""
    html = known[1].read_text("utf-8")
    assert "<script" not in html
    assert re.findall(r"(?:src|href)=\"(?!data:)[^\"]+", html) == []
    assert "default-src 'none'" in html
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    assert len(html) < 1_500_000


def test_a_row_for_each_environment_and_check(page: Page) -> None:
    """Each environment has a row of its own and one for each check, what fails first."""
    assert page.locator("section.environment h2").all_inner_texts() == ["portal/prod", "portal/staging"]
    first = page.locator("section.environment").first
    assert first.locator(".whole.row svg.strip").count() == 2
    assert first.locator("details").count() == len(CHECKS)
    assert first.locator("details svg.strip").count() == 2 * len(CHECKS)
    assert first.locator("summary .name span:nth-child(2)").first.inner_text() == "assets/web"


def test_latency(page: Page) -> None:
    """A click on a check shows how long it took over the day, with the releases on its time axis."""
    check = page.locator("details", has_text="journey/checkout").first
    assert not check.locator("svg.plot").is_visible()
    check.locator("summary").click()
    plot = check.locator("svg.plot")
    assert plot.is_visible()
    assert plot.locator("polyline").count() == 2  # the night without looks breaks the line
    assert plot.locator("line.mark").count() == 2
    assert "as a rule" in check.locator(".figure p").inner_text()
    box = plot.bounding_box()
    assert box is not None
    assert box["height"] > 80


def test_releases_are_named_on_the_axis(page: Page) -> None:
    """The releases of the day are named above the strips, and listed with what became of them."""
    section = page.locator("section.environment").first
    assert section.locator(".releases-text text").all_text_contents() == [COMMITS[1][:7], COMMITS[0][:7]]
    assert section.locator(".releases li").first.inner_text().startswith(COMMITS[1][:12])
    assert "release 9f1c2ab, verified: pass" in section.locator(".whole line.mark title").all_text_contents()[0]


def test_incidents(page: Page) -> None:
    """Incidents say what, when, how long, and whose late fault it was."""
    said = page.locator(".incidents").first.inner_text()
    assert "journey/invoices, read/invoices; the late fault of release 9f1c2ab" in said
    assert "2027-01-15 12:00 UTC, for 2 h" in said
    assert "could not be judged" in said


@pytest.mark.parametrize("page", WIDTHS, indirect=True)
def test_every_width(page: Page) -> None:
    """Nothing sticks out sideways, nothing that is to be read is smaller than 11 pixels, and strips are wide enough."""
    page.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.childNodes.length && [...e.childNodes].some("
        "n => n.nodeType == 3 && n.data.trim()) && e.tagName != 'title' && e.tagName != 'TITLE' "
        "&& parseFloat(getComputedStyle(e).fontSize) < 11).map(e => e.outerHTML.slice(0, 80))"
    )
    assert small == []
    box = page.locator(".whole svg.strip").first.bounding_box()
    assert box is not None
    assert box["width"] > 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(page: Page, scheme: str) -> None:
    """Words can be read in the light and in the dark: at least 4.5 to 1 against what lies behind them."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.locator("summary").first.click()
    poor = page.evaluate(CONTRAST)
    assert poor == []


CONTRAST = """() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const poor = [];
  for (const e of document.querySelectorAll('h1, h2, h3, p, span, b, small, code, li, text')) {
    if (![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), ink = parse(e.tagName == 'text' ? style.fill : style.color);
    const [high, low] = [lum(ink), lum(behind(e))].sort((a, b) => b - a);
    const ratio = (high + .05) / (low + .05);
    if (ratio < 4.5) poor.push(`${e.className} ${e.textContent.slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return [...new Set(poor)];
}"""


def test_words_of_the_target_are_harmless(tmp_path: Path) -> None:
    """What a target says is kept and shown as text, whatever it is."""
    history = History(database.connect(database.location(tmp_path, {})))
    hostile = verdict("fail", [check("page/home", "immediate", "failed", message=HOSTILE)], summary=HOSTILE)
    hostile["release"]["observed"] = {"web": {"commits": {HOSTILE: 3}}}
    look = look_of(hostile)
    run = Run("run-1", look.environment, RunKind.SCHEDULED, look.began_at)
    Recorder(history, Canary(), Policy()).record(run, hostile)
    html = write(history, tmp_path, look.ended_at).read_text("utf-8")
    history.close()
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\u2066]", html)


def test_nothing_yet(tmp_path: Path) -> None:
    """A history without looks is a page that says how to begin."""
    history = History(database.connect(database.location(tmp_path, {})))
    assert "smoke canary ENV" in write(history, tmp_path, NOW).read_text("utf-8")
    history.close()


def test_how_it_is_now(known: tuple[list[EnvironmentHistory], Path]) -> None:
    """A badge says how the environment is; a canary that is silent is no proof that all is well."""
    one = known[0][0]
    assert one.last is not None
    incident = Incident("i", Kind.FAILING, Severity.CRITICAL, NOW - 600, NOW, ("a/1", "a/2", "a/3", "a/4"))

    def word(**changes: Any) -> tuple[str, str]:
        state = state_of(replace(one, **changes))
        return state.word, state.sentence

    assert word() == ("sound", "last look 15:58 UTC")
    assert word(state=State(incident=incident)) == ("failing", "a/1, a/2, a/3 and 1 more; since 15:50 UTC, for 10 min")
    assert word(state=State(incident=replace(incident, kind=Kind.UNCLEAR)))[0] == "unclear"
    assert word(last=replace(one.last, standing="failing"))[0] == "failing once"
    assert word(last=replace(one.last, standing="aside", summary="a deploy is going on"))[0] == "standing aside"
    assert word(last=replace(one.last, standing="unclear"))[0] == "unclear"
    assert word(last=None)[0] == "never looked at"
    assert word(now=NOW + 7200) == ("unknown", "no look for 2 h 2 min; last look 15:58 UTC")


def test_an_open_incident(known: tuple[list[EnvironmentHistory], Path]) -> None:
    """An incident that goes on says for how long, and the title of the page counts it."""
    incident = Incident("i", Kind.FAILING, Severity.CRITICAL, NOW - 600, NOW, ("page/home",))
    past = PastIncident("i", "portal/prod", "failing", "critical", NOW - 600, NOW, None, ("page/home",))
    html = render([replace(known[0][0], state=State(incident=incident), incidents=(past,))], NOW)
    assert "<title>1 failing · portal/prod</title>" in html
    assert "for 10 min, still open" in html


@pytest.mark.parametrize(
    ("share", "said"), [(None, "no data"), (1.0, "100 %"), (0.99999, "99.99 %"), (0.9912, "99.12 %"), (0.5, "50.0 %")]
)
def test_percent(share: float | None, said: str) -> None:
    """What is not all is never shown as all."""
    assert percent(share) == said


def test_brief() -> None:
    """Short times are said in milliseconds."""
    assert (brief(0.0123), brief(1.44)) == ("12 ms", "1.4 s")
