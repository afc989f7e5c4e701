"""Tests of moments as others write them."""

import pytest

from smoke.dependencies._moments import epoch_s

TEN = 1_795_687_200.0


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-26T10:00:00Z",
        "2026-11-26T19:00:00+09:00",
        "2026-11-26T10:00:00.000000",
        "2026-11-26 10:00:00",
        1_795_687_200,
        1_795_687_200_000,
    ],
)
def test_one_moment(written: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Zones, fractions and milliseconds are understood; without a zone it is UTC, wherever this machine stands."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert epoch_s(written) == TEN


@pytest.mark.parametrize("written", [None, True, "", "soon", "26.11.2026", [], {}])
def test_no_moment(written: object) -> None:
    """Whatever else comes is no moment, and breaks nothing."""
    assert epoch_s(written) is None
