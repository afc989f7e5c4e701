"""Each fault shows what the catalogue says it shows, and nothing else."""

import json
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from http.client import HTTPException
from itertools import groupby

import psycopg
import pytest

from smoke.demo.process import DeployedRelease, Stack
from tests.demo.visitor import API, CONTROL, SALESFORCE, TRUST, WEB, WHMCS, WORKER, Visitor, eventually

Start = Callable[..., tuple[Stack, Visitor]]


def settled(visitor: Visitor, release: DeployedRelease) -> bool:
    """Wait until the API serves the release."""
    return eventually(lambda: set(visitor.census()) == {release.commit})


def status_by_replica(visitor: Visitor, path: str) -> dict[str, set[int]]:
    """Return which statuses each replica gives."""
    seen: dict[str, set[int]] = {}
    for _ in range(15):
        answer = visitor.ask(API, path)
        seen.setdefault(str(answer.headers["x-replica"]), set()).add(answer.status)
    return seen


def test_a01_nothing_is_deployed(start: Start) -> None:
    """Every replica goes on serving the previous commit, healthily."""
    stack, visitor = start("A01")
    release = stack.deploy()
    time.sleep(1.5)
    assert set(visitor.census()) == {release.previous}
    assert release.previous in visitor.ask(WEB, "/").text
    assert visitor.ask(API, "/health").status == 200


def test_a03_one_replica_stays_behind(start: Start) -> None:
    """One replica of three serves the previous commit for good, and which one depends on the seed."""
    stack, visitor = start("A03", seed=2)
    release = stack.deploy()
    assert eventually(lambda: visitor.census().count(release.commit) == 8)
    time.sleep(1.0)
    assert sorted(visitor.census()).count(release.previous) == 4


def test_b01_nothing_starts(start: Start) -> None:
    """The edge has nobody to ask for any of our names; other hosts are fine."""
    stack, visitor = start("B01")
    stack.deploy()
    for host in (API, WEB, WORKER):
        seen = visitor.ask(host, "/")
        assert (seen.status, seen.text) == (503, "no healthy upstream")
    assert visitor.ask(CONTROL, "/").status == 200


def test_d01_a_failed_migration_stops_everything(start: Start) -> None:
    """Nothing serves, and an unfinished row with its error text tells why."""
    stack, visitor = start("D01")
    stack.deploy()
    assert visitor.ask(API, "/health").status == 503
    with psycopg.connect(visitor.file("database-dsn")) as connection:
        row = connection.execute(
            "SELECT migration_name, logs FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL"
        ).fetchone()
    assert row is not None
    assert "could not create unique index" in row[1]


def test_faults_of_one_part_compose(start: Start) -> None:
    """B02, Q01, C03, C10 and S04 show together, each in its place; health stays fine throughout."""
    stack, visitor = start("B02", "Q01", "C03", "C10", "S04")
    visitor.login()
    release = stack.deploy()
    assert settled(visitor, release)
    assert all(found == {200} for found in status_by_replica(visitor, "/health").values())
    by_replica = status_by_replica(visitor, "/auth/me")
    assert sorted(found.pop() for found in by_replica.values() if len(found) == 1) == [200, 200, 401]
    assert _broken_files(visitor) in (["checkout.js"], ["invoices.js"], ["subscriptions.js"])
    assert "Something went wrong" in visitor.ask(WEB, "/account/invoices").text
    assert visitor.ask(WEB, "/account/invoices").status == 200
    anonymous = Visitor(visitor.state)
    statuses = [anonymous.ask(API, path).status for path in ("/invoices", "/subscriptions", "/admin/customers")]
    assert sorted(statuses) == [200, 401, 401]
    job = _export(visitor)
    assert eventually(lambda: visitor.ask(WORKER, "/health").json["version"] == release.commit)
    time.sleep(1.0)
    counts = visitor.ask(API, "/health/queues").json["queues"]["exports"]
    assert (job, counts["waiting"]) == ("queued", 1)
    assert counts["oldestWaitingSeconds"] > 0.5


def test_c01_and_d02_break_the_page_and_the_invoices(start: Start) -> None:
    """The entry script begins with a TypeError; only the routes on the new column answer 500."""
    stack, visitor = start("C01", "D02")
    visitor.login()
    assert settled(visitor, stack.deploy())
    manifest = visitor.ask(WEB, "/assets/manifest.json").json
    assert "window.__PORTAL__.features" in visitor.ask(WEB, manifest["main.js"]).text
    assert visitor.ask(API, "/invoices").json == {"statusCode": 500, "message": "Internal server error"}
    assert visitor.ask(API, "/invoices/INV-2026-0001").status == 500
    assert visitor.ask(API, "/account/summary").status == 500
    assert visitor.ask(API, "/subscriptions").status == 200


def test_d06_and_s01_other_data_and_dead_sessions(start: Start) -> None:
    """Old sessions are refused, fresh logins work, and what they show is the tenant and the invoices of staging."""
    stack, visitor = start("D06", "S01")
    visitor.login()
    assert visitor.ask(API, "/auth/me").status == 200
    assert settled(visitor, stack.deploy())
    assert visitor.ask(API, "/auth/me").status == 401
    assert visitor.login().status == 200
    assert visitor.ask(API, "/tenant").json["environment"] == "staging"
    assert visitor.ask(API, "/invoices/INV-2026-0001").status == 404
    assert 0 < visitor.ask(API, "/invoices").json["total"] < 12


def test_s02_and_s07_login_without_cookie_and_refused_billing(start: Start) -> None:
    """Login answers 200 without a cookie; WHMCS refuses our address, but not the verifier."""
    stack, visitor = start("S02", "S07", seed=2)
    visitor.login()
    assert settled(visitor, stack.deploy())
    assert visitor.ask(API, "/invoices").status == 502
    assert visitor.ask(API, "/account/summary").json["invoices"] is None
    whmcs = visitor.ask(API, "/auth/health-check").json["services"]["whmcs"]
    assert whmcs == {"status": "down", "message": "Invalid IP 203.0.113.7"}
    identity = f"identifier={visitor.file('whmcs-identifier')}&secret={visitor.file('whmcs-secret')}"
    direct = visitor.ask(WHMCS, "/includes/api.php", method="POST", body=f"action=WhmcsDetails&{identity}")
    assert direct.json["result"] == "success"
    seen = visitor.login()
    assert (seen.status, seen.headers["set-cookie"]) == (200, None)


def test_h03_every_url_is_the_maintenance_page(start: Start) -> None:
    """All our hosts answer 200 with the same 308 bytes of HTML; other hosts are not ours."""
    stack, visitor = start("H03")
    stack.deploy()
    for host, path in ((API, "/health"), (WEB, "/"), (WEB, "/assets/manifest.json"), (WORKER, "/health")):
        seen = visitor.ask(host, path)
        assert (seen.status, len(seen.body), seen.headers.get_content_type()) == (200, 308, "text/html")
        assert "We'll be back soon" in seen.text
    assert "operational" in visitor.ask(CONTROL, "/").text


def test_n01_a_blip_that_ends(start: Start) -> None:
    """Some requests find no upstream for some seconds after the switch, none later."""
    stack, visitor = start("N01", speed=2)
    release = stack.deploy()
    began = time.monotonic()
    statuses = [visitor.ask(API, "/health").status for _ in range(30)]
    assert {200, 503} == set(statuses)
    assert eventually(lambda: {visitor.ask(API, "/health").status for _ in range(12)} == {200}, 6)
    assert time.monotonic() - began > 0.5
    assert settled(visitor, release)


def test_n02_the_first_hits_are_slow(start: Start) -> None:
    """The first answer of a route takes a second or two on each replica, the second does not."""
    stack, visitor = start("N02", speed=2)
    assert settled(visitor, stack.deploy())
    took = defaultdict[str, list[float]](list)
    for _ in range(12):
        began = time.monotonic()
        replica = visitor.ask(API, "/catalogue").headers["x-replica"]
        took[replica].append(time.monotonic() - began)
    assert len(took) == 3
    assert all(0.45 < one[0] < 3 for one in took.values())
    assert all(min(one[1:]) < 0.45 for one in took.values()), "one of them may be slow because this machine was"


def test_n03_a_few_connections_are_reset(start: Start) -> None:
    """About one connection in 140 is reset, on any replica."""
    stack, visitor = start("N03", seed=3)
    stack.deploy()
    resets = 0
    for _ in range(600):
        try:
            visitor.once(CONTROL if resets > 20 else WEB, "/_health")
        except (OSError, HTTPException):
            resets += 1
    assert 1 <= resets <= 15


def test_n04_a_mix_that_converges(start: Start) -> None:
    """Old and new answer side by side for some seconds, then the new alone."""
    stack, visitor = start("N04", speed=2)
    release = stack.deploy()
    began = time.monotonic()
    seen: list[float] = []

    def converged() -> bool:
        share = visitor.census(6).count(release.commit) / 6
        seen.append(share)
        return share == 1

    assert eventually(converged, 12)
    assert time.monotonic() - began > 1.5
    assert any(0 < share < 1 for share in seen)


def test_i11_is_still_moving_after_twelve_seconds(start: Start) -> None:
    """Seen three times as fast: the pause between two replicas is shorter than six seconds, and the last is late."""
    stack, visitor = start("I11", speed=3)
    release = stack.deploy()
    began, changes = time.monotonic(), list[tuple[float, int]]()
    while time.monotonic() - began < 16 / 3:
        changes.append((time.monotonic() - began, visitor.census(3).count(release.commit)))
        time.sleep(0.05)
    moments = [next(group)[0] for _, group in groupby(changes, key=lambda change: change[1])]
    assert [count for count, _ in groupby(change[1] for change in changes)] == [0, 1, 2]
    assert moments[2] - moments[1] < 6 / 3


def test_i01_and_i07_salesforce_is_down_and_an_account_expired(start: Start) -> None:
    """The customer cannot log in on either release; Salesforce fails for everybody, and says so; the rest is fine."""
    stack, visitor = start("I01", "I07", seed=6)
    assert visitor.login().json["message"] == "Password expired"
    assert settled(visitor, stack.deploy())
    assert (visitor.login().status, visitor.login("control").status) == (401, 200)
    assert visitor.ask(API, "/account/contact").status == 502
    summary = visitor.ask(API, "/account/summary").json
    assert (summary["contact"], len(summary["invoices"])) == (None, 12)
    assert visitor.ask(API, "/invoices").status == 200
    try:
        direct = visitor.ask(SALESFORCE, "/services/data/").status
    except ConnectionRefusedError:
        direct = 503
    assert direct == 503
    assert visitor.ask(TRUST, "/v1/instances/AP15/status").json["status"] == "MAJOR_INCIDENT_CORE"


def test_i04_no_name_resolves_after_the_deploy(start: Start) -> None:
    """Before the deploy the addresses are right; after it every one of them leads to a name that is none."""
    stack, visitor = start("I04")
    assert visitor.ask(CONTROL, "/").status == 200
    stack.deploy()
    rules = visitor.file("connect-to").splitlines()
    assert len(rules) == 14
    assert all(rule.endswith(":443:nowhere.invalid:443") for rule in rules)


def test_i15_offers_a_browser_that_dies(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verifier's environment names a program that is killed soon after each start."""
    monkeypatch.setenv("SMOKE_BROWSER_EXECUTABLE", "/bin/sleep")
    stack, _ = start("I15", speed=2)
    program = stack.environment["SMOKE_BROWSER_EXECUTABLE"]
    for _ in range(2):
        began = time.monotonic()
        status = subprocess.run([program, "30"], check=False).returncode
        assert (status, 0.3 < time.monotonic() - began < 10) == (137, True)


def _broken_files(visitor: Visitor) -> list[str]:
    manifest = visitor.ask(WEB, "/assets/manifest.json").json
    return [source for source, path in manifest.items() if visitor.ask(WEB, path).status == 404]


def _export(visitor: Visitor) -> str:
    def accepted() -> bool:
        seen = visitor.ask(API, "/exports", method="POST", body=json.dumps({"kind": "smoke"}))
        made.extend([seen.json["id"]] if seen.status == 202 else [])
        return bool(made)

    made: list[str] = []
    assert eventually(accepted)
    answers = (visitor.ask(API, f"/exports/{made[0]}") for _ in range(6))
    return str(next(seen.json["status"] for seen in answers if seen.status == 200))
