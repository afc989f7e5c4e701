"""What the models make of right values."""

import pytest
from pydantic import ValidationError

from smoke.environment.addresses import is_host, is_loopback
from smoke.environment.services import Service
from smoke.environment.writes import Write

COVERED = [
    ("/exports", "POST", "/exports", True),
    ("/exports", "POST", "/exports/1", False),
    ("/exports*", "POST", "/exports", True),
    ("/exports*", "DELETE", "/exports/1/parts", True),
    ("/orders/*/draft", "POST", "/orders/7/draft", True),
    ("/orders/*/draft", "POST", "/orders/7/8/draft", False),
    ("/orders/a.b", "POST", "/orders/axb", False),
    ("/exports", "PUT", "/exports", False),
]


@pytest.mark.parametrize(("pattern", "method", "path", "expected"), COVERED)
def test_write_covers(pattern: str, method: str, path: str, expected: bool) -> None:
    """A star stands for one segment, and as the last character for all that follows."""
    write = Write(name="w", methods=("POST", "DELETE"), path=pattern)
    assert write.covers(method, path) is expected


def test_share_follows_from_replicas() -> None:
    """The share that must be seen is one replica, unless the file asks for less."""
    assert Service(url="https://a.test", replicas=4).share == 0.25
    assert Service(url="https://a.test", replicas=4, min_share=0.1).share == 0.1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.test/", "https://a.test"),
        ("https://a.test/api//", "https://a.test/api"),
        ("http://[::1]:4000/", "http://[::1]:4000"),
        ("HTTPS://A.test", "HTTPS://A.test"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://my_service:3000", "http://my_service:3000"),
    ],
)
def test_base_url_loses_its_trailing_slash(given: str, kept: str) -> None:
    """A base URL is kept so that a path can follow it."""
    assert Service(url=given).url == kept


@pytest.mark.parametrize(
    "url", ["https://a..test", "https://-a.test", "https://a.test:0", "https://a b.test", "https://"]
)
def test_impossible_url_is_refused(url: str) -> None:
    """A URL that could not be asked is refused."""
    with pytest.raises(ValidationError):
        Service(url=url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:1", True),
        ("http://bff.localhost", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:1", True),
        ("http://localhost.example.net", False),
        ("http://10.0.0.1", False),
    ],
)
def test_loopback(url: str, expected: bool) -> None:
    """Loopback is told by the wording of the host alone."""
    assert is_loopback(url) is expected


@pytest.mark.parametrize("host", ["a", "a.test.", "192.0.2.1", "2001:db8::1", "xn--bcher-kva.example", "my_service"])
def test_hosts(host: str) -> None:
    """Names and addresses are hosts."""
    assert is_host(host)


def test_unknown_key_is_refused_in_python_too() -> None:
    """A model built in Python is as strict as one from a file."""
    with pytest.raises(ValidationError):
        Service.model_validate({"url": "https://a.test", "replcas": 3})
