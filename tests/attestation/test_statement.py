"""The statement about a verdict, read by in-toto's own library."""

import copy
import json
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from smoke.attestation.statement import STATEMENT, contradiction, statement_of
from smoke.verdict.words import Word
from tests.outputs import verdicts

SHA256 = "ab" * 32


@pytest.mark.parametrize("kind", verdicts.ALL)
def test_in_toto_reads_it(kind: str) -> None:
    """Every kind of verdict makes a valid statement of version 1 with a valid test result."""
    verdict = verdicts.ALL[kind]()
    made = statement_of(verdict, SHA256)
    read = Statement.copy_from_pb(ParseDict(made, statement_pb2.Statement()))
    read.validate()
    assert read.pb.type == STATEMENT
    result = ParseDict(made["predicate"], test_result_pb2.TestResult())
    assert result.result == ("PASSED" if verdict["verdict"] == "pass" else "FAILED")
    listed = [*result.passed_tests, *result.warned_tests, *result.failed_tests]
    assert sorted(listed) == sorted(one["id"] for one in verdict["checks"])
    assert contradiction(json.loads(json.dumps(made)), SHA256, Word(verdict["verdict"])) is None


def test_subjects() -> None:
    """It is about the file, and about the commit where its full name is known."""
    assert statement_of(verdicts.passing(), SHA256)["subject"] == [
        {"name": "verdict.json", "digest": {"sha256": SHA256}},
        {"name": "release", "digest": {"gitCommit": verdicts.COMMIT}},
    ]


@pytest.mark.parametrize(
    ("expected", "observed", "commits"),
    [
        (verdicts.COMMIT[:8], [verdicts.COMMIT], [verdicts.COMMIT]),
        (verdicts.COMMIT[:8], [], []),
        (None, [verdicts.COMMIT], []),
        (verdicts.COMMIT, [verdicts.BEFORE], [verdicts.COMMIT]),
        (verdicts.COMMIT[:8], [verdicts.COMMIT, verdicts.COMMIT[:8] + "0" * 32], []),
        ("1.42.0", ["1.42.0"], []),
    ],
)
def test_the_commit(expected: str | None, observed: list[str], commits: list[str]) -> None:
    """An abbreviation is completed by what was seen live, and never by guessing."""
    census = {"web": {"commits": dict.fromkeys(observed, 3), "replicas": {}}}
    verdict = verdicts.passing() | {"release": {"expected": expected, "previous": None, "observed": census}}
    said = [one["digest"].get("gitCommit") for one in statement_of(verdict, SHA256)["subject"][1:]]
    assert said == commits


def test_no_test_of_a_pass_failed() -> None:
    """What a pass excuses is a warning: policies demand that no test failed."""
    old = verdicts.check("page/home", "immediate", "failed", cause="preexisting")
    verdict = verdicts.passing() | {"checks": verdicts.replaced(verdicts.everything(), old)}
    predicate = statement_of(verdict, SHA256)["predicate"]
    assert (predicate["warnedTests"], predicate["failedTests"]) == (["page/home"], [])


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"subject": []},
        {"subject": None},
        {"subject": [3, {"digest": None}, {"digest": {"sha256": "cd" * 32}}]},
        {"predicate": None},
        {"predicate": {"result": "FAILED"}},
        {"predicate": {"result": "WARNED"}},
    ],
)
def test_about_something_else(change: dict[str, Any]) -> None:
    """A statement about another file, or of another result, vouches for nothing."""
    made = copy.deepcopy(statement_of(verdicts.passing(), SHA256)) | change
    assert contradiction(made, SHA256, Word.PASS) is not None


@pytest.mark.parametrize("made", [None, [], "x", {}])
def test_no_statement(made: object) -> None:
    """What is no statement is not read as one."""
    assert contradiction(made, SHA256, Word.PASS) == "what was signed is no in-toto statement"
