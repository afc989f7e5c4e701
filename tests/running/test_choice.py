"""Tests of what the options choose."""

from argparse import Namespace
from pathlib import Path

import pytest

from smoke.errors import ConfigurationError, UsageError
from smoke.running.choice import environment_of, release_of

FILE = """
tier = "prod"
[parameters.N]
description = "the number of the pull request"
pattern = "[0-9]+"
example = "1"
[services.web]
url = "https://pr-{N}.example.com"
"""


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Namespace:
    """Return the options of a project that has one environment, whose root a person is in."""
    (tmp_path / "environments/shop").mkdir(parents=True)
    (tmp_path / "environments/shop/prod.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Namespace(smoke_environments=None, smoke_release=None, smoke_sha=None, smoke_previous=None)


@pytest.mark.parametrize(("given", "number"), [(None, 1), ([], 1), (["N=7"], 7)])
def test_an_environment(chosen: Namespace, given: list[str] | None, number: int) -> None:
    """Its parameters are filled in; commands without `--set` take the examples."""
    chosen.smoke_set = given
    assert environment_of(chosen, "shop/prod").services["web"].url == f"https://pr-{number}.example.com"


def test_a_wrong_environment(chosen: Namespace, tmp_path: Path) -> None:
    """A problem names the file as seen from where the person is, also above the project."""
    (tmp_path / "environments/shop/prod.toml").write_text("tier = 'production'", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"^environments/shop/prod\.toml"):
        environment_of(chosen, "shop/prod")


def test_no_such_environment(chosen: Namespace) -> None:
    """The name that is nearest is told."""
    with pytest.raises(UsageError, match="shop/prod"):
        environment_of(chosen, "shop/pod")


def test_a_release(chosen: Namespace, tmp_path: Path) -> None:
    """The manifest and the flags are one release."""
    chosen.smoke_release = tmp_path / "release.toml"
    chosen.smoke_release.write_text('version = "1.2.0"', encoding="utf-8")
    chosen.smoke_sha = "9f1c2ab"
    assert (release_of(chosen).version, release_of(chosen).commit) == ("1.2.0", "9f1c2ab")
