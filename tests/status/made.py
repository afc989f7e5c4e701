"""A history of 90 days: mostly sound, with an outage, flaps, releases and a night without looks."""

import random
from collections.abc import Iterator
from dataclasses import replace

from smoke.history import deploys, runs
from smoke.history.records import Consequences, Deploy, Ended, Found, PastIncident, Run, RunKind
from smoke.history.store import History

NOW = 1_800_000_000.0 + 8 * 3600
"""2027-01-15 16:00 UTC."""

DAY_S, QUARTER_S = 86400, 900
SOUND, FAILING, UNCLEAR = "sound", "failing", "unclear"

CHECKS = (
    *(("version/bff", "immediate"), ("version/web", "immediate"), ("health/bff", "immediate")),
    *(("page/home", "immediate"), ("page/sign-in", "immediate"), ("assets/web", "immediate")),
    *(("login/customer", "functional"), ("read/invoices", "functional"), ("read/subscriptions", "functional")),
    *(("journey/login", "functional"), ("journey/invoices", "functional"), ("journey/checkout", "functional")),
    *(("dependency/salesforce", "integration"), ("queue/exports", "integration"), ("confirm/release", "confirm")),
)

COMMITS = ("4e77d01a2b3c4d5e6f708192a3b4c5d6e7f80912", "9f1c2ab4d0e35f6a7b8c9d0e1f2a3b4c5d6e7f80")


def fill(history: History, environment: str = "portal/prod", seed: int = 1) -> None:
    """Fill *history* with 90 days up to `NOW`."""
    dice = random.Random(seed)
    with history.writing() as connection:
        for at in _times():
            runs.end(connection, _run(environment, at, dice), None)
        for number in range(30):
            begun = NOW - 90 * DAY_S + number * 3 * DAY_S + dice.random() * DAY_S
            live = f"{dice.getrandbits(160):040x}"
            verdict = "fail" if number % 9 == 4 else "pass"
            deploys.verified(connection, Deploy(0, environment, begun, live, None, begun + 200, verdict))
        for begun, live in ((NOW - 11 * 3600, COMMITS[0]), (NOW - 5 * 3600, COMMITS[1])):
            deploys.verified(connection, Deploy(0, environment, begun, live, None, begun + 200, "pass"))
        past = PastIncident("i1", environment, "failing", "critical", NOW - 4 * 3600, NOW - 4 * 3600 + 900)
        late = replace(
            past, checks=("journey/invoices", "read/invoices"), resolved_at=NOW - 2 * 3600, blamed=COMMITS[1]
        )
        old = replace(past, id="i2", kind="unclear", severity="warning", began_at=NOW - 40 * DAY_S, opened_at=NOW)
        for number, one in enumerate((late, replace(old, resolved_at=NOW - 40 * DAY_S + 5000))):
            run = _run(environment, NOW - 60 * (number + 2), dice)
            runs.end(connection, run, lambda state, one=one: Consequences(state, one))  # type: ignore[misc]


def _times() -> Iterator[float]:
    for number in range(89 * 8):
        if number // 8 != 30:
            yield NOW - 90 * DAY_S + number * DAY_S / 8
    for number in range(96):
        if not 20 <= number < 26:
            yield NOW - DAY_S + number * QUARTER_S


def _run(environment: str, at: float, dice: random.Random) -> Ended:
    standing, failing = _standing(at, dice)
    run = Run(
        run_id=f"{environment}-{at}",
        environment=environment,
        kind=RunKind.SCHEDULED,
        began_at=at,
        ended_at=at + 9,
        standing=standing,
        verdict={SOUND: "pass", FAILING: "fail"}.get(standing, "inconclusive"),
        summary="" if standing == SOUND else "HTTP 500 in 12 of 12 samples",
        live=COMMITS[at > NOW - 5 * 3600],
        duration_s=8 + dice.random(),
    )
    return Ended(run, tuple(_found(check, stage, standing, check in failing, dice) for check, stage in CHECKS))


def _standing(at: float, dice: random.Random) -> tuple[str, tuple[str, ...]]:
    if NOW - 4 * 3600 <= at < NOW - 2 * 3600:
        return FAILING, ("journey/invoices", "read/invoices")
    if NOW - 20 * 3600 <= at < NOW - 19 * 3600 or NOW - 40 * DAY_S <= at < NOW - 39 * DAY_S:
        return UNCLEAR, ()
    if dice.random() < 0.01:
        return FAILING, ("page/home",)
    return SOUND, ()


def _found(check: str, stage: str, standing: str, failing: bool, dice: random.Random) -> Found:
    slow = 2.2 if check.startswith("journey/") else 0.2
    outcome = "failed" if failing else "undecided" if standing == UNCLEAR and stage != "immediate" else "passed"
    said = {"failed": "HTTP 500 in 12 of 12 samples", "undecided": "the network of this machine is down"}
    cause = {"failed": "release", "undecided": "runner"}.get(outcome)
    took = slow * (0.8 + 0.4 * dice.random()) * (3 if dice.random() < 0.02 else 1)
    return Found(check, stage, stage != "integration", outcome, cause, said.get(outcome, ""), took)
