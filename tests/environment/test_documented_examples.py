"""The environment files that the documentation shows are accepted as they stand."""

import re
from pathlib import Path

import pytest

from smoke.checks._patterns import dead_patterns
from smoke.environment.loading import load

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("page", ["README.md", "docs/environment-file.md"])
def test_the_first_example_is_a_whole_file(page: str, tmp_path: Path) -> None:
    """Whoever begins with the example has a file that every command accepts."""
    example = re.findall(r"```toml\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)[0]
    file = tmp_path / "shop" / "prod.toml"
    file.parent.mkdir()
    file.write_text(example, "utf-8")
    assert load(tmp_path, "shop/prod", rule=dead_patterns).journeys
