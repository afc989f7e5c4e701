"""What the documentation of dependencies and queues shows can be written so."""

import re
import tomllib
from pathlib import Path

import pytest

from smoke.environment.environment import Environment

PAGE = Path(__file__).parent.parent.parent / "docs" / "dependencies.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
SERVICES = {name: {"url": f"https://{name}.shop.test"} for name in ("bff", "worker")}


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_right(example: str) -> None:
    """Every example is accepted in an environment that has the services it names."""
    keys = tomllib.loads(example)

    made = Environment.model_validate({"name": "shop/prod", "tier": "prod", "services": SERVICES, **keys})

    assert made.queues or made.dependencies.by_name()


def test_all_are_looked_at() -> None:
    """The page has examples of each part."""
    assert len(EXAMPLES) == 6
