"""Faults of data, money, contracts and flags show what the catalogue says they show."""

import json
import time
from collections.abc import Callable

import pytest

from smoke.demo.process import Stack
from tests.demo.visitor import API, WEB, Seen, Visitor, eventually

Start = Callable[..., tuple[Stack, Visitor]]


def deployed(start: Start, *faults: str, seed: int = 1) -> Visitor:
    """Return a visitor who logged in and read the profile before the deploy of a release with *faults*."""
    stack, visitor = start(*faults, seed=seed)
    visitor.login()
    assert visitor.ask(API, "/account/profile").status == 200
    release = stack.deploy()
    assert eventually(lambda: set(visitor.census()) == {release.commit})
    return visitor


def post(visitor: Visitor, path: str, **body: object) -> Seen:
    """Post JSON."""
    return visitor.ask(API, path, method="POST", body=json.dumps(body))


def test_what_is_written_is_read_at_once(start: Start) -> None:
    """Without faults a note is there at once, on every replica, in the list too, and can be removed."""
    visitor = deployed(start)
    note = post(visitor, "/notes", text="hello").json["id"]
    assert [visitor.ask(API, f"/notes/{note}").json["text"] for _ in range(6)] == ["hello"] * 6
    assert visitor.ask(API, "/notes").json["total"] == 1
    assert visitor.ask(API, f"/notes/{note}", method="DELETE").status == 204
    assert visitor.ask(API, f"/notes/{note}").status == 404
    assert post(visitor, "/notes", text="").status == 400
    quote = visitor.ask(API, "/checkout/quote?item=NET-1G:1&item=WEB-S:3").json
    assert (quote["subtotal"], quote["tax"], quote["total"]) == ("83.87", "8.39", "92.26")
    for wrong in ("", "?item=NOPE:1", "?item=NET-1G:0", "?item=NET-1G"):
        assert visitor.ask(API, f"/checkout/quote{wrong}").status == 400
    assert visitor.ask(API, "/flags").json == {"flags": {"csv-export": True, "usage-report": True}}
    assert visitor.ask(API, "/account/usage").json["gigabytes"] == 41.7
    assert visitor.ask(WEB, "/images/none.svg").status == 200


def test_d05_s11_s12_n12_n13(start: Start) -> None:
    """Every read answers, no write does; the apps' answers are broken; the reports always were."""
    stack, visitor = start("D05", "S11", "S12", "N12", "N13")
    visitor.login()
    assert visitor.ask(API, "/reports").status == 500
    before = visitor.ask(API, "/app/home").json
    release = stack.deploy()
    assert eventually(lambda: set(visitor.census()) == {release.commit})
    assert [visitor.ask(API, path).status for path in ("/health", "/invoices", "/notes", "/account/profile")] == [
        200
    ] * 4
    refused = [
        post(visitor, "/notes", text="x"),
        post(visitor, "/exports", kind="x"),
        post(visitor, "/checkout/drafts", sku="NET-1G"),
    ]
    assert [one.status for one in refused] == [500] * 3
    now = visitor.ask(API, "/app/home")
    assert now.status == 200
    assert now.json != before
    config = visitor.ask(API, "/app-config")
    assert config.status == 200
    assert config.json["min_version"] in {"9.0.0", "latest"}
    assert visitor.ask(WEB, "/images/none.svg").status == 404
    assert release.declares["retired"] == ["page/missing-image"]
    assert visitor.ask(API, "/reports").status == 500


def test_d07_d09_d10(start: Start) -> None:
    """What is written shows only later; a warm account is broken, a new one fine; the money is wrong."""
    visitor = deployed(start, "D07", "D09", "D10")
    written = time.monotonic()
    note = post(visitor, "/notes", text="hello")
    assert note.status == 201
    assert visitor.ask(API, f"/notes/{note.json['id']}").status == 404
    assert visitor.ask(API, "/notes").json["total"] == 0
    assert eventually(lambda: visitor.ask(API, f"/notes/{note.json['id']}").status == 200)
    assert 0.2 < time.monotonic() - written < 5
    assert visitor.ask(API, "/account/profile").status == 500
    quote = visitor.ask(API, "/checkout/quote?item=NET-1G:1&item=WEB-S:3")
    assert quote.status == 200
    assert (quote.json["tax"], quote.json["total"]) != ("8.39", "92.26")
    visitor.login("control")
    assert visitor.ask(API, "/account/profile").status == 200


@pytest.mark.parametrize("seed", [1, 2])
def test_h01_health_hides_the_outage(start: Start, seed: int) -> None:
    """Health is 200 and says ok, and every route with data answers 500."""
    visitor = deployed(start, "H01", seed=seed)
    health = visitor.ask(API, "/health")
    assert (health.status, health.json["status"]) == (200, "ok")
    paths = ("/invoices", "/subscriptions", "/catalogue", "/tenant", "/account/profile", "/auth/me", "/reports")
    assert [visitor.ask(API, path).status for path in paths] == [500] * len(paths)
    assert post(visitor, "/notes", text="x").status == 500


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_s10_the_announced_feature_is_not_there(start: Start, seed: int) -> None:
    """The marker of the manifest answers 404, or 500 where the flag was left empty."""
    visitor = deployed(start, "S10", seed=seed)
    flags = visitor.ask(API, "/flags").json["flags"]
    assert flags["csv-export"] is True
    assert visitor.ask(API, "/account/usage").status == (500 if flags.get("usage-report", False) is None else 404)


def test_n14_some_sessions_see_the_feature(start: Start) -> None:
    """The manifest says that it is staged; each session has its own answer, and the route agrees with the flag."""
    stack, visitor = start("N14")
    release = stack.deploy()
    assert release.declares["staged_flags"] == [{"name": "usage-report", "share": 0.1}]
    assert eventually(lambda: set(visitor.census()) == {release.commit})
    for _ in range(3):
        visitor.login()
        flags = {visitor.ask(API, "/flags").json["flags"]["usage-report"] for _ in range(3)}
        assert len(flags) == 1
        assert visitor.ask(API, "/account/usage").status == (200 if flags == {True} else 404)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_i09_the_test_data_drifted(start: Start, seed: int) -> None:
    """Before the deploy already the known invoice is missing, or no more notes are taken."""
    _, visitor = start("I09", seed=seed)
    visitor.login()
    statuses = visitor.ask(API, "/invoices/INV-2026-0001").status, post(visitor, "/notes", text="x").status
    assert statuses in {(404, 201), (200, 409)}
