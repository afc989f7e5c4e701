"""Tests of where the files of a run are."""

from argparse import Namespace
from pathlib import Path

import pytest

from smoke.errors import ConfigurationError, UsageError
from smoke.running.places import environments_directory, reports_directory, state_directory, state_of


def chosen(environments: Path | None = None, reports: Path | None = None) -> Namespace:
    """Return what the command line said."""
    return Namespace(smoke_environments=environments, smoke_reports=reports)


def test_environments_are_found_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a flag the directory is looked for here and above."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert environments_directory(chosen()) == tmp_path.resolve() / "environments"


def test_a_project_without_environments_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says where was looked and what to do."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=r"there is no directory 'environments' in .* or above it"):
        environments_directory(chosen())


def test_a_named_directory_must_be_there(tmp_path: Path) -> None:
    """The sentence repeats what was asked for."""
    with pytest.raises(UsageError, match=r"--environments .*gone: there is no such directory"):
        environments_directory(chosen(tmp_path / "gone"))


def test_results_lie_beside_the_environments(tmp_path: Path) -> None:
    """Without a flag the results go where the environment files belong."""
    (tmp_path / "environments").mkdir()
    assert reports_directory(chosen(tmp_path / "environments")) == tmp_path / "reports"


def test_results_go_where_they_are_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative directory is meant from here, for the child process too."""
    monkeypatch.chdir(tmp_path)
    assert reports_directory(chosen(reports=Path("elsewhere"))) == tmp_path / "elsewhere"


def test_state_lies_beside_the_environments(tmp_path: Path) -> None:
    """Without the variable it is `.smoke`."""
    (tmp_path / "environments").mkdir()
    assert state_of(chosen(tmp_path / "environments"), {}) == tmp_path / ".smoke"


@pytest.mark.parametrize(
    ("value", "expected"), [("/var/lib/smoke", Path("/var/lib/smoke")), ("", Path("/project/.smoke"))]
)
def test_the_variable_decides_where_state_lies(value: str, expected: Path) -> None:
    """An empty variable is none."""
    assert state_directory(Path("/project"), {"SMOKE_STATE_DIR": value}) == expected
