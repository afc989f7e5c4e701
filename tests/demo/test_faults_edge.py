"""What goes wrong between the visitor and the replicas looks as the catalogue says."""

import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from smoke.demo.edge.change import Flaw
from smoke.demo.process import Stack
from smoke.demo.release import Bug
from smoke.demo.tls import Authority
from tests.demo.test_faults_declared import arranged
from tests.demo.visitor import API, CONTROL, WEB, WORKER, Visitor, eventually

Start = Callable[..., tuple[Stack, Visitor]]

PREFLIGHT = {
    "origin": f"https://{WEB}",
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
}


def test_a04_the_old_pages_stay(start: Start) -> None:
    """The API is new, the page is the old one out of a cache, hours old; its assets load; past the cache it is new."""
    stack, visitor = start("A04")
    release = stack.deploy()
    assert eventually(lambda: set(visitor.census()) == {release.commit})
    seen = visitor.ask(WEB, "/")
    assert release.previous in seen.text
    assert (seen.headers["x-cache"], seen.headers["x-replica"]) == ("HIT", None)
    assert int(str(seen.headers["age"])) >= 5400
    script = seen.text.partition('src="')[2].partition('"')[0]
    assert visitor.ask(WEB, script).status == 200
    assert release.commit in visitor.ask(WEB, "/?x=1").text


def test_n21_the_old_pages_go(start: Start) -> None:
    """For a moment pages are those of before, and then they are new."""
    stack, visitor = start("N21", speed=3)
    release = stack.deploy()
    assert eventually(lambda: set(visitor.census()) == {release.commit})
    assert release.previous in visitor.ask(WEB, "/login").text
    assert eventually(lambda: release.commit in visitor.ask(WEB, "/login").text)


def test_b08_no_client_accepts_the_certificate(start: Start) -> None:
    """On the flawed hosts the handshake fails, others are fine; before the deploy all were."""
    stack, visitor = start("B08", seed=2)
    assert visitor.ask(WEB, "/").status == 200
    stack.deploy()
    refused = set()
    for host in (WEB, API, WORKER, CONTROL):
        try:
            visitor.ask(host, "/")
        except ssl.SSLCertVerificationError:
            refused.add(host)
    assert refused
    assert refused <= {WEB, API, WORKER}


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        (Flaw.SELF_SIGNED, "unable to get local issuer"),
        (Flaw.EXPIRED, "certificate has expired"),
        (Flaw.OTHER_NAME, "Hostname mismatch"),
        (Flaw.NO_INTERMEDIATE, "unable to get local issuer"),
    ],
)
def test_each_flaw_is_what_it_says(tmp_path: Path, flaw: Flaw, words: str) -> None:
    """Clients refuse each flawed certificate for the reason that its name tells."""
    authority = Authority(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError, match=words):
        _shake(authority.client_context(), authority.flawed_context(flaw, WEB))


def _shake(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    """Let both sides shake hands in memory."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours, theirs = client.wrap_bio(back, there, server_hostname=WEB), server.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


def test_c04_no_script_is_there(start: Start) -> None:
    """The page is there, its scripts are 404, or the page itself in their place."""
    stack, visitor = start("C04")
    release = stack.deploy()
    assert eventually(lambda: release.commit in visitor.ask(WEB, "/").text)
    assert eventually(lambda: len({visitor.ask(WEB, "/").headers["x-replica"] for _ in range(6)}) == 3)
    paths = list(visitor.ask(WEB, "/assets/manifest.json").json.values())
    statuses = {(seen.status, seen.headers.get_content_type()) for seen in (visitor.ask(WEB, path) for path in paths)}
    assert statuses in ({(404, "text/plain")}, {(200, "text/html")})


def test_both_ways_of_c04_and_c09_come_up() -> None:
    """Seeds vary how static files are missing, and what the preflight lacks."""
    bugs = {next(iter(arranged("C04", seed).after.bugs)) for seed in range(12)}
    assert bugs == {Bug.NO_STATIC_FILES, Bug.FALLS_BACK_TO_THE_SHELL}
    assert len({arranged("C09", seed).settings.cors for seed in range(12)}) == 3
    assert {arranged("B08", seed).edge.flaw for seed in range(24)} == set(Flaw)
    flawed = {host for seed in range(24) for host in arranged("B08", seed).edge.flawed}
    assert flawed == {WEB, API, WORKER}


def test_c05_a_404_stays_in_the_cache(start: Start) -> None:
    """One chunk is a 404 out of the cache that grows older; asked past the cache it is there."""
    stack, visitor = start("C05")
    release = stack.deploy()
    assert eventually(lambda: release.commit in visitor.ask(WEB, "/").text)
    manifest = visitor.ask(WEB, "/assets/manifest.json").json
    (missing,) = [path for path in manifest.values() if visitor.ask(WEB, path).status == 404]
    time.sleep(1.1)
    again = visitor.ask(WEB, missing)
    assert (again.status, again.headers["x-cache"]) == (404, "HIT")
    assert int(str(again.headers["age"])) >= 1
    assert visitor.ask(WEB, f"{missing}?x=1").status == 200


def test_c09_the_preflight_is_refused(start: Start) -> None:
    """Plain requests are fine, and what a browser asks beforehand is refused."""
    stack, visitor = start("C09")
    assert _allowed(visitor)
    release = stack.deploy()
    assert eventually(lambda: set(visitor.census()) == {release.commit})
    assert not _allowed(visitor)
    assert visitor.login().status == 200


def _allowed(visitor: Visitor) -> bool:
    seen = visitor.ask(API, "/auth/login", method="OPTIONS", **PREFLIGHT)
    origin, credentials = (seen.headers[f"access-control-allow-{name}"] for name in ("origin", "credentials"))
    return (seen.status, origin, credentials) == (200, f"https://{WEB}", "true")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_s05_one_gets_what_the_other_was_given(start: Start, seed: int) -> None:
    """The second account gets the body of the first, out of a cache; so does whoever is not logged in."""
    stack, visitor = start("S05", seed=seed)
    release = stack.deploy()
    assert eventually(lambda: set(visitor.census()) == {release.commit})
    visitor.login()
    assert eventually(lambda: visitor.ask(API, "/account/summary").status == 200)
    mine = visitor.ask(API, "/account/summary")
    visitor.login("control")
    assert visitor.ask(API, "/auth/me").json["email"] == visitor.file("control-user")
    theirs = visitor.ask(API, "/account/summary")
    assert (theirs.headers["x-cache"], theirs.body) == ("HIT", mine.body)
    assert Visitor(visitor.state).ask(API, "/account/summary").status == 200
    assert visitor.ask(API, "/auth/me").headers["cache-control"] == "private, no-store"


def test_s09_the_maps_are_there(start: Start) -> None:
    """The map of the entry script holds its source; before the deploy there was none."""
    stack, visitor = start("S09")
    old = visitor.ask(WEB, "/assets/manifest.json").json["main.js"]
    assert visitor.ask(WEB, f"{old}.map").status == 404
    release = stack.deploy()
    assert eventually(lambda: release.commit in visitor.ask(WEB, "/").text)
    entry = visitor.ask(WEB, "/assets/manifest.json").json["main.js"]
    assert visitor.ask(WEB, f"{entry}.map").json["sourcesContent"]
