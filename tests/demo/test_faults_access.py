"""Faults of logins, keys, payments and scheduled work show what the catalogue says, and nothing else."""

import json
import time
from collections import Counter
from collections.abc import Callable

from smoke.demo.process import DeployedRelease, Stack
from tests.demo.visitor import API, Seen, Visitor, eventually

Start = Callable[..., tuple[Stack, Visitor]]


def settled(visitor: Visitor, release: DeployedRelease) -> bool:
    """Wait until the API serves the release."""
    return eventually(lambda: set(visitor.census()) == {release.commit})


def test_b07_everybody_is_locked_out(start: Start) -> None:
    """Before the deploy each client has its own counter; after it, all have one, and every account gets 429."""
    stack, visitor = start("B07")
    first = [visitor.login(), visitor.login("control")]
    assert [one.status for one in first] == [200, 200]
    assert [_left(one) for one in first] in ([29, 28], [29, 29])
    assert settled(visitor, stack.deploy())
    seen: dict[str, list[Seen]] = {"customer": [], "control": []}

    def both_refused() -> bool:
        for who, answers in seen.items():
            answers.append(visitor.login(who))
        return all(answers[-1].status == 429 for answers in seen.values())

    assert eventually(both_refused)
    assert sum(map(len, seen.values())) <= 6
    refused = seen["control"][-1]
    assert refused.headers["x-ratelimit-limit"] == "10"
    assert 1 <= int(refused.headers["retry-after"]) <= 13
    assert refused.json["message"] == "ThrottlerException: Too Many Requests"


def test_i06_one_account_is_limited(start: Start) -> None:
    """After the deploy our customer gets 429 most of the time; the other account logs in."""
    stack, visitor = start("I06")
    assert visitor.login().status == 200
    assert settled(visitor, stack.deploy())
    assert eventually(lambda: visitor.login().status == 429)
    assert visitor.login("control").status == 200


def test_s03_and_q02_dead_keys_and_work_done_three_times(start: Start) -> None:
    """Both keys work before the deploy, the newest alone after it; each tick is carried out by every replica."""
    stack, visitor = start("S03", "Q02", speed=2)
    assert _with_key(visitor, "previous") == _with_key(visitor, "current") == 200
    assert set(_executions(visitor).values()) <= {1}
    release = stack.deploy()
    assert settled(visitor, release)
    began = time.time()
    assert (_with_key(visitor, "previous"), _with_key(visitor, "current")) == (401, 200)
    assert eventually(lambda: sum(count == 3 for count in _executions(visitor, began + 1.0).values()) >= 2)


def test_s21_s22_s23_forgotten_guards_and_stack_traces(start: Start) -> None:
    """After the deploy a customer sees staff's list, another's invoice, and the trace of any error."""
    stack, visitor = start("S21", "S22", "S23")
    visitor.login()
    paths = ("/admin/customers", "/invoices/INV-2026-0013", "/nothing")
    assert [visitor.ask(API, path).status for path in paths] == [403, 404, 404]
    assert settled(visitor, stack.deploy())
    assert [visitor.ask(API, path).status for path in paths] == [200, 200, 404]
    assert "/app/node_modules/@nestjs/core/" in visitor.ask(API, "/nothing").json["stack"]


def test_s06_no_session_or_one_of_test_mode(start: Start) -> None:
    """Pages and API are fine; opening a payment is refused, or leads to a form that takes no real money."""
    stack, visitor = start("S06")
    visitor.login()
    opened = _pay(visitor)
    assert (opened.status, opened.json["livemode"], opened.json["id"][:8]) == (201, True, "cs_live_")
    assert visitor.ask(API, f"/checkout/sessions/{opened.json['id']}", method="DELETE").status == 204
    assert settled(visitor, stack.deploy())
    opened = _pay(visitor)
    if opened.status == 201:
        assert (opened.json["livemode"], opened.json["id"][:8]) == (False, "cs_test_")
    else:
        assert opened.status == 502
        assert opened.json["message"].startswith("Expired API Key provided: sk_test_****")
    assert visitor.ask(API, "/checkout/config").json["publishableKey"].startswith("pk_test_")
    assert visitor.ask(API, "/invoices").status == 200


def test_n08_announced_and_n15_worked_off(start: Start) -> None:
    """Old sessions end as the manifest says; the queue, deep before the deploy, gets shorter all the time."""
    stack, visitor = start("N08", "N15")
    visitor.login()
    before = _waiting(visitor)
    assert before > 300
    release = stack.deploy()
    assert release.declares["invalidates_sessions"] is True
    assert settled(visitor, release)
    assert visitor.ask(API, "/auth/me").status == 401
    assert visitor.login().status == 200
    depths = [_waiting(visitor)]
    assert depths[0] < before
    assert eventually(lambda: _waiting(visitor) < depths[0])


def _left(seen: Seen) -> int:
    return int(seen.headers["x-ratelimit-remaining"])


def _with_key(visitor: Visitor, which: str) -> int:
    return visitor.ask(API, "/partner/orders", **{"x-api-key": visitor.file(f"api-key-{which}")}).status


def _executions(visitor: Visitor, since: float = 0.0) -> Counter[str]:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(since))
    runs = visitor.ask(API, "/ops/schedule").json["runs"]
    return Counter(one["key"] for one in runs if one["executedAt"] > moment)


def _pay(visitor: Visitor) -> Seen:
    return visitor.ask(API, "/checkout/sessions", method="POST", body=json.dumps({"sku": "SIM-20"}))


def _waiting(visitor: Visitor) -> int:
    return int(visitor.ask(API, "/health/queues").json["queues"]["exports"]["waiting"])
