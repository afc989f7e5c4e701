"""`cdevents.json`, by the schemas that CDEvents and CloudEvents publish."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from smoke.outputs import cdevents
from tests.outputs import verdicts

SCHEMAS = Path(__file__).parent / "schemas"
ENVELOPE = json.loads((SCHEMAS / "cloudevents-1.0.json").read_text("utf-8"))
FILES = {
    cdevents.SUITE_FINISHED: "testsuiterunfinished",
    cdevents.CASE_FINISHED: "testcaserunfinished",
    cdevents.CASE_SKIPPED: "testcaserunskipped",
}


def validator(kind: str) -> Draft202012Validator:
    """Return what validates one kind of event, with the schemas that it refers to."""
    linked = [json.loads(file.read_text("utf-8")) for file in (SCHEMAS / "cdevents" / "links").glob("*.json")]
    registry: Registry[Any] = Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in linked])
    schema = json.loads((SCHEMAS / "cdevents" / f"{FILES[kind]}.json").read_text("utf-8"))
    return Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())


@pytest.mark.parametrize("kind", [*sorted(verdicts.ALL), "hostile"])
def test_valid(kind: str, tmp_path: Path) -> None:
    """Every kind of verdict makes events that the published schemas take, in envelopes that repeat their context."""
    verdict = verdicts.ALL.get(kind, verdicts.hostile)()
    cdevents.write(tmp_path, verdict)
    events = json.loads((tmp_path / cdevents.FILE).read_text("utf-8"))
    assert len(events) == len(verdict["checks"]) + 1
    assert len({one["id"] for one in events}) == len(events)
    validators = {one: validator(one) for one in FILES}
    for event in events:
        assert list(Draft7Validator(ENVELOPE, format_checker=FormatChecker()).iter_errors(event)) == []
        assert list(validators[event["type"]].iter_errors(event["data"])) == []
        context = event["data"]["context"]
        assert (event["id"], event["source"], event["type"], event["time"], event["subject"]) == (
            *(context[key] for key in ("id", "source", "type", "timestamp")),
            event["data"]["subject"]["id"],
        )


def test_the_schema_can_say_no() -> None:
    """The validation would see a wrong event."""
    event = cdevents.render(verdicts.failing())[-1]
    event["data"]["subject"]["content"]["outcome"] = "inconclusive"
    assert not validator(event["type"]).is_valid(event["data"])


@pytest.mark.parametrize(
    ("kind", "outcome", "severity"),
    [
        ("pass", "success", None),
        ("fail", "failure", "critical"),
        ("runner", "error", "high"),
        ("partial", "error", "high"),
    ],
)
def test_the_suite(kind: str, outcome: str, severity: str | None) -> None:
    """The last event is the suite's; inconclusive is an error, never a success."""
    event = cdevents.render(verdicts.ALL[kind]())[-1]
    content = event["data"]["subject"]["content"]
    assert event["type"] == cdevents.SUITE_FINISHED
    assert (content["outcome"], content.get("severity")) == (outcome, severity)
    assert content["environment"] == {"id": "portal/prod"}
    assert event["data"]["customData"]["verdict"] == verdicts.ALL[kind]()["verdict"]


def test_the_cases() -> None:
    """Each check is a test case of the suite's run; what was skipped was not finished."""
    events = {
        one["data"]["subject"]["content"].get("testCase", {}).get("id"): one
        for one in cdevents.render(verdicts.failing())
    }
    content = events["read/invoices"]["data"]["subject"]["content"]
    assert (content["outcome"], content["severity"]) == ("failure", "high")
    assert content["reason"].startswith("items is empty")
    assert events["page/home"]["data"]["subject"]["content"]["severity"] == "low"
    assert events["journey/invoices"]["data"]["subject"]["content"]["testCase"]["type"] == "e2e"
    skipped = [one for one in cdevents.render(verdicts.interrupted()) if one["type"] == cdevents.CASE_SKIPPED]
    assert all("outcome" not in one["data"]["subject"]["content"] for one in skipped)
    assert len(skipped) > 10


def test_written_again() -> None:
    """The same run makes the same events, so that who receives them twice can drop the second."""
    assert cdevents.render(verdicts.failing()) == cdevents.render(verdicts.failing())
