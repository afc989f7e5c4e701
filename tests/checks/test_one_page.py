"""One page that stands in place of every answer."""

import pytest

from smoke.checks._one_page import page_facts
from smoke.http import Exchange
from tests.checks.fake_world import answer, failing, html, json_answer

CLOSED = "<title>Maintenance</title><h1>We'll be back soon</h1><p>Request {}</p>"


def test_one_and_the_same_page() -> None:
    """Two servings of one page are the same page, although each carries its own request id."""
    first, second = (page_facts([html(CLOSED.format(one), 503)]) for one in ("9f1c2ab4", "4e77d01a"))
    assert first == second
    assert first["closed"] == "we'll be back soon"


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [failing()],
        [html("")],
        [json_answer({"status": "down"})],
        [answer("no healthy upstream", 503)],
        [html("<h1>one</h1>"), html("<h1>other</h1>")],
        [html("<h1>one</h1>"), json_answer({})],
    ],
)
def test_no_page_or_several(wrong: list[Exchange]) -> None:
    """No answer, no page, or pages that differ are no sign of one page before everything."""
    assert page_facts(wrong) == {}


def test_a_page_that_does_not_say_that_it_is_closed() -> None:
    """Another page, however often it came, says nothing of maintenance."""
    assert "closed" not in page_facts([html("<h1>Welcome to nginx</h1>")] * 3)
