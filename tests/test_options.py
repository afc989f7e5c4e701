"""The options that the command line and pytest share."""

import argparse
from pathlib import Path

import pytest

from smoke import options


def parsed(*arguments: str) -> argparse.Namespace:
    """Return what argparse makes of *arguments*."""
    parser = argparse.ArgumentParser()
    options.add((*options.VERIFY, *options.ONLY_PYTEST, *options.ONLY_VERIFY), parser.add_argument)
    return parser.parse_args(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--sha=abc1234", "--previous=def5678", "--release=release.toml"],
        ["--budget=90.0", "--environments=here", "--reports=there", "--run-id=one"],
        ["--connect-to=a:1:b:2", "--connect-to=::c:3"],
        ["--sha=-x"],
    ],
)
def test_said_again(arguments: list[str]) -> None:
    """What was chosen can be said again to a child process, and means the same."""
    chosen = parsed(*arguments)
    assert parsed(*options.repeat(options.VERIFY, chosen)) == chosen


def test_destinations_stay_clear_of_others() -> None:
    """Every value is kept under a name of ours, since pytest keeps all plugins' options in one place."""
    assert all(name.startswith("smoke_") for name in vars(parsed()))


def test_types() -> None:
    """Values are read as what they are."""
    chosen = parsed("--budget", "1.5", "--reports", "r", "--workers", "3", "--prime")
    assert (chosen.smoke_budget, chosen.smoke_reports, chosen.smoke_workers, chosen.smoke_prime) == (
        1.5,
        Path("r"),
        3,
        True,
    )


@pytest.mark.parametrize("wrong", ["-1", "65", "99999999", "two", "", "1.5", "²"])
def test_workers_that_no_machine_should_start(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A number of workers out of bounds is wrong usage, said in one sentence."""
    with pytest.raises(SystemExit):
        parsed(f"--workers={wrong}")
    assert "a whole number from 0 to 64 is needed" in capsys.readouterr().err
