"""A form that is sent by the browser and again over fresh connections: green, red and undecided."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from smoke.browser.live import LiveBrowser
from smoke.http.exchange import Exchange, Failure, FailureKind, Request
from smoke.journeys import Result, run_journey
from smoke.verdict.words import Outcome
from tests.browser.chromium import environment, world
from tests.browser.site import Answer, Asked, Site

PAGE = """<!doctype html><h1>Contact</h1><form><label>Question <input name=question></label><button>{button}</button>
</form><script>document.forms[0].onsubmit = async (event) => {{
  event.preventDefault();
  const answer = await fetch('/questions', {{method: 'POST', body: event.target.question.value,
    headers: {{'x-key': '{key}', 'content-type': 'application/json'}}}});
  document.body.insertAdjacentHTML('beforeend', answer.ok ? '<p role=status>Sent</p>' : '<p role=alert>Failed</p>');
}}</script>"""
FORM = {
    "name": "contact",
    "flow": "form",
    "path": "/contact",
    "landmark": {"role": "heading", "name": "Contact"},
    "form": {
        "write": "question",
        "fill": {"Question": "Smoke?"},
        "submit": "Send",
        "result": {"role": "status"},
        "cleanup_path": "/questions/{id}",
    },
}
WRITE = {"name": "question", "service": "web", "methods": ["POST", "DELETE"], "path": "/questions*"}

Takes = Callable[[int, Asked], int]
"""Says with which status a submission is answered, by its number."""


def ask(request: Request, times: int) -> tuple[Exchange, ...]:
    """Send a request so often, each time on a fresh connection."""
    return tuple(_once(request) for _ in range(times))


def _once(request: Request) -> Exchange:
    sent = urllib.request.Request(request.url, request.content, dict(request.headers), method=request.method)
    try:
        with urllib.request.urlopen(sent, timeout=5) as answer:
            return Exchange(request, 0.0, 0.0, answer.status, tuple(answer.headers.items()), answer.read())
    except urllib.error.HTTPError as refusal:
        return Exchange(request, 0.0, 0.0, refusal.code)
    except (OSError, urllib.error.URLError):
        return Exchange(request, 0.0, 0.0, failure=Failure(FailureKind.RESET, "connection reset"))


@pytest.fixture
def sent(live: LiveBrowser, site: Site, tmp_path: Path) -> Callable[..., Result]:
    """Return a function that makes the journey to a form whose submissions are answered as it says."""

    def make(takes: Takes, button: str = "Send") -> Result:
        numbers = count()

        def answer(asked: Asked) -> Answer:
            number = next(numbers)
            status = takes(number, asked)
            return Answer(json.dumps({"id": f"q{number}"}), status, "application/json")

        site.reply("/contact", lambda _: Answer(PAGE.format(button=button, key=next(numbers))))
        site.reply("/questions", answer, method="POST")
        for number in range(80):
            site.serve(f"/questions/q{number}", "{}", method="DELETE")
        settings: dict[str, Any] = {
            "journeys": [FORM],
            "writes": [WRITE],
            "services": {"web": {"url": site.url, "replicas": 3}},
        }
        described = environment(site, **settings)
        return run_journey(described.journeys[0], replace(world(live, described, tmp_path), ask=ask))

    return make


@pytest.mark.parametrize("button", ["Send", "Off it goes"])
def test_accepted_every_time(sent: Callable[..., Result], site: Site, button: str) -> None:
    """One submission in the browser, eleven over fresh connections; all that they made is removed."""
    judgement = sent(lambda *_: 201, button).judgement

    assert judgement.outcome is Outcome.PASSED
    assert judgement.message.startswith("12 of 12 submissions (once by the browser, then the same request")
    assert {one.path.rpartition("/")[2] for one in site.requests("DELETE")} == {f"q{n}" for n in range(1, 13)}
    assert {one.body for one in site.requests("POST")} == {"Smoke?"}


@pytest.mark.parametrize("bad", [1, 2])
def test_refused_by_some_replicas(sent: Callable[..., Result], bad: int) -> None:
    """Whether the browser meets a good replica or a bad one, the share tells."""
    judgement = sent(lambda number, _: 404 if number % 3 < bad else 200).judgement

    assert judgement.outcome is Outcome.FAILED
    assert "the form at /contact is refused: HTTP 404 in" in judgement.message


def test_one_failure_does_not_condemn(sent: Callable[..., Result]) -> None:
    """A single refusal that is not seen again is noted."""
    judgement = sent(lambda number, _: 502 if number == 5 else 200).judgement

    assert judgement.outcome is Outcome.PASSED
    assert "HTTP 502 in 1 of" in judgement.facts["noted"]


def test_a_request_that_counts_only_once_is_sent_by_the_browser(sent: Callable[..., Result]) -> None:
    """A key that is used up makes repetitions fail; the form itself is fine each time it is opened."""
    used: set[str] = set()

    def takes(_number: int, asked: Asked) -> int:
        key = next(value for name, value in asked.headers.items() if name.lower() == "x-key")
        fresh = key not in used
        used.add(key)
        return 200 if fresh else 403

    judgement = sent(takes).judgement

    assert (judgement.outcome, judgement.facts["measured"]) == (Outcome.PASSED, {"repeatable": False})
    assert judgement.message == "6 of 6 submissions (by the browser) were accepted"


def test_refused_every_time(sent: Callable[..., Result]) -> None:
    """What nobody can send fails, by its status."""
    judgement = sent(lambda *_: 500).judgement

    assert judgement.outcome is Outcome.FAILED
    assert judgement.facts["failed_share"] == 1.0


def test_a_page_without_the_form_fails_as_a_page(sent: Callable[..., Result], site: Site) -> None:
    """Where nothing can be sent the page is at fault, seen twice."""
    sent(lambda *_: 200)
    site.asked.clear()
    judgement = sent(lambda *_: 200, "Send</button hidden><style>input{display:none}</style><button>").judgement

    assert judgement.outcome is Outcome.FAILED
    assert not site.requests("POST")
