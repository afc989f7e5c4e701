"""Platforms, replicas, headers: what stands before a service."""

from smoke.discovery.fronts import limits_requests, platforms, promised_headers, replicas
from smoke.http import Exchange
from tests.discovery.sites import html, site_of


def named(header: str, *names: str) -> list[Exchange]:
    """Return answers of replicas that name themselves."""
    return [html("<h1>x</h1>", headers={header: one}) for one in names]


def test_replicas() -> None:
    """A few names that come back are replicas; names that never come back are ids of requests."""
    found = replicas(site_of({"/": named("x-instance", *"abcabcab")}))
    assert found is not None
    assert (found.header, found.number) == ("x-instance", 3)
    assert replicas(site_of({"/": named("x-instance", *"abcdefgh")})) is None
    assert replicas(site_of({"/": named("x-instance", *"aaaaaaaa")})) is None
    assert replicas(site_of({"/": [*named("x-pod", *"aabb"), html("x")]})) is None
    assert replicas(site_of({})) is None


def test_platforms() -> None:
    """Platforms are told by headers, servers by their name."""
    headers = {"x-vercel-id": "fra1::x", "server": "Vercel"}
    assert platforms(site_of({"/": html("x", headers=headers)})) == ["Vercel"]
    assert platforms(site_of({"/": html("x", headers={"cf-ray": "1", "server": "cloudflare"})})) == ["Cloudflare"]
    assert platforms(site_of({"/": html("x", headers={"server": "nginx/1.27"})})) == ["nginx"]
    assert platforms(site_of({"/": html("x")})) == []


def test_headers_that_stay() -> None:
    """Only parts that were there every time are promised: no nonce, no header of single answers."""
    answers = [
        html(
            "x", headers={"content-security-policy": f"script-src 'nonce-{one}'", "cache-control": "no-cache, private"}
        )
        for one in range(3)
    ]
    answers.append(html("x", headers={**answers[0].headers, "x-frame-options": "DENY"}))
    assert promised_headers(site_of({"/": answers})) == {
        "content-security-policy": "script-src",
        "cache-control": "no-cache",
    }
    assert promised_headers(site_of({})) == {}


def test_limits() -> None:
    """A site that says "too many" is asked gently from then on."""
    assert limits_requests(site_of({"/": html("x"), "/login": html("slow down", 429)}))
    assert not limits_requests(site_of({"/": html("x")}))
