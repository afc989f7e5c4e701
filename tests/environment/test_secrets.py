"""Resolving references to secrets."""

from pathlib import Path

import pytest

from smoke.environment.secrets import Secret, resolve
from smoke.errors import SecretMissing

BY_NAME = Secret(env="SHOP_PASSWORD")
BY_FILE = Secret(file="demo/password")


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        ("s3cret", "s3cret"),
        ("s3cret\n", "s3cret"),
        ("s3cret\r\n", "s3cret"),
        ("s3cret\n\n", "s3cret\n"),
        (" s ", " s "),
    ],
)
def test_one_trailing_newline_is_dropped(stored: str, value: str, tmp_path: Path) -> None:
    """A value loses one trailing newline and nothing else, wherever it comes from."""
    (tmp_path / "demo").mkdir()
    file = tmp_path / "demo" / "password"
    file.write_bytes(stored.encode())
    assert resolve(BY_NAME, environ={"SHOP_PASSWORD": stored}, state=tmp_path) == value
    assert resolve(BY_NAME, environ={"SHOP_PASSWORD_FILE": str(file)}, state=tmp_path) == value
    assert resolve(BY_FILE, environ={}, state=tmp_path) == value


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "the variable SHOP_PASSWORD is not set; set SHOP_PASSWORD, or SHOP_PASSWORD_FILE to the path of a file"),
        ({"SHOP_PASSWORD": ""}, "the variable SHOP_PASSWORD is empty; set SHOP_PASSWORD, or"),
        ({"SHOP_PASSWORD": "\n"}, "the variable SHOP_PASSWORD is empty"),
        ({"SHOP_PASSWORD": "x", "SHOP_PASSWORD_FILE": "/y"}, "SHOP_PASSWORD and SHOP_PASSWORD_FILE are both set"),
        ({"SHOP_PASSWORD_FILE": "/nowhere/x"}, "there is no file /nowhere/x: SHOP_PASSWORD_FILE names it"),
    ],
)
def test_missing_variable_says_what_to_set(environ: dict[str, str], message: str, tmp_path: Path) -> None:
    """A reference that leads nowhere names what to provide."""
    with pytest.raises(SecretMissing) as missing:
        resolve(BY_NAME, environ=environ, state=tmp_path)
    assert message in str(missing.value)


def test_empty_variable_leaves_the_file_to_count(tmp_path: Path) -> None:
    """An empty variable beside its file is as good as none."""
    file = tmp_path / "password"
    file.write_text("s3cret")
    environ = {"SHOP_PASSWORD": "", "SHOP_PASSWORD_FILE": str(file)}
    assert resolve(BY_NAME, environ=environ, state=tmp_path) == "s3cret"


def test_missing_file_names_the_tool(tmp_path: Path) -> None:
    """A file that no tool has written yet is explained."""
    with pytest.raises(SecretMissing, match=r"there is no file .*demo/password: whatever writes it has not run"):
        resolve(BY_FILE, environ={}, state=tmp_path)


@pytest.mark.parametrize(("content", "message"), [(b"\n", "is empty"), (b"\xff\xfe", "is not UTF-8")])
def test_useless_file_is_missing(content: bytes, message: str, tmp_path: Path) -> None:
    """A file that is empty or no text counts as missing."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "password").write_bytes(content)
    with pytest.raises(SecretMissing, match=message):
        resolve(BY_FILE, environ={}, state=tmp_path)


def test_directory_is_missing(tmp_path: Path) -> None:
    """A directory in the place of the file counts as missing."""
    (tmp_path / "demo" / "password").mkdir(parents=True)
    with pytest.raises(SecretMissing, match="cannot be read"):
        resolve(BY_FILE, environ={}, state=tmp_path)


def test_absolute_file_is_taken_as_it_is(tmp_path: Path) -> None:
    """A secret that a platform mounts is read from where it is mounted."""
    mounted = tmp_path / "mounted"
    mounted.write_text("s3cret")
    assert resolve(Secret(file=str(mounted)), environ={}, state=tmp_path / "state") == "s3cret"
