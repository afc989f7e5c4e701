"""Nothing that is meant for developers is shown to visitors."""

from time import perf_counter
from typing import Any

import pytest

from smoke.checks._debug_output import debug_output, private_file
from smoke.checks.exposure import UNKNOWN, checks
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    Answer,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)

NOT_FOUND = json_answer({"message": "Cannot GET /x", "error": "Not Found", "statusCode": 404}, 404)
TRACE = answer('Traceback (most recent call last):\n  File "/srv/app.py", line 3, in view', 500)

SHOWN = {
    "a debug page of Django": "<p>You\u2019re seeing this error because you have <code>DEBUG = True</code> in your",
    "the debugger of Werkzeug": "<title>KeyError // Werkzeug Debugger</title>",
    "a debug page of Rails": "<title>Action Controller: Exception caught</title>",
    "a debug page of Laravel": "Illuminate\\Routing\\RouteCollection",
    "a debug page of Symfony": "<title>No route found (404 Not Found) - Symfony Exception</title>",
    "a debug page of ASP.NET": "<b>Stack Trace:</b> <br><br>",
    "the page of phpinfo": "<title>PHP 8.3.1 - phpinfo()</title>",
    "a Python stack trace": "Traceback (most recent call last):",
    "a Java stack trace": "at org.springframework.web.servlet.DispatcherServlet.doService(DispatcherServlet.java:979)",
    "a JavaScript stack trace": "Error: x<br> &nbsp; &nbsp;at Layer.handle (/app/node_modules/express/layer.js:95:5)",
    "a PHP stack trace": "Stack trace:\n#0 /var/www/html/index.php(12): handle()",
    "a .NET stack trace": "at Shop.Controllers.Home.Index(Int32 id) in /src/Home.cs:line 42",
    "a Ruby stack trace": "app/controllers/orders_controller.rb:12:in `show'",
    "a Go stack trace": "goroutine 18 [running]:",
    "a listing of a directory": "<html><head><title>Index of /uploads</title>",
    "values of secret settings": '{"DB_PASSWORD": "hunter2-hunter2", "STRIPE_SECRET_KEY": "sk_live_0123456789"}',
}

PLAIN = [
    html("<h1>404</h1><p>The page could not be found. Traceback is a film.</p>", 404),
    html("<h1>Whitelabel Error Page</h1><p>There was an unexpected error (type=Not Found, status=404).</p>", 404),
    html('<div id="root"></div><script>window.ENV={"API_URL":"https://api.test"}</script>'),
    html('<script>window.ENV={"NEXT_PUBLIC_API_KEY":"AIzaSyA-0123","VITE_SECRET_SAUCE":"for browsers"}</script>'),
    html('<script>window.ENV={"GOOGLE_API_KEY":"AIzaSyA-0123","SENTRY_DSN":"https://abc@sentry.test/1"}</script>'),
    NOT_FOUND,
    answer("", 404),
    json_answer({"error": "look at line 12", "PASSWORD": "is wrong"}, 400),
    failing(),
]


def judged(given: Answer, tier: str = "demo", files: dict[str, Answer] | None = None, **service: Any) -> Judgement:
    """Make the check of one service that answers *given* to everything, but for *files*."""
    services = {"bff": {"url": "https://api.test", "replicas": 3, "replica_header": "x-replica", **service}}
    environment = environment_of(services=services, tier=tier)
    (check,) = checks(environment, Release())
    http = AnyPath({f"https://api.test{path}": one for path, one in (files or {}).items()}, given)
    return concluded(check, world_of({}, environment, http=http))


class AnyPath(FakeHttp):
    """Answers every path that is not a route in the same way."""

    def __init__(self, routes: dict[str, Answer], other: Answer) -> None:
        super().__init__(routes)
        self._other = other

    def _answer(self, request: Request) -> Exchange:
        self.routes.setdefault(request.url, self._other)
        return super()._answer(request)


@pytest.mark.parametrize("said", SHOWN)
def test_debug_output_is_recognised(said: str) -> None:
    """Each kind is called by its name."""
    assert debug_output(answer(SHOWN[said], 500)) == said


@pytest.mark.parametrize("exchange", PLAIN)
def test_plain_errors_are_no_debug_output(exchange: Exchange) -> None:
    """An error page that shows nothing is none, whatever words it uses."""
    assert debug_output(exchange) is None


@pytest.mark.parametrize("text", ["at ", "at a(", "SECRET", "<title>", "\n", "A", "Stack trace:", "at x.y(/a", "\\ "])
def test_a_hostile_body_takes_no_time(text: str) -> None:
    """Whatever a server repeats, it is read in a moment."""
    began = perf_counter()
    private_file(answer(text * (200_000 // len(text))))
    assert perf_counter() - began < 3


def test_nothing_shown() -> None:
    """Plain refusals pass."""
    assert judged(NOT_FOUND).outcome is Outcome.PASSED


def test_stack_trace() -> None:
    """A stack trace fails, and says what anybody can see."""
    found = judged(TRACE)
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message.startswith("anybody who asks for an unknown path sees a Python stack trace: ")
    assert found.facts["signature"] == "an unknown path shows a Python stack trace"


def test_all_that_is_shown_is_named() -> None:
    """A file that was open already excuses no stack trace beside it."""
    found = judged(TRACE, files={"/.env": answer("DB_HOST=db\n")}, private=["/.env"])
    assert found.facts["signature"].split("; ") == [
        "/.env shows settings of the environment",
        "an unknown path shows a Python stack trace",
    ]


def test_on_one_replica() -> None:
    """One replica of three that shows it is enough."""
    assert judged(in_turn(NOT_FOUND, NOT_FOUND, TRACE)).outcome is Outcome.FAILED


def test_seen_once() -> None:
    """Seen once and never again is undecided."""
    assert judged(in_turn(TRACE, *[NOT_FOUND] * 999)).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("path", "body", "shown"),
    [
        ("/.env", "# local\nDATABASE_URL=postgres://u:p@db/x\n", "settings of the environment"),
        ("/.git/HEAD", "ref: refs/heads/main\n", "the head of a git repository"),
    ],
)
def test_private_file(path: str, body: str, shown: str) -> None:
    """A file that must not be served fails, and its content is in no message."""
    found = judged(NOT_FOUND, files={path: answer(body)}, private=["/.env", "/.git/HEAD"])
    assert found.outcome is Outcome.FAILED
    assert found.message.startswith(f"anybody who asks for {path} sees {shown}")
    assert "postgres" not in f"{found}"


@pytest.mark.parametrize("exchange", [html('<div id="root"></div>'), answer("Forbidden", 403), answer("hello")])
def test_no_private_file(exchange: Exchange) -> None:
    """The page that a single-page application answers to everything is no private file."""
    assert judged(exchange, private=["/.env", "/.git/HEAD"]).outcome is Outcome.PASSED


def test_no_answer() -> None:
    """A service that does not answer fails like any other check of it."""
    assert judged(failing(FailureKind.TIMEOUT)).outcome is Outcome.FAILED


def test_developers_may_see_it() -> None:
    """In tier dev debug output is what one wants, and a service may allow it anywhere."""
    assert not list(checks(environment_of(tier="dev"), Release()))
    services = {"bff": {"url": "https://api.test", "debug": True}}
    assert not list(checks(environment_of(services=services), Release()))
    services["bff"]["debug"] = False
    assert len(list(checks(environment_of(services=services, tier="dev"), Release()))) == 1


def test_bodies_stay_out_of_records() -> None:
    """What a private file holds must not be kept as evidence."""
    environment = environment_of(services={"bff": {"url": "https://api.test", "private": ["/.env"]}})
    (check,) = checks(environment, Release())
    world = world_of({}, environment)
    concluded(check, world)
    assert isinstance(world.http, FakeHttp)
    assert all(one.secret_body for one in world.http.asked)
    assert any(one.url.startswith(f"https://api.test{UNKNOWN}-") for one in world.http.asked)
