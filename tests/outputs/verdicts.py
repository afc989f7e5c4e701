"""Verdicts of every kind, as the JSON that outputs read."""

from collections.abc import Mapping, Sequence
from typing import Any

from smoke.verdict.words import ACTIONS, Word

COMMIT = "9f1c2ab4d0e35f6a7b8c9d0e1f2a3b4c5d6e7f80"
BEFORE = "4e77d01b2c3d4e5f60718293a4b5c6d7e8f90a1b"

SIX_JOURNEYS = ("login", "dashboard", "invoices", "subscriptions", "catalogue", "checkout")

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\x9b31m<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'"
    "</script></style></pre>]]><!-- **bold** [a](javascript:alert(1)) | @octocat #1 "
    "https://evil.example/ :tada: $x$ `code`\r\n"
    "::error title=owned::owned\n::set-output name=verdict::pass\n##[error]owned %0A::error::x\x00\x08\x7f\ufffe"
    "\u202egnp.exe\u2066\u200b\u2028\ud800 後 ᚠ é ✓"
)
"""What a target may put into an error page to attack whoever reads about it."""


def check(check_id: str, stage: str, outcome: str = "passed", **given: Any) -> dict[str, Any]:
    """Return one entry of `checks`."""
    cause = {"failed": "release", "undecided": "runner", "skipped": "suite"}.get(outcome)
    return {
        "id": check_id,
        "stage": stage,
        "service": "bff",
        "gating": True,
        "outcome": outcome,
        "cause": cause,
        "message": "as expected" if outcome == "passed" else "not as expected",
        "expected": "",
        "found": "",
        "rounds": 0 if outcome == "skipped" else 1,
        "samples": 0 if outcome == "skipped" else 1,
        "started_at": 3.2,
        "duration_s": 0.2,
        "evidence": [],
        "reproduce": "",
        "promise": "",
        **given,
    }


def verdict(word: str, checks: Sequence[Mapping[str, Any]], **given: Any) -> dict[str, Any]:
    """Return a verdict; its reasons are the gating checks that did not pass."""
    wanting = [one for one in checks if one["gating"] and one["outcome"] != "passed"]
    return {
        "schema_version": 1,
        "run_id": "20261121T100200Z-1f3a9c",
        "environment": "portal/prod",
        "tier": "prod",
        "verdict": word,
        "action": ACTIONS[Word(word)].value,
        "complete": True,
        "summary": "One sentence.",
        "reasons": [{"check": one["id"], "cause": one["cause"], "message": one["message"]} for one in wanting],
        "release": {"expected": COMMIT, "previous": BEFORE, "observed": census()},
        "started_at": "2026-11-21T10:02:00.000Z",
        "finished_at": "2026-11-21T10:02:15.500Z",
        "duration_s": 15.5,
        "budget_s": 120.0,
        "services": [],
        "checks": list(checks),
        "warnings": [],
        "suite": {"version": "0.1.0", "config_sha256": "5d41402abc4b2a76b9719d911017c592"},
        **given,
    }


def census() -> dict[str, Any]:
    """Return what three services served: one release everywhere."""
    return {
        service: {"commits": {COMMIT: 4 * len(replicas)}, "replicas": dict.fromkeys(replicas, 4)}
        for service, replicas in (("bff", "abc"), ("web", "abc"), ("worker", "a"))
    }


def everything() -> list[dict[str, Any]]:
    """Return the checks of a healthy run, spread over time as in a real one."""
    checks = [
        check(f"version/{one}", "converge", service=one, started_at=0.1, duration_s=2.9 + at / 10, samples=12)
        for at, one in enumerate(("bff", "web", "worker"))
    ]
    immediate = [
        *("health/bff", "health/web", "health/worker", "page/home", "page/sign-in", "asset/web", "login/customer"),
        *("protected/invoices", "protected/account", "component/redis", "component/database", "migration/portal"),
    ]
    for at, one in enumerate(immediate):
        checks.append(check(one, "immediate", started_at=3.2 + at / 50, duration_s=0.15 + (at * 7 % 11) / 10))
    for at, one in enumerate(SIX_JOURNEYS):
        promise = "A person can do this in a real browser."
        checks.append(
            check(f"journey/{one}", "functional", service="web", started_at=4.4 + at, duration_s=2.1, promise=promise)
        )
    for at, one in enumerate(("dependency/salesforce", "dependency/whmcs", "queue/exports", "control/status")):
        checks.append(check(one, "integration", started_at=3.3, duration_s=0.3 + at / 3))
    return [*checks, check("census/release", "confirm", started_at=14.6, duration_s=0.8, samples=24)]


def replaced(checks: Sequence[Mapping[str, Any]], *others: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return *checks* with those replaced that have the id of one of *others*."""
    by_id = {one["id"]: one for one in others}
    return [dict(by_id.get(one["id"], one)) for one in checks]


def passing() -> dict[str, Any]:
    """Return a pass."""
    summary = "9f1c2ab4d0e3 is served everywhere and all 26 required checks passed, 6 of them journeys."
    return verdict("pass", everything(), summary=summary)


def failing() -> dict[str, Any]:
    """Return a fail with three reasons of two causes, a warning and an advisory failure."""
    invoices = check(
        "journey/invoices",
        "functional",
        "failed",
        message="0 rows, expected at least 1; before this release it had 12 rows",
        expected='at least 1 row in the table "Invoices"',
        found="0 rows; the page says: No invoices yet",
        rounds=3,
        samples=9,
        started_at=6.4,
        duration_s=6.0,
        evidence=["browser/journey-invoices.png", "browser/journey-invoices.zip"],
        reproduce="curl -sS 'https://portal.example.jp/api/invoices' -H 'Cookie: …'",
        promise="A person sees their invoices.",
    )
    read = check(
        "read/invoices",
        "functional",
        "failed",
        message="items is empty, expected at least 1",
        expected="items: at least 1",
        found='{"items": [], "total": 0}',
        rounds=2,
        samples=24,
        started_at=4.0,
        duration_s=0.7,
        reproduce="curl -sS https://portal.example.jp/api/invoices",
    )
    salesforce = check(
        "dependency/salesforce",
        "integration",
        "undecided",
        cause="dependency",
        message="the token endpoint answers 503 to a direct call too; Trust reports an incident on AP15",
        expected="an access token",
        found="HTTP 503 text/html",
    )
    slow = check(
        "page/home", "immediate", "failed", gating=False, message="1.9 s, advised at most 1.0 s", noted="1 of 24 reset"
    )
    observed = census() | {"bff": {"commits": {COMMIT: 16, BEFORE: 8}, "replicas": {"a": 8, "b": 8, "c": 8}}}
    checks = [*replaced(everything(), invoices, salesforce, slow), read]
    return verdict(
        "fail",
        checks,
        services=["bff"],
        summary="The invoice list is empty for the smoke customer; before this release it had 12 rows (10:02).",
        release={"expected": COMMIT, "previous": BEFORE, "observed": observed},
        warnings=["page/home: 1.9 s, advised at most 1.0 s"],
    )


def only(stage: str, message: str) -> list[dict[str, Any]]:
    """Return every check, all but those of *stage* skipped with *message*."""
    return [
        one if one["stage"] == stage else check(one["id"], one["stage"], "skipped", message=message)
        for one in everything()
    ]


def partial() -> dict[str, Any]:
    """Return what a narrowed selection gives: nothing failed, most was not made."""
    left_out = only("immediate", "not selected on the command line")
    summary = "Partial: the 12 required checks that were selected passed, 14 of 26 were not made."
    return verdict("inconclusive", left_out, complete=False, summary=summary)


def interrupted() -> dict[str, Any]:
    """Return what SIGTERM leaves behind."""
    unfinished = only("converge", "no result: the check was not finished")
    summary = "The verification did not finish: it was told to stop (SIGTERM)."
    return verdict("inconclusive", unfinished, complete=False, summary=summary)


def runner() -> dict[str, Any]:
    """Return what a machine without network finds: nothing."""
    message = "name resolution failed; the control hosts cannot be reached either: this machine's network is at fault"
    blind = [check(one["id"], one["stage"], "undecided", message=message) for one in everything()]
    release: dict[str, Any] = {"expected": None, "previous": None, "observed": {}}
    summary = f"journey/login: {message}. (25 more reasons)"
    return verdict("inconclusive", blind, release=release, summary=summary, warnings=["no baseline (smoke prime)"])


def hostile() -> dict[str, Any]:
    """Return a fail of which every free text attacks its reader, one with a megabyte."""
    texts = dict.fromkeys(("message", "expected", "found", "reproduce", "promise", "noted"), HOSTILE)
    attack = check("page/home", "immediate", "failed", **texts, evidence=["../../etc/passwd", "javascript:alert(1)"])
    flood = check("page/sign-in", "immediate", "failed", message="A" * 1_000_000, found=HOSTILE * 5_000)
    checks = replaced(everything(), attack, flood)
    return verdict("fail", checks, services=["web"], summary=HOSTILE, warnings=[HOSTILE])


ALL = {"pass": passing, "fail": failing, "partial": partial, "interrupted": interrupted, "runner": runner}
"""One of each kind, by name."""
