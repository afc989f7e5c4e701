"""Faults that take time: what the platform does by itself after the switch, processes that end, load that tells."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

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


def test_b03_processes_end_and_start_anew(start: Start) -> None:
    """All is green for some seconds; then every process of the API falls, and comes back with a young uptime."""
    stack, visitor = start("B03", speed=2)
    release = stack.deploy()
    assert eventually(lambda: visitor.census_of_good(6) == {release.commit})
    starts, errors, end = dict[str, set[int]](), 0, time.monotonic() + 7
    while time.monotonic() < end:
        seen = visitor.ask(API, "/health")
        errors += seen.status in {502, 503}
        if seen.status == 200:
            born = time.monotonic() - seen.json["uptime"]
            starts.setdefault(str(seen.headers["x-replica"]), set()).add(round(born))
        time.sleep(0.03)
    assert errors
    fallen = [name for name, births in starts.items() if max(births) - min(births) >= 2]
    assert len(fallen) == 3


def test_b04_memory_climbs_with_the_requests_until_the_process_is_killed(start: Start) -> None:
    """Idle it stays; each request leaves about a megabyte behind, and after some hundreds a process starts anew."""
    stack, visitor = start("B04")
    release = stack.deploy()
    assert eventually(lambda: visitor.census_of_good(6) == {release.commit})

    def rss() -> float:
        seen = (visitor.ask(API, "/health") for _ in range(12))
        return max(float(one.json["memory"]["rss"]) for one in seen if one.status == 200) / 2**20

    idle = rss()
    assert abs(rss() - idle) < 5
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: visitor.ask(API, "/catalogue"), range(150)))
        assert rss() > idle + 30
        statuses = [seen.status for seen in pool.map(lambda _: visitor.ask(API, "/catalogue"), range(550))]
    assert {502, 503} & set(statuses)


def test_b05_one_by_one_is_fine_and_together_is_not(start: Start) -> None:
    """A request alone is quick enough; of a dozen at once many end with a 500, and the health never notices."""
    stack, visitor = start("B05")
    release = stack.deploy()
    assert eventually(lambda: visitor.census_of_good(6) == {release.commit})
    time.sleep(1.0)
    alone = [visitor.ask(API, "/catalogue").status for _ in range(6)]
    assert alone == [200] * 6
    with ThreadPoolExecutor(12) as pool:

        def failing_together() -> int:
            return [seen.status for seen in pool.map(lambda _: visitor.ask(API, "/catalogue"), range(12))].count(500)

        # A busy machine sends a dozen one after the other, and then there is no crowd.
        assert eventually(lambda: 2 <= failing_together() <= 9)
        assert {visitor.ask(API, "/health").status for _ in range(6)} == {200}


def test_d04_one_route_is_slow_for_good(start: Start) -> None:
    """The catalogue takes long, warm or not; another route is as quick as before."""
    stack, visitor = start("D04")
    release = stack.deploy()
    assert eventually(lambda: visitor.census_of_good(6) == {release.commit})

    def took(path: str) -> float:
        began = time.monotonic()
        assert visitor.ask(API, path).status == 200
        return time.monotonic() - began

    assert min(took("/catalogue") for _ in range(6)) > 0.45
    assert sorted(took("/tenant") for _ in range(7))[3] < 0.3
