"""Whether a failure belongs to a release that had passed."""

from typing import Any

import pytest

from smoke.alerts.lateness import Watched, blame
from tests.alerts.looks import BEGAN, COMMIT, PREVIOUS, look, trouble

RELEASE = Watched(COMMIT, PREVIOUS, BEGAN, BEGAN + 2700)


def test_the_release_is_at_fault() -> None:
    """What passed with the release, at the gate or later, and fails while it is live, is its own."""
    found = blame(RELEASE, look("x", BEGAN + 900), {"page/home": BEGAN + 300})
    assert found is not None
    assert (found.commit, found.previous, found.last_sound_at) == (COMMIT, PREVIOUS, BEGAN + 300)


@pytest.mark.parametrize(
    ("given", "last_sound"),
    [
        ({"at": BEGAN + 2701}, {"page/home": BEGAN + 300}),
        ({"commit": PREVIOUS}, {"page/home": BEGAN + 300}),
        ({"commit": None}, {"page/home": BEGAN + 300}),
        ({"letter": "d"}, {"dependency/salesforce": BEGAN + 300}),
        ({"letter": "?"}, {"page/home": BEGAN + 300}),
        ({"letter": "."}, {"page/home": BEGAN + 300}),
        ({"troubles": (trouble(cause="preexisting"),)}, {"page/home": BEGAN + 300}),
        ({}, {"page/home": BEGAN - 300}),
        ({}, {}),
    ],
    ids=["too-late", "replaced", "untold", "third-party", "unclear", "sound", "old", "never-with-it", "never"],
)
def test_it_is_not(given: dict[str, Any], last_sound: dict[str, float]) -> None:
    """Without evidence no release is blamed."""
    assert blame(RELEASE, look(**{"at": BEGAN + 900, **given}), last_sound) is None


def test_nothing_under_watch() -> None:
    """Where no release is under watch there is none to blame."""
    assert blame(None, look("x"), {"page/home": BEGAN}) is None
