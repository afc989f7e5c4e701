"""Evidence: real traces and screenshots, without a single secret in them."""

import base64
import json
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from smoke.browser.evidence import Evidence
from smoke.browser.live import LiveBrowser
from smoke.browser.scrub import NotScrubbed, scrub
from smoke.environment.redaction import Redactor
from tests.browser.site import Answer, Site

PASSWORD = 'pass"wörd/with &odd=signs'
COOKIE = "a-session-cookie-0123456789"
NEW_COOKIE = "a-fresh-cookie-9876543210"
TOKEN = "bearer-token-abcdef0123456789"
LOCAL = "value-in-local-storage-42424242"

PAGE = """<!doctype html><h1>Account</h1><p>%s</p><input value="typed"><script>
localStorage.kept = '%s';
fetch('/api?key=' + encodeURIComponent(%s), {headers: {authorization: 'Bearer %s'}});
</script>"""


def secrets() -> list[str]:
    """Return every secret in the forms in which it could be found."""
    plain = [PASSWORD, COOKIE, NEW_COOKIE, TOKEN, LOCAL]
    encoded = [quote(PASSWORD, safe=""), json.dumps(PASSWORD)[1:-1], base64.b64encode(PASSWORD.encode()).decode()]
    return [*plain, *encoded]


@pytest.fixture
def recorded(live: LiveBrowser, site: Site, tmp_path: Path) -> tuple[Evidence, tuple[str, ...]]:
    """Record a visit in which every kind of secret occurs, and keep it."""
    site.serve(
        "/",
        PAGE % (PASSWORD.replace('"', "&quot;"), LOCAL, json.dumps(PASSWORD), TOKEN),
        headers=(("set-cookie", f"fresh={NEW_COOKIE}; Path=/"),),
    )
    site.reply("/api", Answer(json.dumps({"echo": PASSWORD, "basic": base64.b64encode(PASSWORD.encode()).decode()})))
    evidence = Evidence(tmp_path / "browser", Redactor())
    for value in (PASSWORD, TOKEN):
        evidence.redactor.register(value)
    state = {"cookies": [{"name": "session", "value": COOKIE}], "origins": [{"localStorage": [{"value": LOCAL}]}]}
    evidence.remember(state)
    browser, _guard = live.open()
    context = browser.new_context()
    try:
        context.add_cookies([{"name": "session", "value": COOKIE, "url": site.url}])
        evidence.record(context)
        page = context.new_page()
        with page.expect_response("**/api?*"):
            page.goto(site.url)
        page.get_by_role("textbox").fill(PASSWORD)
        return evidence, evidence.keep(context, "account-2", traced=True)
    finally:
        context.close()


def test_no_secret_survives_in_a_trace(recorded: tuple[Evidence, tuple[str, ...]]) -> None:
    """Every member of a real trace is free of every secret in every form, and the trace still tells the story."""
    evidence, kept = recorded

    assert "browser/account-2.zip" in kept
    with zipfile.ZipFile(evidence.directory / "account-2.zip") as trace:
        members = {name: trace.read(name) for name in trace.namelist()}
    for secret in secrets():
        assert [name for name, data in members.items() if secret.encode() in data or secret in name] == []
    everything = b"".join(members.values())
    assert b"[redacted]" in everything
    assert b"Account" in everything
    assert any(b'"method":"fill"' in data.replace(b" ", b"") for data in members.values())


def test_screenshot_is_not_taken_of_a_secret(recorded: tuple[Evidence, tuple[str, ...]]) -> None:
    """A page that shows a secret which is not to be shown is not photographed, and that is said."""
    evidence, kept = recorded

    assert "browser/account-2.png" not in kept
    assert evidence.dropped == ["no screenshot of account-2: the page shows or asks for a secret"]


def test_what_a_user_may_see_of_himself_is_covered(live: LiveBrowser, site: Site, tmp_path: Path) -> None:
    """A page that greets the user by his address is photographed with the address covered."""
    evidence = Evidence(tmp_path / "browser", Redactor(), shown={"anna@example.jp"})
    evidence.redactor.register("anna@example.jp")
    site.serve("/", "<!doctype html><h1>Hello anna@example.jp</h1>")
    browser, _guard = live.open()
    context = browser.new_context()
    try:
        context.new_page().goto(site.url)
        assert evidence.keep(context, "home-1", traced=False) == ("browser/home-1.png",)
    finally:
        context.close()


def test_trace_that_cannot_be_read_is_dropped(tmp_path: Path) -> None:
    """A file that is no trace is not passed on."""
    broken = tmp_path / "trace.zip"
    broken.write_bytes(b"no zip")

    with pytest.raises(NotScrubbed):
        scrub(broken, tmp_path / "clean.zip", Redactor())
    assert list(tmp_path.iterdir()) == [broken]


def test_secret_in_a_picture_drops_the_trace(tmp_path: Path) -> None:
    """A picture cannot be rewritten, so a trace with a secret inside one is dropped as a whole."""
    redactor = Redactor()
    redactor.register(PASSWORD)
    source = tmp_path / "trace.zip"
    with zipfile.ZipFile(source, "w") as trace:
        trace.writestr("resources/a.png", b"\x89PNG comment: " + PASSWORD.encode())

    with pytest.raises(NotScrubbed, match=r"a\.png still holds a secret"):
        scrub(source, tmp_path / "clean.zip", redactor)
    assert not (tmp_path / "clean.zip").exists()


def test_lines_that_are_no_json_drop_the_trace(tmp_path: Path) -> None:
    """A trace of an unknown format is dropped rather than trusted."""
    source = tmp_path / "trace.zip"
    with zipfile.ZipFile(source, "w") as trace:
        trace.writestr("0-trace.trace", "not json")

    with pytest.raises(NotScrubbed):
        scrub(source, tmp_path / "clean.zip", Redactor())
