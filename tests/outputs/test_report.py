"""`report.html`, as people see it in a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from smoke.outputs import report
from smoke.outputs.answer import VerdictJson
from tests.outputs import verdicts

SWITCHES = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium: the system's, or else Playwright's own."""
    with sync_playwright() as playwright:
        system = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=system, args=[*SWITCHES, "--disable-gpu", *sandbox])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that would run scripts, if the report let it."""
    opened = browser.new_page()
    yield opened
    opened.close()


def shown(page: Page, run: Path, verdict: VerdictJson) -> list[Request]:
    """Open the report of *verdict* and return every request that was made for it."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - marks its handlers, builtins refuse
    report.write(run, verdict)
    page.goto((run / "report.html").as_uri())
    return requests


@pytest.mark.parametrize("kind", sorted(verdicts.ALL))
def test_opens_with_the_answer(page: Page, tmp_path: Path, kind: str) -> None:
    """The heading says verdict and action, and the sentence under it says why."""
    verdict = verdicts.ALL[kind]()
    shown(page, tmp_path, verdict)
    assert page.locator("h1").inner_text().lower().startswith(verdict["verdict"])
    assert page.locator("header .summary").inner_text() == verdict["summary"]
    assert page.title().startswith(verdict["verdict"].upper())


def test_needs_nothing_else(page: Page, tmp_path: Path) -> None:
    """The page makes no request but for itself and what it embeds, and its policy forbids any."""
    (tmp_path / "browser").mkdir()
    (tmp_path / "browser/journey-invoices.png").write_bytes(PIXEL)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    requests = shown(page, tmp_path, verdicts.failing())
    assert [one.url for one in requests if not one.url.startswith("data:")] == [(tmp_path / "report.html").as_uri()]
    assert problems == []
    assert page.locator(".shot img").evaluate("image => image.naturalWidth") == 1
    assert page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor") == "rgb(163, 32, 32)"


def test_hostile_text_stays_text(page: Page, tmp_path: Path) -> None:
    """Nothing that a target says is executed, loaded or taken for markup."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    requests = shown(page, tmp_path, verdicts.hostile())
    assert page.title() == "FAIL · portal/prod · roll back web"
    assert [one.url for one in requests if not one.url.startswith("data:")] == [(tmp_path / "report.html").as_uri()]
    assert page.locator("script, main img, iframe, object, style:not(head style)").count() == 0
    assert page.locator("a:not([href^='#']):not([href^='./'])").count() == 0
    assert "<script>document.title='owned'</script>" in page.locator("#findings").inner_text()
    assert problems == []
    assert (tmp_path / "report.html").stat().st_size < 400_000


def test_a_script_would_not_run(page: Page, tmp_path: Path) -> None:
    """Even if escaping failed, the page's policy stops a script."""
    report.write(tmp_path, verdicts.failing())
    file = tmp_path / "report.html"
    attack = "<script>document.title='owned'</script><img src='x' onerror=\"document.title='owned'\">"
    file.write_text(file.read_text(encoding="utf-8").replace("<main", f"{attack}<main", 1), encoding="utf-8")
    page.goto(file.as_uri())
    assert page.title() == "FAIL · portal/prod · roll back bff"


def test_what_did_not_pass_is_shown_first(page: Page, tmp_path: Path) -> None:
    """Problems are unfolded and alone, until all findings, or those that passed, are asked for."""
    shown(page, tmp_path, verdicts.failing())
    visible = page.locator("details.check:visible")
    assert visible.locator(".id").all_inner_texts() == [
        "page/home",
        "journey/invoices",
        "read/invoices",
        "dependency/salesforce",
    ]
    page.get_by_text("All 27").click()
    assert visible.count() == 27
    page.get_by_text("Passed 23").click()
    assert visible.count() == 23
    assert page.locator("details.failed:visible").count() == 0


def test_filters_work_from_the_keyboard(page: Page, tmp_path: Path) -> None:
    """Nobody needs a mouse to see all findings."""
    shown(page, tmp_path, verdicts.failing())
    page.get_by_label("Not passed 4").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("details.check:visible").count() == 27


def test_a_finding_says_everything(page: Page, tmp_path: Path) -> None:
    """Promise, expected, found, effort, evidence and the command are there, the command to be copied whole."""
    (tmp_path / "browser").mkdir()
    (tmp_path / "browser/journey-invoices.zip").write_bytes(b"PK")
    shown(page, tmp_path, verdicts.failing())
    finding = page.locator("details.check", has=page.get_by_text("journey/invoices", exact=True))
    text = finding.inner_text()
    for part in ("A person sees their invoices.", "cause: release", "3 rounds, 9 samples", "6.0 s"):
        assert part in text
    assert finding.locator(".compared pre").all_inner_texts() == [
        'at least 1 row in the table "Invoices"',
        "0 rows; the page says: No invoices yet",
    ]
    assert finding.locator(".evidence a").get_attribute("href") == "./browser/journey-invoices.zip"
    assert "browser/journey-invoices.png (not kept)" in text
    finding.locator(".command").click()
    assert page.evaluate("getSelection().toString()") == verdicts.failing()["checks"][17]["reproduce"]


def test_census_tells_releases_apart(page: Page, tmp_path: Path) -> None:
    """A replica set that serves two releases is seen at a glance."""
    shown(page, tmp_path, verdicts.failing())
    bff = page.locator("#census article", has=page.get_by_role("heading", name="bff"))
    assert bff.locator(".share p").all_inner_texts() == [
        "9f1c2ab\nexpected\n16 answers",
        "4e77d01\nprevious\n8 answers",
    ]
    assert bff.locator(".share.previous .part").get_attribute("width") == "33.3%"
    assert "3 replicas" in bff.inner_text()


def test_timeline_leads_to_findings(page: Page, tmp_path: Path) -> None:
    """Every check that was looked at has a bar that leads to its finding."""
    shown(page, tmp_path, verdicts.failing())
    bars = page.locator("#timeline a")
    assert bars.count() == 27
    for target in bars.evaluate_all("bars => bars.map(bar => bar.getAttribute('href'))"):
        assert page.locator(f"details{target}").count() == 1


def test_reasons_say_once_what_is_the_same(page: Page, tmp_path: Path) -> None:
    """26 checks that fail for one reason are one entry that leads to each of them."""
    shown(page, tmp_path, verdicts.runner())
    assert page.locator(".cause li").count() == 1
    assert page.locator(".cause li a").count() == 26


@pytest.mark.parametrize("kind", [*sorted(verdicts.ALL), "hostile"])
def test_is_readable_on_a_phone(page: Page, tmp_path: Path, kind: str) -> None:
    """Nothing is wider than a narrow screen."""
    page.set_viewport_size({"width": 360, "height": 740})
    shown(page, tmp_path, verdicts.ALL.get(kind, verdicts.hostile)())
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(246, 247, 249)"), ("dark", "rgb(14, 17, 22)")])
def test_follows_the_colour_scheme(page: Page, tmp_path: Path, scheme: str, paper: str) -> None:
    """At night it is dark."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    shown(page, tmp_path, verdicts.failing())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper


def test_pictures_are_bounded(tmp_path: Path) -> None:
    """Many large screenshots are linked, so that the page stays small."""
    (tmp_path / "browser").mkdir()
    names = [f"browser/{number}.png" for number in range(20)]
    for name in names:
        (tmp_path / name).write_bytes(PIXEL + bytes(400_000))
    big = verdicts.check("journey/login", "functional", "failed", evidence=[*names, "browser/huge.png"])
    (tmp_path / "browser/huge.png").write_bytes(PIXEL + bytes(600_000))
    text = report.render(verdicts.verdict("fail", [big]), tmp_path)
    assert 5 < text.count("data:image/png") < 12
    assert text.count('href="./browser/') >= 21
    assert len(text) < report.PICTURES_BYTES + 100_000


def test_a_verdict_that_cannot_be_shown_is_a_value_error(tmp_path: Path) -> None:
    """A missing key is named, and is no crash of the template engine."""
    verdict = verdicts.failing()
    del verdict["suite"]
    with pytest.raises(ValueError, match=r"report\.html\.jinja: .*suite"):
        report.render(verdict, tmp_path)
