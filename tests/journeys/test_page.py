"""Pages described in the environment file: green, red and undecided in a real browser."""

import base64
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from smoke.browser.live import LiveBrowser
from smoke.environment.journeys import Journey, Landmark
from smoke.errors import SecretMissing
from smoke.journeys import Result, run_journey
from smoke.journeys.looking import Part, look
from smoke.journeys.page import look_at_page
from smoke.verdict.words import Cause, Outcome
from tests.browser.chromium import environment, world
from tests.browser.site import Answer, Asked, Site, running

HEADING = "<h1>Invoices</h1>"
TABLE = """<table aria-label="Invoices"><tr><th>Number</th><th>Total</th></tr>
<tr><td>INV-1</td><td>105.19</td></tr><tr><td>INV-2</td><td>9.00</td></tr></table>"""
EMPTY_TABLE = """<table aria-label="Invoices"><tr><th>Number</th><th>Total</th></tr>
<tr><td></td><td></td></tr><tr><td colspan="2">No invoices</td></tr></table>"""
GRAPHQL = "fetch('/graphql', {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}})"
FULL: dict[str, Any] = {"rows": {"at_least": 2, "within": {"role": "table", "name": "Invoices"}}}


@pytest.fixture
def made(live: LiveBrowser, site: Site, tmp_path: Path) -> Any:
    """Return a function that makes the journey to the site's `/invoices`."""

    def make(*, changes: dict[str, Any] | None = None, remaining_s: float = 60.0, **journey: Any) -> Result:
        described = {"name": "invoices", "path": "/invoices", "landmark": {"role": "heading", "name": "Invoices"}}
        place = world(live, environment(site, **(changes or {})), tmp_path, remaining_s=lambda: remaining_s)
        return run_journey(Journey.model_validate({**described, **journey}), place)

    return make


def html(body: str, script: str = "") -> str:
    """Return a page."""
    return f"<!doctype html><title>Portal</title><body>{body}<script>{script}</script></body>"


def test_passes_when_everything_shows(made: Any, site: Site) -> None:
    """Landmark, rows and texts that are there make the journey pass in one look, without evidence."""
    site.serve("/invoices", html(HEADING + TABLE))

    result = made(**FULL, contains=("INV-1",), absent=("Error 7",))

    assert result.judgement.outcome is Outcome.PASSED
    assert (result.rounds, result.evidence) == (1, ())
    assert "noted" not in result.judgement.facts


GATE = {"authorization": {"env": "GATE", "scheme": "Basic", "browser": True}}
WORD = "user:correct horse"


def gated(live: LiveBrowser, site: Site, folder: Path, secret: Any) -> Result:
    """Make the journey to a page that lies behind a gate which wants a password."""

    def page(asked: Asked) -> Answer:
        proof = {name.lower(): value for name, value in asked.headers.items()}.get("authorization", "")
        is_let_in = proof == f"Basic {base64.b64encode(WORD.encode()).decode()}"
        return Answer(html(HEADING + proof if is_let_in else "Who are you?"), 200 if is_let_in else 401)

    site.reply("/invoices", page)
    described = environment(site, services={"web": {"url": site.url, "headers": GATE}})
    journey = {"name": "invoices", "path": "/invoices", "landmark": {"role": "heading", "name": "Invoices"}}
    place = world(live, described, folder, secret=secret)
    return run_journey(Journey.model_validate({**journey, "absent": ["Basic"]}), place)


def test_no_evidence_holds_the_password_of_a_gate(live: LiveBrowser, site: Site, tmp_path: Path) -> None:
    """The browser passes the gate, and what is kept of a journey that failed behind it does not tell how."""
    result = gated(live, site, tmp_path, lambda _reference: WORD)

    assert result.judgement.outcome is Outcome.FAILED
    assert {one.headers.get("authorization", "")[:6] for one in site.requests("GET", "/invoices")} == {"Basic "}
    traces = [file for file in (tmp_path / "browser").rglob("*") if file.is_file()]
    assert any(file.suffix == ".zip" for file in traces)
    encoded = base64.b64encode(WORD.encode())
    for file in traces:
        kept = [file.read_bytes()]
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as trace:
                kept += [trace.read(name) for name in trace.namelist()]
        if file.suffix != ".png":  # the page shows what it was sent; no product does
            assert not [one for one in kept if encoded in one or WORD.encode() in one], file
    assert encoded.decode() not in f"{result.judgement}"


def test_without_the_password_of_a_gate(live: LiveBrowser, site: Site, tmp_path: Path) -> None:
    """Nothing is opened, and the journey says what is missing."""

    def missing(_reference: Any) -> str:
        raise SecretMissing("the variable GATE is not set; set GATE")

    judgement = gated(live, site, tmp_path, missing).judgement

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    assert judgement.message == "requests to web carry authorization, but the variable GATE is not set; set GATE"
    assert site.asked == []


def test_waits_for_what_comes_late(made: Any, site: Site) -> None:
    """Rows that a script adds after a while count."""
    late = f"setTimeout(() => document.body.insertAdjacentHTML('beforeend', `{TABLE}`), 700)"
    site.serve("/invoices", html(HEADING, late))

    assert made(**FULL).judgement.outcome is Outcome.PASSED


def test_headers_blank_rows_and_placeholders_are_no_rows(made: Any, site: Site) -> None:
    """A table that has only a header, a blank row and "No invoices" has no row."""
    site.serve("/invoices", html(HEADING + EMPTY_TABLE))

    judgement = made(rows={"at_least": 1, "within": {"role": "table", "name": "Invoices"}}).judgement

    assert judgement.outcome is Outcome.FAILED
    assert judgement.message == (
        "expected at least 1 row in the table 'Invoices', found 0 rows in the table 'Invoices' "
        "(in 2 looks, each in a fresh browser context)"
    )


def test_too_few_rows_fail_with_evidence(made: Any, site: Site, tmp_path: Path) -> None:
    """One row where two are due fails, in two looks, with a screenshot of each and a trace of the second."""
    site.serve("/invoices", html(HEADING + TABLE))

    result = made(rows={"at_least": 3})

    assert result.judgement.outcome is Outcome.FAILED
    assert "found 2 rows" in result.judgement.message
    assert result.evidence == ("browser/invoices-1.png", "browser/invoices-2.png", "browser/invoices-2.zip")
    assert all((tmp_path / path).stat().st_size > 0 for path in result.evidence)


def test_white_screen_is_a_fault(made: Any, site: Site) -> None:
    """A script that throws before it draws fails the journey at once and names the error."""
    site.serve("/invoices", html("", "throw new TypeError('features is undefined')"))

    began = time.monotonic()
    judgement = made(changes={"browser": {"timeout_s": 20.0}}).judgement

    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("an uncaught error: features is undefined")
    assert "found a blank page at /invoices" in judgement.message
    assert judgement.facts["answered"] is True
    assert time.monotonic() - began < 15, "a page that is broken is not waited for to the end"


def test_missing_chunk_is_a_fault(made: Any, site: Site) -> None:
    """A chunk that answers 404 fails the journey although the landmark shows."""
    site.serve("/invoices", html(HEADING, "import('/assets/chunk-9f1c2ab.js').catch(() => 0)"))

    judgement = made().judgement

    assert judgement.outcome is Outcome.FAILED
    assert f"GET {site.url}/assets/chunk-9f1c2ab.js answered HTTP 404" in judgement.message
    assert judgement.facts["signature"] == "error status 404 /assets/chunk-*.js"


def test_html_in_place_of_a_script_is_a_fault(made: Any, site: Site) -> None:
    """A catch-all that serves the page as a script fails the journey."""
    site.serve("/invoices", html(HEADING + '<script type="module" src="/main.js"></script>'))
    site.serve("/main.js", html(HEADING))

    assert "is served as text/html, which is no script" in made().judgement.message


def test_data_that_answers_500_after_the_landmark_is_a_fault(made: Any, site: Site) -> None:
    """What is still under way when the landmark shows is waited for and counts."""

    def slow(asked: Asked) -> Answer:
        site.release.wait(0.4)
        return Answer("{}", 500, "application/json")

    site.serve("/invoices", html(HEADING, "fetch('/api/invoices')"))
    site.reply("/api/invoices", slow)

    assert f"GET {site.url}/api/invoices answered HTTP 500" in made().judgement.message


@pytest.mark.parametrize("phrase", ["Something went wrong", "Application error: a client-side exception"])
def test_error_phrase_beside_the_landmark_is_a_fault(made: Any, site: Site, phrase: str) -> None:
    """A page that shows its landmark and yet admits an error fails."""
    site.serve("/invoices", html(f"{HEADING}<p>{phrase}</p>"))

    assert "expected a page without an error message" in made().judgement.message


def test_error_phrase_in_a_script_is_none(made: Any, site: Site) -> None:
    """Only what a person reads counts."""
    site.serve("/invoices", html(HEADING, "const text = 'Something went wrong'"))

    assert made().judgement.outcome is Outcome.PASSED


def test_error_page_with_200_is_named(made: Any, site: Site) -> None:
    """An error page in place of the right one is recognised by what it says."""
    site.serve("/invoices", html("<h1>Something went wrong</h1>"))

    assert "found an error page at /invoices: 'something went wrong'" in made().judgement.message


def test_text_that_must_not_show_is_a_fault(made: Any, site: Site) -> None:
    """A text that the environment file forbids fails the journey."""
    site.serve("/invoices", html(HEADING + "<p>Test mode</p>"))

    assert "expected no text 'Test mode'" in made(absent=("Test mode",)).judgement.message


def test_one_failure_does_not_condemn(made: Any, site: Site) -> None:
    """A page that fails once and then works passes, and the failure is noted."""
    looks = iter([Answer("", 502), *[Answer(html(HEADING))] * 9])
    site.reply("/invoices", lambda asked: next(looks))

    result = made()

    assert result.judgement.outcome is Outcome.PASSED
    assert result.rounds == 2
    assert result.judgement.facts["noted"].startswith("failed at first (")
    assert "HTTP 502" in result.judgement.facts["noted"]


def test_three_different_failures_condemn(made: Any, site: Site) -> None:
    """A page that fails differently each time is looked at a third time, and then fails."""
    looks = iter([Answer("", 502), Answer(html("", "throw new Error('boom')")), Answer(html("<h1>Elsewhere</h1>"))])
    site.reply("/invoices", lambda asked: next(looks))

    result = made()

    assert result.judgement.outcome is Outcome.FAILED
    assert result.rounds == 3


def test_one_dropped_connection_that_the_page_survives_is_noise(made: Any, site: Site) -> None:
    """A single request of ours that is cut off is noted when the page came up without it."""
    site.serve("/invoices", html(HEADING, "fetch('/api/hint').catch(() => 0)"))
    site.reply("/api/hint", Answer(status=0))

    result = made()

    assert result.judgement.outcome is Outcome.PASSED
    assert "the page came up without it" in result.judgement.facts["noted"]


def test_no_answer_from_the_page_keeps_its_kind(made: Any, site: Site) -> None:
    """A page that cannot be reached says how, so that causes can be attributed."""
    gone = f"http://127.0.0.1:{_free_port()}"

    judgement = made(changes={"services": {"web": {"url": gone}}}).judgement

    assert judgement.outcome is Outcome.FAILED
    assert judgement.facts["failure_kinds"] == ["connection refused"]
    assert judgement.facts["local"] is True
    assert judgement.facts["answered"] is False


def test_third_party_that_fails_is_only_noted(made: Any, site: Site) -> None:
    """A dead script of a third party that the environment allows does not matter."""
    site.serve("/invoices", html(f'{HEADING}<script src="http://localhost:{_free_port()}/widget.js"></script>'))

    judgement = made(changes={"browser": {"allowed_hosts": ["localhost"]}}).judgement

    assert judgement.outcome is Outcome.PASSED
    assert "/widget.js got no answer: ERR_CONNECTION_REFUSED" in judgement.facts["noted"]


def test_third_party_that_hangs_does_not_hold_up(made: Any, site: Site) -> None:
    """A page whose widget never loads is seen as soon as its landmark shows."""
    with running() as widget:
        widget.reply("/widget.js", lambda asked: (widget.release.wait(20), Answer())[1])
        hung = f'<script async src="http://localhost:{widget.port}/widget.js"></script>'
        site.serve("/invoices", html(hung + HEADING))
        began = time.monotonic()

        judgement = made(changes={"browser": {"allowed_hosts": ["localhost"]}}).judgement

    assert judgement.outcome is Outcome.PASSED
    assert time.monotonic() - began < 15


def test_data_request_that_hangs_is_noted(made: Any, site: Site) -> None:
    """A request of ours that gets no answer, though the page shows, is told and not judged."""
    site.reply("/stats", lambda asked: (site.release.wait(20), Answer())[1])
    site.serve("/invoices", html(HEADING, "fetch('/stats?for=anna')"))

    judgement = made().judgement

    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == f"GET {site.url}/stats had not answered after 2 s"


def test_data_from_a_developers_machine_is_a_fault(made: Any, site: Site) -> None:
    """A release that was built with the address of a developer's machine fails although the page shows."""
    with running() as other:
        other.serve("/api", "[]", headers=(("access-control-allow-origin", "*"),))
        site.serve("/invoices", html(HEADING, f"fetch('http://localhost:{other.port}/api').catch(() => 0)"))

        judgement = made().judgement

        assert judgement.outcome is Outcome.FAILED
        assert (
            f"localhost:{other.port} (xhr), an address that only a developer's machine can reach" in judgement.message
        )
        assert other.asked == [], "nothing is sent there"


def test_content_security_policy_that_blocks_our_script_is_a_fault(made: Any, site: Site) -> None:
    """A policy that blocks the page's own script is a fault though the landmark shows."""
    policy = (("content-security-policy", "script-src 'none'"),)
    site.serve("/invoices", html(HEADING + '<script src="/main.js"></script>'), headers=policy)

    judgement = made().judgement

    assert judgement.outcome is Outcome.FAILED
    assert f"the content security policy (script-src-elem) blocked {site.url}/main.js" in judgement.message


def test_policy_that_only_reports_is_none(made: Any, site: Site) -> None:
    """A policy in report-only mode blocks nothing, so nothing is said."""
    policy = (("content-security-policy-report-only", "script-src 'none'"),)
    site.serve("/invoices", html(HEADING, "1"), headers=policy)

    assert made().judgement.outcome is Outcome.PASSED


def test_refused_preflight_is_a_fault(made: Any, site: Site) -> None:
    """A preflight that the API refuses fails the journey: the guard does not answer it in the API's place."""
    with running() as api:
        api.serve("/data", "[]", headers=(("access-control-allow-origin", "*"),))
        script = f"fetch('{api.url}/data', {{headers: {{'x-tenant': '1'}}}}).catch(() => 0)"
        site.serve("/invoices", html(HEADING, script))

        judgement = made(changes={"services": {"web": {"url": site.url}, "api": {"url": api.url}}}).judgement

    assert judgement.outcome is Outcome.FAILED
    assert f"GET {api.url}/data got no answer: ERR_FAILED" in judgement.message


def test_page_that_needs_a_forbidden_write_is_undecided(made: Any, site: Site) -> None:
    """A page that reads by POST cannot be judged until the file allows it; the message says so."""
    script = f"{GRAPHQL}.then(() => document.body.innerHTML = '<h1>Invoices</h1>', () => 0)"
    site.serve("/invoices", html("", script))
    site.serve("/graphql", "{}", method="POST")

    judgement = made().judgement

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert f"POST {site.url}/graphql was held back" in judgement.message
    assert site.requests("POST") == []


def test_write_that_the_file_allows_goes_through(made: Any, site: Site) -> None:
    """The same page passes once the environment file allows its POST."""
    script = f"{GRAPHQL}.then(() => document.body.innerHTML = '<h1>Invoices</h1>')"
    site.serve("/invoices", html("", script))
    site.serve("/graphql", "{}", method="POST")
    allowed = [{"name": "graphql", "service": "web", "methods": ["POST"], "path": "/graphql"}]

    assert made(changes={"writes": allowed}).judgement.outcome is Outcome.PASSED


def test_held_back_telemetry_excuses_nothing(made: Any, site: Site) -> None:
    """A page that reports its visit and its error by POST of bare text is broken by its error, not by the guard."""
    report = "fetch('/monitoring', {method: 'POST', body: 'seen'}).catch(() => 0); throw new Error('boom')"
    site.serve("/invoices", html("", report))

    assert made().judgement.outcome is Outcome.FAILED
    assert site.requests("POST") == []


def test_error_before_a_held_back_write_stays_a_fault(made: Any, site: Site) -> None:
    """A page that throws and later sends JSON is broken: what is held back afterwards excuses nothing."""
    post = "fetch('/errors', {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}})"
    site.serve("/invoices", html("", f"setTimeout(() => {post}.catch(() => 0), 200); throw new Error('boom')"))

    assert made().judgement.outcome is Outcome.FAILED


def test_redirect_to_another_host_is_named(made: Any, site: Site) -> None:
    """A wall in front of the environment is said to be one, and kept as a fact."""
    with running() as wall:
        wall.serve("/login", html("<h1>Single sign-on</h1>"))
        site.reply("/invoices", Answer(status=302, headers=(("location", f"http://localhost:{wall.port}/login"),)))

        judgement = made().judgement

    assert judgement.outcome is Outcome.FAILED
    assert "localhost" in judgement.message


def test_budget_that_ends_leaves_it_undecided(made: Any, site: Site) -> None:
    """A journey for which no time is left is undecided, never failed."""
    site.serve("/invoices", html("<p>still loading</p>"))

    judgement = made(remaining_s=0.2).judgement

    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "budget" in judgement.message


def test_page_that_hangs_ends_in_time(live: LiveBrowser, site: Site, tmp_path: Path) -> None:
    """A page whose script never returns is described as such soon after its limit."""
    site.serve("/invoices", html("<p>hanging</p>", "for (;;);"))
    journey = Journey(name="invoices", path="/invoices", landmark=Landmark(role="heading", name="Invoices"))
    began = time.monotonic()

    seen = look(world(live, environment(site), tmp_path), Part("invoices", lambda visit: look_at_page(visit, journey)))

    assert seen.found == "a page that does not respond"
    assert time.monotonic() - began < 10


def test_consent_banner_is_put_away(made: Any, site: Site) -> None:
    """A banner that covers the page does not keep a person, nor a journey, from seeing it."""
    banner = "<div role=dialog>We use cookies<button onclick='this.parentNode.remove()'>Reject all</button></div>"
    site.serve("/invoices", html(banner + HEADING))

    assert made().judgement.outcome is Outcome.PASSED


def _free_port() -> int:
    with running() as site:
        return site.port
