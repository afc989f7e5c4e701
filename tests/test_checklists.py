"""The checklists of the five systems name checks and faults that exist, and leave no line without an answer."""

import pytest

from smoke.checks.registry import build
from smoke.demo.systems import SYSTEMS, dialect_of
from smoke.environment.loading import load
from smoke.environment.returning import journeys_of
from smoke.verdict.release import Release
from smoke.verdict.words import Word
from tools import checklists
from tools.checklists import Checklist

EVERY = list(checklists.checklists())
NAMES = [one.environment for one in EVERY]


def planned(name: str) -> set[str]:
    """Return the ids of everything that is planned for an environment."""
    environment = load(checklists.ROOT / "environments", name)
    journeys = {f"journey/{one.name}" for one in journeys_of(environment)}
    return journeys | {one.id for one in build(environment, Release())}


def test_every_system_has_one() -> None:
    """What a document lists after a deploy is listed for its production."""
    assert sorted(names[0] for names in SYSTEMS.values()) == NAMES


@pytest.mark.parametrize("checklist", EVERY, ids=NAMES)
def test_every_line_is_answered(checklist: Checklist) -> None:
    """A line has checks, or the reason why a machine cannot make it."""
    assert [one.line for one in checklist.lines if not (one.checks or one.reason)] == []


@pytest.mark.parametrize("checklist", EVERY, ids=NAMES)
def test_every_check_is_planned(checklist: Checklist) -> None:
    """A check that is named is made in that environment."""
    known = planned(checklist.environment)
    assert [check for one in checklist.lines for check in one.checks if check not in known] == []


@pytest.mark.parametrize("checklist", EVERY, ids=NAMES)
def test_every_fault_can_be_shown(checklist: Checklist) -> None:
    """A fault that is named is a trap of that system's dialect."""
    known = {one.id for one in dialect_of(checklist.environment).traps}
    named = [fault for one in checklist.lines for fault in filter(None, (one.fault, *one.faults))]
    assert [fault for fault in (*named, *(one for run in checklist.runs for one in run)) if fault not in known] == []


@pytest.mark.parametrize("checklist", EVERY, ids=NAMES)
def test_every_line_has_a_fault_of_its_own(checklist: Checklist) -> None:
    """Each fault is shown in exactly one run, by one of the line's checks."""
    made = [one for one in checklist.lines if one.checks]
    assert sorted(one.fault for one in made) == sorted(fault for run in checklist.runs for fault in run)
    assert len({one.fault for one in made}) == len(made)
    assert [one.line for one in made if one.red not in one.checks or not one.says] == []


@pytest.mark.parametrize("checklist", EVERY, ids=NAMES)
def test_no_check_stands_for_two_faults(checklist: Checklist) -> None:
    """In one run each line is seen by a check of its own, or by other words of it."""
    for run in checklist.runs:
        shown = [(one.red, one.says) for one in checklist.shown(run)]
        assert len(set(shown)) == len(run)


@pytest.mark.parametrize("checklist", EVERY, ids=NAMES)
def test_every_line_was_seen_red(checklist: Checklist) -> None:
    """What is recorded covers each run, and holds each line's words."""
    for run in checklist.runs:
        made = checklist.seen_in(run)
        assert made is not None, run
        assert [one.line for one in checklist.shown(run) if one.says not in made["not_good"].get(one.red, "")] == []
        assert [
            one.line for one in checklist.shown(run) if one.incident and one.incident not in made["incidents"]
        ] == []


@pytest.mark.parametrize("name", [name for names in SYSTEMS.values() for name in names])
def test_every_file_was_seen_to_pass(name: str) -> None:
    """Each environment file has passed on a healthy stand-in."""
    assert checklists.seen(name)["healthy"]["verdict"] == Word.PASS


def test_the_page_is_up_to_date() -> None:
    """`docs/checklists.md` is what the data say; `make docs` writes it."""
    assert checklists.FILE.read_text("utf-8") == checklists.page()
