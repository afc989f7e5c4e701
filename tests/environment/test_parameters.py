"""What an environment file leaves open until run time."""

from pathlib import Path

import pytest

from smoke.environment.loading import load, load_all
from smoke.environment.parameters import parse_settings, refuse_unknown
from smoke.errors import UsageError
from tests.environment.conftest import Write

PREVIEW = """extends = "_good.toml"
tier = "preview"

[parameters.N]
description = "the number of the pull request"
pattern = "[1-9][0-9]{0,5}"
example = "123"
address = "https://pr-{N}.shop.test"

[services.web]
url = "https://pr-{N}.shop.test"

[[pages]]
name = "home"
contains = ["pull request {N}"]
"""


@pytest.fixture
def preview(environments: Path, write: Write) -> Path:
    """Return environment files with a preview that takes the number N."""
    write("preview", PREVIEW)
    return environments


def test_the_value_stands_everywhere(preview: Path) -> None:
    """Every `{N}` becomes the value, in inherited tables and lists too."""
    loaded = load(preview, "shop/preview", given={"N": "7"})
    assert loaded.services["web"].url == "https://pr-7.shop.test"
    assert loaded.pages[0].contains == ("pull request 7",)
    assert (loaded.given.values, loaded.given.missing) == ({"N": "7"}, {})
    loaded.given.demand(loaded.name)


def test_an_address_may_be_given(preview: Path) -> None:
    """A platform tells the address, not the number: its host says the number, whatever path follows."""
    for address in ("https://pr-123.shop.test", "https://PR-123.shop.test/any/path?query"):
        loaded = load(preview, "shop/preview", given={"N": address})
        assert loaded.services["web"].url == "https://pr-123.shop.test"


@pytest.mark.parametrize(
    "address",
    [
        "https://pr-123.shop.test.evil.test",
        "https://evil.test/pr-123.shop.test",
        "https://pr-.shop.test",
        "http://pr-123.shop.test",
        "https://shop.test",
        "https://pr-123.shop.test:8443",
        "https://[pr-123.shop.test",
    ],
)
def test_another_host_is_refused(preview: Path, address: str) -> None:
    """A host that does not match is not asked: the sentence shows what would match."""
    with pytest.raises(UsageError) as refusal:
        load(preview, "shop/preview", given={"N": address})
    assert "no address of shop/preview; those look like https://pr-{N}.shop.test" in str(refusal.value)


@pytest.mark.parametrize("value", ["", "0", "12a", "1.evil.test/", "1234567", "https://pr-x.shop.test", "\uff11\uff12"])
def test_a_malformed_value_is_refused(preview: Path, value: str) -> None:
    """A value gets in only if it matches as a whole."""
    with pytest.raises(UsageError) as refusal:
        load(preview, "shop/preview", given={"N": value})
    assert "must match [1-9][0-9]{0,5}, such as 123" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_value_is_one_sentence(preview: Path) -> None:
    """The file is validated with the example, and not verified without a value."""
    (loaded,) = load_all(preview)
    assert loaded.services["web"].url == "https://pr-123.shop.test"
    with pytest.raises(UsageError) as refusal:
        loaded.given.demand(loaded.name)
    assert str(refusal.value) == ("shop/preview: the number of the pull request is missing; give it with --set N=VALUE")


@pytest.mark.parametrize("text", ["N", "=1", "n=1", "a b=1", ""])
def test_what_is_no_assignment(text: str) -> None:
    """Anything but NAME=VALUE is wrong usage."""
    with pytest.raises(UsageError, match="write NAME=VALUE"):
        parse_settings([text])


def test_a_name_given_twice() -> None:
    """Saying the same twice is fine, saying two things is not; a value may hold an equals sign."""
    assert parse_settings(["N=1", "N=1", "M=a=b"]) == {"N": "1", "M": "a=b"}
    with pytest.raises(UsageError, match="given twice"):
        parse_settings(["N=1", "N=2"])


def test_an_unknown_name() -> None:
    """A value for which there is no parameter is a mistake, and the nearest name is told."""
    refuse_unknown({"N": "1"}, {"N"}, "shop/preview")
    with pytest.raises(UsageError, match="did you mean 'NUMBER'"):
        refuse_unknown({"NUMBR": "1"}, {"NUMBER"}, "shop/preview")
