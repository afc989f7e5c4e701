"""What a direct call to the REST API of WHMCS 9 proves."""

import asyncio

import pytest

from smoke.dependencies import whmcs_rest
from smoke.environment.dependencies import WhmcsDirect
from smoke.http import Exchange, FailureKind
from tests.checks.fake_world import FakeHttp, answer, failing, html, json_answer

DIRECT = WhmcsDirect.model_validate({"url": "https://billing.test/", "api": "rest"})
URL = "https://billing.test/api/v2/store/products/groups"
GROUPS = {"data": [{"id": 1, "name": "Shared web hosting", "features": []}]}


def test_answers_properly() -> None:
    """A list of groups means up; one is asked for, and nobody logs in."""
    http = FakeHttp({URL: json_answer(GROUPS)})

    found = whmcs_rest.read(asyncio.run(whmcs_rest.ask(http, DIRECT, 5.0)))

    assert found.standing == "up"
    assert (http.asked[0].method, http.asked[0].url) == ("GET", f"{URL}?page_size=1")
    assert "Authorization" not in http.asked[0].headers


@pytest.mark.parametrize(
    ("given", "standing", "said"),
    [
        (json_answer({"data": []}), "up", "catalogue"),
        (json_answer({"data": None}), "unknown", "not an answer"),
        (json_answer({}), "unknown", "not an answer"),
        (json_answer([]), "unknown", "not an answer"),
        (json_answer({"message": "Invalid IP"}, 403), "refused", "allow-list: Invalid IP"),
        (html("<h1>Attention required</h1>", 403), "refused", "HTTP 403"),
        (json_answer({"message": "Unauthorized"}, 401), "refused", "Unauthorized"),
        (json_answer({"message": "Not Found"}, 404), "unknown", "needs WHMCS 9"),
        (html("<h1>Not found</h1>", 404), "unknown", "needs WHMCS 9"),
        (json_answer({"message": "boom"}, 500), "down", "boom"),
        (answer("", 503), "down", "HTTP 503"),
        (html("<h1>Down for maintenance</h1>"), "down", "page in place of its API"),
        (answer("", 302, headers={"location": "/login"}), "unknown", "check the address"),
        (answer("", 200), "down", "empty body"),
        (answer("{"), "unknown", "not an answer"),
        (answer("slow down", 429), "refused", "HTTP 429"),
        (failing(FailureKind.TIMEOUT), "down", "no answer"),
        (failing(FailureKind.TLS), "down", "no answer"),
        (failing(FailureKind.NAME), "unknown", "this machine's network"),
    ],
)
def test_what_each_answer_proves(given: Exchange, standing: str, said: str) -> None:
    """They are down, we are refused, and nothing is proved are told apart."""
    found = whmcs_rest.read(given)

    assert found.standing == standing
    assert said in found.message
