"""What is signed: an in-toto Statement v1 that says how one verdict file came out, as a test result; pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from smoke.verdict.release import normalise, same_commit
from smoke.verdict.words import Cause, Outcome, Word

STATEMENT = "https://in-toto.io/Statement/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"

SUBJECT = "verdict.json"

RESULTS = {Word.PASS: "PASSED", Word.FAIL: "FAILED", Word.INCONCLUSIVE: "FAILED"}
"""What holds is no pass either: who knows the statement alone must not promote."""

_FULL_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def statement_of(verdict: Mapping[str, Any], sha256: str) -> dict[str, Any]:
    """Return the statement about *verdict*, whose file has the digest *sha256*."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": SUBJECT, "digest": {"sha256": sha256}}, *_release(verdict)],
        "predicateType": TEST_RESULT,
        "predicate": {
            "result": RESULTS[Word(verdict["verdict"])],
            "configuration": [_configuration(verdict)],
            **_tests(verdict),
        },
    }


def contradiction(statement: Any, sha256: str, word: Word) -> str | None:
    """Return why *statement* is none about the verdict file with *sha256* that says *word*; None if it is."""
    if not isinstance(statement, Mapping) or statement.get("_type") != STATEMENT:
        return "what was signed is no in-toto statement"
    if statement.get("predicateType") != TEST_RESULT:
        return "what was signed is no test result"
    if not any(_digest(one, "sha256") == sha256 for one in _subjects(statement)):
        return "what was signed is another file: verdict.json was changed since, or belongs to another run"
    predicate = statement.get("predicate")
    result = predicate.get("result") if isinstance(predicate, Mapping) else None
    if result != RESULTS[word]:
        return f"what was signed says {result!r} of a verdict that says {word.value!r}"
    return None


def _subjects(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    subjects = statement.get("subject")
    for one in subjects if isinstance(subjects, list) else ():
        if isinstance(one, Mapping):
            yield one


def _digest(subject: Mapping[str, Any], algorithm: str) -> object:
    digest = subject.get("digest")
    return digest.get(algorithm) if isinstance(digest, Mapping) else None


def _release(verdict: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the commit as a subject, where its full name is known: an abbreviation is no digest."""
    expected = verdict["release"]["expected"]
    observed = [name for census in verdict["release"]["observed"].values() for name in census["commits"]]
    full = sorted(
        {
            commit
            for one in (expected, *observed)
            if same_commit(one, expected) and _FULL_COMMIT.fullmatch(commit := normalise(one) or "")
        }
    )
    if len(full) == 1:
        yield {"name": "release", "digest": {"gitCommit": full[0]}}


def _configuration(verdict: Mapping[str, Any]) -> dict[str, Any]:
    sha256 = str(verdict["suite"]["config_sha256"])
    known = {"digest": {"sha256": sha256}} if _SHA256.fullmatch(sha256) else {}
    return {"name": verdict["environment"], **known, "annotations": {"suite": verdict["suite"]["version"]}}


def _tests(verdict: Mapping[str, Any]) -> dict[str, list[str]]:
    tests: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for one in verdict["checks"]:
        tests[_kind(one, passed=verdict["verdict"] == Word.PASS)].append(one["id"])
    return tests


def _kind(check: Mapping[str, Any], *, passed: bool) -> str:
    """
    Return the list that a check belongs to.

    Of a pass no test failed, since policies demand that of it: what it excuses is warned of.
    """
    if check["outcome"] == Outcome.PASSED:
        return "passedTests"
    excused = passed or not check["gating"] or check["cause"] == Cause.PREEXISTING
    return "warnedTests" if excused else "failedTests"
