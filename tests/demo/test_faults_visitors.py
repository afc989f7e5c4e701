"""Each fault that only a browser meets shows what the catalogue says it shows."""

import re
import socket
from collections.abc import Callable

import pytest

from smoke.demo.addresses import STAGING_API, WIDGET
from smoke.demo.faults.visitors import LOCALHOST
from smoke.demo.process import DeployedRelease, Stack
from tests.demo.visitor import API, WEB, Visitor, eventually

Start = Callable[..., tuple[Stack, Visitor]]


def deployed(visitor: Visitor, stack: Stack) -> DeployedRelease:
    """Deploy, and wait until every page is of the release."""
    release = stack.deploy()
    assert eventually(lambda: all(release.commit in visitor.ask(WEB, "/").text for _ in range(6)))
    return release


def entry(page: str) -> str:
    """Return the path of the entry script that *page* names."""
    found = re.search(r'src="(/assets/main-[^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_c02_pages_call_another_api(start: Start, seed: int) -> None:
    """The pages name localhost, where nobody listens, or staging, which knows the customer but has other data."""
    stack, visitor = start("C02", seed=seed)
    deployed(visitor, stack)
    page = visitor.ask(WEB, "/").text
    if LOCALHOST in page:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", 3001))
    else:
        assert STAGING_API in page
        assert visitor.ask(STAGING_API, "/tenant").json["environment"] == "staging"
    assert visitor.ask(API, "/health").status == 200


def test_c07_the_worker_is_the_same_and_old_scripts_are_gone(start: Start) -> None:
    """The script of the worker does not change, so browsers keep it; what its shell names answers 404."""
    stack, visitor = start("C07")
    worker, old = visitor.ask(WEB, "/sw.js").text, entry(visitor.ask(WEB, "/").text)
    assert visitor.ask(WEB, old).status == 200
    deployed(visitor, stack)
    assert eventually(lambda: visitor.ask(WEB, old).status == 404)
    assert visitor.ask(WEB, "/sw.js").text == worker
    assert visitor.ask(WEB, entry(visitor.ask(WEB, "/").text)).status == 200


def test_n07_old_scripts_are_gone_and_no_worker_is_there(start: Start) -> None:
    """What an open tab would load next answers 404; everything new is there."""
    stack, visitor = start("N07")
    old = entry(visitor.ask(WEB, "/").text)
    deployed(visitor, stack)
    assert eventually(lambda: visitor.ask(WEB, old).status == 404)
    assert visitor.ask(WEB, "/sw.js").status == 404


def test_c11_only_its_own_replica_takes_a_form(start: Start) -> None:
    """With the key of a page about one post in three is taken; the others find no such action."""
    stack, visitor = start("C11")
    deployed(visitor, stack)
    found = re.search(r'name="action" content="([^"]+)"', visitor.ask(WEB, "/availability").text)
    assert found
    key = {"next-action": found[1]}
    answers = [visitor.ask(WEB, "/availability", method="POST", body="100", **key) for _ in range(12)]
    assert sorted(one.status for one in answers) == [200] * 4 + [404] * 8
    assert {"Failed to find Server Action" in one.text for one in answers if one.status == 404} == {True}


def test_n10_pages_name_a_script_that_never_comes(start: Start) -> None:
    """The script of the widget is asked for by every page; its host hangs or takes no connection."""
    stack, visitor = start("N10")
    deployed(visitor, stack)
    assert f'<script async src="https://{WIDGET}/' in visitor.ask(WEB, "/").text


def test_n11_new_visitors_meet_a_banner_or_a_variant(start: Start) -> None:
    """The shell switches on what the seed chose."""
    stack, visitor = start("N11")
    deployed(visitor, stack)
    found = re.search(r'name="features" content="([^"]+)"', visitor.ask(WEB, "/").text)
    assert found
    assert set(found[1].split()) <= {"consent", "variant"}
