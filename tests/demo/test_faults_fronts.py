"""What stands before the whole portal shows as the catalogue says; what lies elsewhere does not see it."""

import tomllib
from collections.abc import Callable

import pytest

from smoke.demo.process import Stack
from tests.demo.visitor import API, CONTROL, WEB, WORKER, Visitor

NEIGHBOUR = "shop.neighbour.demo.test"
PLACES = ((API, "/health"), (API, "/invoices"), (WEB, "/"), (WEB, "/assets/manifest.json"), (WORKER, "/health"))

Start = Callable[..., tuple[Stack, Visitor]]


def test_the_origin_and_the_neighbour_of_a_healthy_stack(start: Start) -> None:
    """Past the edge the same replicas answer; the neighbour is somebody else's site."""
    stack, visitor = start()
    assert visitor.ask(f"origin.{API}", "/health").json["version"] == stack.description["before"]
    assert visitor.ask(f"origin.{WEB}", "/").status == 200
    assert visitor.ask(NEIGHBOUR, "/").text == "Somebody else's site\n"


def test_i03_every_customer_of_the_edge_gets_errors(start: Start) -> None:
    """Ours and an unrelated host alike, in the provider's name; past the edge all is well."""
    stack, visitor = start("I03", seed=2)
    stack.deploy()
    for host, path in (*PLACES, (NEIGHBOUR, "/")):
        seen = visitor.ask(host, path)
        assert (seen.status // 100, seen.headers["server"], "cf-ray" in seen.headers) == (5, "cloudflare", True)
    assert visitor.ask(f"origin.{API}", "/health").status == 200
    assert visitor.ask(CONTROL, "/").status == 200


@pytest.mark.parametrize("seed", [1, 2])
def test_i10_everything_is_closed_in_a_declared_window(start: Start, seed: int) -> None:
    """A banner page everywhere, with 503 or 200 and a time to come back; the release says until when."""
    stack, visitor = start("I10", seed=seed)
    window = tomllib.loads(stack.deploy().manifest())["maintenance"]
    assert 1500 < window["until"] - window["from"] < 2500
    for host, path in PLACES:
        seen = visitor.ask(host, path)
        assert (seen.status in {200, 503}, seen.headers["retry-after"]) == (True, "600")
        assert "We'll be back soon" in seen.text
    assert visitor.ask(NEIGHBOUR, "/").status == 200


def test_i14_a_login_before_everything(start: Start) -> None:
    """Every path is sent to a foreign login with a way back, or refused."""
    stack, visitor = start("I14", seed=2)
    stack.deploy()
    for host, path in PLACES:
        seen = visitor.ask(host, path)
        assert seen.status in {302, 401}
        if seen.status == 302:
            assert seen.headers["location"].startswith("https://sso.corp.demo.test/authorize?")
            assert host in seen.headers["location"]
    assert visitor.ask(NEIGHBOUR, "/").status == 200
