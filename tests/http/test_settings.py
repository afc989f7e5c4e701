"""Tests of what the client takes from an environment."""

from pathlib import Path

from smoke.environment.environment import Environment
from smoke.http.settings import USER_AGENT, HttpSettings


def test_for_environment() -> None:
    """Limits, proxy and writes come from the environment; the rest from the run."""
    environment = Environment.model_validate(
        {
            "name": "portal/prod",
            "tier": "prod",
            "services": {"bff": {"url": "https://portal.example.jp/api"}},
            "limits": {"concurrency": 3},
            "proxy": "http://proxy.example:3128",
            "writes": [{"name": "export", "methods": ["POST"], "path": "/exports"}],
        }
    )

    def there(_host: str, _port: int) -> tuple[str, int]:
        return "127.0.0.1", 1

    settings = HttpSettings.for_environment(
        environment, run_id="run-1", connect_to=there, ca_file=Path("ca.pem"), recorder=print
    )
    assert (settings.run_id, settings.connect_to, settings.ca_file) == ("run-1", there, Path("ca.pem"))
    assert settings.limits.concurrency == 3
    assert settings.proxy == "http://proxy.example:3128"
    assert [(write.name, write.url) for write in settings.writes] == [
        ("export", "https://portal.example.jp/api/exports")
    ]
    assert settings.user_agent == USER_AGENT
