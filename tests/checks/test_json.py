"""Answers are read as JSON, or it is said what is wrong with them."""

import pytest

from smoke.checks._json import any_document_of, document_of
from smoke.http import Exchange, FailureKind
from tests.checks.fake_world import answer, failing, html, json_answer


def test_document() -> None:
    """A good answer is its document, null included."""
    assert document_of(json_answer({"a": [1]})).value == {"a": [1]}
    assert document_of(json_answer(None)).fault is None


@pytest.mark.parametrize(
    ("exchange", "fault"),
    [
        (failing(FailureKind.TLS), "TLS"),
        (json_answer({}, 201), "HTTP 201"),
        (json_answer({}, 500), "HTTP 500"),
        (answer("", 301, headers={"location": "https://x.test/login?next=secret"}), "HTTP 301 to https://x.test/login"),
        (html("<p>"), "HTML instead of JSON"),
        (answer(b"\xff\xfe"), "invalid JSON"),
        (answer('{"price": NaN}'), "invalid JSON"),
        (answer("[-Infinity, 1]"), "invalid JSON"),
        (answer("[" * 100_000), "invalid JSON"),
    ],
)
def test_faults(exchange: Exchange, fault: str) -> None:
    """Faults are short and stable, and never repeat a query."""
    assert document_of(exchange).fault == fault


def test_error_answers() -> None:
    """An error answer is read where its status may carry a report; a page in it is said by its status."""
    assert document_of(json_answer({"status": "error"}, 503), {200, 503}).value == {"status": "error"}
    assert document_of(html("<h1>Bad gateway</h1>", 503), {200, 503}).fault == "HTTP 503"
    assert any_document_of(json_answer({"message": "no"}, 401)).value == {"message": "no"}
