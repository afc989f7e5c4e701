"""Uptime and memory are found wherever a service tells them."""

import pytest

from smoke.discovery.vitals import found_vitals
from smoke.http import Exchange
from tests.discovery.sites import html, json_answer, site_of


def said(*values: float) -> list[Exchange]:
    """Return answers with these uptimes, some seconds apart."""
    return [json_answer({"status": "ok", "uptime": one, "memory": {"rss": 50_000_000}}) for one in values]


@pytest.mark.parametrize("path", ["/health", "/version"])
def test_both(path: str) -> None:
    """Where the version is told is as good a place as the health."""
    found = dict(found_vitals(site_of({path: said(10.0, 12.0, 14.1)}), ["/health", "/version"]))

    assert found == {"uptime": {"path": path, "at": "uptime"}, "memory": {"path": path, "at": "memory.rss"}}


@pytest.mark.parametrize("values", [(10, 2010, 4010), (10, 10, 10)])
def test_what_is_no_uptime(values: tuple[float, ...]) -> None:
    """A number that grows as the clock does is the uptime in seconds; milliseconds and constants are not."""
    assert "uptime" not in dict(found_vitals(site_of({"/health": said(*values)}), ["/health"]))


def test_the_first_place_counts_and_pages_tell_nothing() -> None:
    """Two places that tell the same are one; HTML is no place."""
    site = site_of({"/health": html("<p>50000000</p>"), "/info": said(1, 3, 5), "/version": said(1, 3, 5)})

    assert {one["path"] for _, one in found_vitals(site, ["/health", "/info", "/version"])} == {"/info"}
