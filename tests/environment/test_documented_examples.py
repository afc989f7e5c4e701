"""The environment files that the documentation shows are accepted as they stand."""

import re
import tomllib
from pathlib import Path

import pytest

from smoke.environment.environment import Environment

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("page", ["README.md", "docs/environment-file.md"])
def test_the_first_example_is_a_whole_file(page: str) -> None:
    """Whoever begins with the example has a file that is right."""
    example = re.findall(r"```toml\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)[0]
    made = Environment.model_validate({"name": "shop/prod", **tomllib.loads(example)})
    assert made.journeys
