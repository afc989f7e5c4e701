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
    assert [fault for one in checklist.lines for fault in one.faults if fault not in known] == []


@pytest.mark.parametrize("checklist", EVERY, ids=NAMES)
def test_what_was_seen_is_what_each_fault_deserves(checklist: Checklist) -> None:
    """A recorded verdict is the fault's truth, and a check of each line that it belongs to was among the bad ones."""
    traps = {one.id: one for one in dialect_of(checklist.environment).traps}
    for fault, seen in checklist.seen.items():
        assert seen["verdict"] in {traps[fault].truth.value, *(word.value for word in traps[fault].also_ok)}
        for line in checklist.lines:
            if fault in line.faults and traps[fault].truth is Word.FAIL:
                assert set(line.checks) & set(seen["checks"]), (fault, line.line)


def test_the_page_is_up_to_date() -> None:
    """`docs/checklists.md` is what the data say; `make docs` writes it."""
    assert checklists.FILE.read_text("utf-8") == checklists.page()
