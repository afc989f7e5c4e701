"""From looks to findings."""

import pytest

from smoke.running.findings import carrying
from tests.checks.fake_world import environment_of

SERVICES = {"bff": {"url": "https://api.test", "headers": {"X-API-Key": {"env": "KEY"}}}}
KEY = '-H "X-API-Key: $KEY"'


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("", ""),
        ("kubectl get pods", "kubectl get pods"),
        ("curl -sS -i https://api.test/a", f"curl -sS {KEY} -i https://api.test/a"),
        ("curl -sS -i 'https://api.test/a?b&c'", f"curl -sS {KEY} -i 'https://api.test/a?b&c'"),
        ("curl -sS -i https://other.test/a", "curl -sS -i https://other.test/a"),
        (
            "curl -sS -i https://api.test/a; curl -sS -i https://other.test/",
            f"curl -sS {KEY} -i https://api.test/a; curl -sS -i https://other.test/",
        ),
        (
            "for i in 1; do curl -sS -o x https://api.test & done",
            f"for i in 1; do curl -sS {KEY} -o x https://api.test & done",
        ),
    ],
)
def test_by_hand(command: str, told: str) -> None:
    """A command that repeats a request carries what the request carried, by the name of its variable."""
    environment = environment_of(services=SERVICES)
    assert carrying(command, environment, frozenset()) == told
    assert carrying(command, environment, frozenset({"x-api-key"})) == command
