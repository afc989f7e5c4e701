"""Where connections really go."""

from pathlib import Path

import pytest

from smoke.environment._model import FileReference
from smoke.environment.connect_to import parse_rules, resolve_connect_to
from smoke.errors import ConfigurationError

CASES = [
    (["api.test:443:127.0.0.1:8443"], ("api.test", 443), ("127.0.0.1", 8443)),
    (["api.test:443:127.0.0.1:8443"], ("API.test", 443), ("127.0.0.1", 8443)),
    (["API.test:443:127.0.0.1:8443"], ("api.test", 443), ("127.0.0.1", 8443)),
    (["api.test:443:127.0.0.1:8443"], ("api.test", 80), ("api.test", 80)),
    (["api.test:443:127.0.0.1:8443"], ("www.test", 443), ("www.test", 443)),
    ([":443:127.0.0.1:8443"], ("any.test", 443), ("127.0.0.1", 8443)),
    (["api.test::127.0.0.1:"], ("api.test", 81), ("127.0.0.1", 81)),
    (["api.test:443::8443"], ("api.test", 443), ("api.test", 8443)),
    ([":::"], ("api.test", 443), ("api.test", 443)),
    (["[::1]:443:[fe80::1]:8443"], ("::1", 443), ("fe80::1", 8443)),
    (["api.test:443:a.test:1", ":::2"], ("api.test", 443), ("a.test", 1)),
    ([":443:a.test:1", "api.test:443:b.test:2"], ("api.test", 443), ("a.test", 1)),
    ([], ("api.test", 443), ("api.test", 443)),
]


@pytest.mark.parametrize(("rules", "asked", "target"), CASES)
def test_target(rules: list[str], asked: tuple[str, int], target: tuple[str, int]) -> None:
    """The first rule that matches decides; empty parts match everything and keep what was asked for."""
    assert parse_rules(rules).target(*asked) == target


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "a:1:b",
        "a:1:b:2:c",
        "::1:443:b:2",
        "a:x:b:2",
        "a:1:b:0",
        "a:1:b:65536",
        "a b:1:c:2",
        "a:1:[b:2",
        "https://a:1:b:2",
    ],
)
def test_wrong_rule_is_refused(rule: str) -> None:
    """A rule in another form is refused with what was given."""
    with pytest.raises(ConfigurationError) as refusal:
        parse_rules([rule])
    assert repr(rule) in str(refusal.value)


def test_rules_of_a_file(tmp_path: Path) -> None:
    """A running stack's file has one rule a line; blank lines and comments are skipped."""
    (tmp_path / "connect-to").write_text("# stack\n\napi.test:443:127.0.0.1:8443\nwww.test:443:127.0.0.1:8444\n")
    rules = resolve_connect_to(FileReference(file="connect-to"), tmp_path)
    assert rules.target("www.test", 443) == ("127.0.0.1", 8444)


def test_rules_of_an_environment(tmp_path: Path) -> None:
    """Rules that are written in the environment file need no other file."""
    assert resolve_connect_to(("a:1:b:2",), tmp_path).target("a", 1) == ("b", 2)


def test_missing_file_means_no_stack(tmp_path: Path) -> None:
    """Without the file no stack is running, and the remedy is to start one."""
    with pytest.raises(ConfigurationError) as refusal:
        resolve_connect_to(FileReference(file="demo/connect-to"), tmp_path)
    assert str(refusal.value) == (
        f"connect_to: there is no file {tmp_path}/demo/connect-to, so no stack is running; "
        "start one with `smoke demo --keep`"
    )


def test_wrong_line_is_named(tmp_path: Path) -> None:
    """A wrong rule in a file is named with its line."""
    (tmp_path / "connect-to").write_text("a:1:b:2\nnonsense\n")
    with pytest.raises(
        ConfigurationError, match="connect-to:2: found 'nonsense', but a rule reads HOST:PORT:HOST:PORT"
    ):
        resolve_connect_to(FileReference(file="connect-to"), tmp_path)


def test_unreadable_file_is_explained(tmp_path: Path) -> None:
    """A file that is no text is refused in one sentence."""
    (tmp_path / "connect-to").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        resolve_connect_to(FileReference(file="connect-to"), tmp_path)
