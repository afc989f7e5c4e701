"""Sites for tests of what is found: answers by path, as many as are asked for."""

from collections.abc import Mapping
from dataclasses import replace

from smoke.discovery.site import Site
from smoke.http import Exchange, Request
from tests.checks.fake_world import answer, html, json_answer

BASE = "https://shop.test"
TIMES = 3

__all__ = ["BASE", "answer", "html", "json_answer", "site_of", "text"]


def text(body: str, status: int = 200, **headers: str) -> Exchange:
    """Return a plain-text answer."""
    return answer(body, status, "text/plain", headers)


def site_of(
    answers: Mapping[str, Exchange | list[Exchange]], stranger: Exchange | None = None, seconds: float = 2.0
) -> Site:
    """Return a site that gave each answer three times, *seconds* apart, and *stranger* (a 404) to unknown paths."""
    asked = {
        path: tuple(_asked(path, one, place * seconds) for place, one in enumerate(_each(given)))
        for path, given in answers.items()
    }
    unknown = stranger or answer('{"message":"Not Found","statusCode":404}', 404, "application/json")
    return Site(BASE, asked, tuple(_asked(f"/smokegate-init-{one}", unknown, 0.0) for one in ("0a1b2c3d", "4e5f6a7b")))


def _each(given: Exchange | list[Exchange]) -> list[Exchange]:
    return given if isinstance(given, list) else [given] * TIMES


def _asked(path: str, one: Exchange, later_s: float) -> Exchange:
    url = f"{BASE}{path}"
    return replace(one, request=Request("GET", url), at=one.at + later_s, final_url=one.final_url or url)
