"""A RabbitMQ queue is read from the management API, whatever it answers."""

import asyncio
from typing import Any

import pytest

from smoke.dependencies.postgres import NotRead
from smoke.dependencies.queue_state import QueueState
from smoke.dependencies.rabbitmq import read, request_of
from smoke.http import Exchange, FailureKind
from smoke.verdict.words import Cause
from tests.checks.fake_world import NOW, FakeHttp, answer, failing, html, json_answer

URL = "https://smoke:hunter2%21@rabbit.test:15671/"
QUEUE = "https://rabbit.test:15671/api/queues/%2F/emails"
FINE = {
    "name": "emails",
    "vhost": "/",
    "state": "running",
    "messages": 5,
    "messages_ready": 3,
    "messages_unacknowledged": 2,
    "consumers": 1,
}


def asked(given: Exchange) -> QueueState | NotRead:
    """Ask a server that answers *given*."""
    return asyncio.run(read(FakeHttp({QUEUE: given}), URL, "/", "emails", 5.0))


def test_what_a_queue_tells() -> None:
    """Ready messages wait, unacknowledged ones are held, consumers are workers."""
    found = asked(json_answer(FINE))

    assert isinstance(found, QueueState)
    assert (found.waiting, found.active, found.held, found.workers, found.trouble) == (3, 2, 2, 1, "")
    assert found.oldest_s is None


def test_request() -> None:
    """The queue itself is asked, and the credentials travel in a header, not in the address."""
    request = request_of(URL, "shop/eu", "e mails", 5.0)

    assert request is not None
    assert request.url == "https://rabbit.test:15671/api/queues/shop%2Feu/e%20mails"
    assert request.headers["Authorization"] == "Basic c21va2U6aHVudGVyMiE="
    assert request.write is None


@pytest.mark.parametrize("url", ["amqps://smoke:hunter2@rabbit.test", "rabbit.test", "https://", "https://x:port/"])
def test_no_address(url: str) -> None:
    """What is no address of the management API is an error of who wrote it, and is not repeated."""
    found = asyncio.run(read(FakeHttp({}), url, "/", "emails", 5.0))

    assert isinstance(found, NotRead)
    assert (found.cause, "hunter2" in found.message) == (Cause.CREDENTIALS, False)


@pytest.mark.parametrize("state", ["down", "crashed", "stopped", "minority"])
def test_a_queue_in_trouble(state: str) -> None:
    """A queue that the server itself calls down is in trouble; one whose publishers are slowed down is not."""
    found = asked(json_answer({**FINE, "state": state}))

    assert isinstance(found, QueueState)
    assert found.trouble == f"the queue is {state}"
    assert getattr(asked(json_answer({**FINE, "state": "flow"})), "trouble", None) == ""


def test_age_of_the_first_message() -> None:
    """Where publishers stamp their messages, the age of the first one is told."""
    found = asked(json_answer({**FINE, "head_message_timestamp": int(NOW) - 30}))

    assert isinstance(found, QueueState)
    assert found.oldest_s == pytest.approx(30, abs=1)


def test_an_unknown_queue() -> None:
    """A queue that does not exist is absent, which is no refusal."""
    found = asked(json_answer({"error": "Object Not Found", "reason": "Not Found"}, 404))

    assert isinstance(found, QueueState)
    assert (found.exists, found.workers) == (False, 0)


@pytest.mark.parametrize(
    ("given", "cause", "said"),
    [
        (json_answer({"error": "not_authorized", "reason": "Login failed"}, 401), Cause.CREDENTIALS, "monitoring"),
        (answer("", 403), Cause.CREDENTIALS, "HTTP 403"),
        (json_answer({**FINE, "messages_ready": None}), Cause.SUITE, "statistics"),
        (json_answer({**FINE, "messages_ready": "3"}), Cause.SUITE, "statistics"),
        (json_answer([]), Cause.SUITE, "check the address"),
        (html("<h1>RabbitMQ</h1>"), Cause.SUITE, "check the address"),
        (html("<h1>Not found</h1>", 404), Cause.SUITE, "check the address"),
        (answer("", 302, headers={"location": "/login"}), Cause.SUITE, "check the address"),
        (answer(""), Cause.SUITE, "check the address"),
        (answer("{"), Cause.SUITE, "check the address"),
        (answer("slow down", 429), Cause.SUITE, "HTTP 429"),
        (answer("", 503), Cause.DEPENDENCY, "serves nobody"),
        (failing(FailureKind.TIMEOUT), Cause.DEPENDENCY, "no answer"),
        (failing(FailureKind.TLS), Cause.DEPENDENCY, "no answer"),
        (failing(FailureKind.NAME), Cause.RUNNER, "network"),
    ],
)
def test_hostile_answers(given: Exchange, cause: Cause, said: str) -> None:
    """Whatever comes, the reason and who can help are told."""
    found = asked(given)

    assert isinstance(found, NotRead), found
    assert (found.cause, said in found.message) == (cause, True), found


def test_without_consumers_told() -> None:
    """A server that tells no consumers leaves them unknown."""
    told: dict[str, Any] = {name: value for name, value in FINE.items() if name != "consumers"}
    found = asked(json_answer(told))

    assert isinstance(found, QueueState)
    assert (found.workers, "no consumers" in found.workers_untold) == (None, True)
