"""Faults that take time: what the platform does by itself after the switch, processes that end, load that tells."""

import time
from collections.abc import Callable

from smoke.demo.process import Stack
from tests.demo.visitor import API, Visitor, eventually

Start = Callable[..., tuple[Stack, Visitor]]


def test_a02_the_platform_takes_the_release_back(start: Start) -> None:
    """The new commit serves on one or two replicas, with errors in between; then the old one serves everywhere."""
    stack, visitor = start("A02", speed=2)
    release = stack.deploy()
    statuses, commits = list[int](), set[str]()
    for _ in range(24):
        seen = visitor.ask(API, "/health")
        statuses.append(seen.status)
        commits |= {seen.json["version"]} if seen.status == 200 else set()
    assert commits == {release.commit, release.previous}
    assert {200, 503} == set(statuses)
    assert eventually(lambda: visitor.census_of_good(12) == {release.previous}, 4)
    time.sleep(0.5)
    assert visitor.census_of_good(12) == {release.previous}


def test_i12_a_third_release_follows(start: Start) -> None:
    """The announced commit serves for a moment, then one that nobody announced, with a higher version."""
    stack, visitor = start("I12", speed=2)
    release = stack.deploy()
    known = {release.commit, release.previous}
    assert eventually(lambda: not visitor.census_of_good(6) & known, 4)
    assert visitor.ask(API, "/health").json["release"] == "1.43.0"
