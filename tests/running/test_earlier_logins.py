"""What earlier runs tried is remembered for as long as a limit may count it."""

import json
from pathlib import Path

import pytest

from smoke.running.earlier_logins import KEPT_S, MOST, earlier_logins, remember_logins

NOW = 1_800_000_000.0
NAME = "portal/prod"


def test_what_is_remembered(tmp_path: Path) -> None:
    """Attempts of several runs, each once, and none that any limit has forgotten."""
    remember_logins(tmp_path, NAME, [NOW - 10, NOW - 9.5], NOW)
    remember_logins(tmp_path, NAME, [NOW - 9.5, NOW + 5], NOW + 6)

    assert earlier_logins(tmp_path, NAME) == (NOW - 10, NOW - 9.5, NOW + 5)
    assert earlier_logins(tmp_path, "portal/staging") == ()

    remember_logins(tmp_path, NAME, [], NOW + KEPT_S)
    assert earlier_logins(tmp_path, NAME) == (NOW + 5,)
    assert (tmp_path / "logins" / f"{NAME}.json").stat().st_mode & 0o777 == 0o600


def test_nothing_to_remember(tmp_path: Path) -> None:
    """Who logs nobody in leaves no file."""
    remember_logins(tmp_path, NAME, [], NOW)
    assert list(tmp_path.iterdir()) == []


def test_it_stays_small(tmp_path: Path) -> None:
    """Of very many the newest are kept."""
    remember_logins(tmp_path, NAME, [NOW - number / 10 for number in range(2 * MOST)], NOW)
    assert len(earlier_logins(tmp_path, NAME)) == MOST
    assert max(earlier_logins(tmp_path, NAME)) == NOW


@pytest.mark.parametrize("content", ["", "{", "{}", '"x"', '[null, "x", true, [1]]', "\x00"])
def test_a_damaged_file(tmp_path: Path, content: str) -> None:
    """What cannot be read tells nothing, and is written anew."""
    path = tmp_path / "logins" / f"{NAME}.json"
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")

    assert earlier_logins(tmp_path, NAME) == ()
    remember_logins(tmp_path, NAME, [NOW], NOW)
    assert json.loads(path.read_text(encoding="utf-8")) == [NOW]


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    """Then nothing is remembered, and nothing breaks."""
    (tmp_path / "logins").write_text("a file", encoding="utf-8")
    remember_logins(tmp_path, NAME, [NOW], NOW)
    assert earlier_logins(tmp_path, NAME) == ()
