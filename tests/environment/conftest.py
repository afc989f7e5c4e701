"""A project with environment files of its own."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent

Write = Callable[[str, str], Path]


@pytest.fixture
def environments(tmp_path: Path) -> Path:
    """Return an empty `environments/` with the system `shop`, which holds `_good.toml` only."""
    directory = tmp_path / "environments"
    (directory / "shop").mkdir(parents=True)
    shutil.copy(HERE / "_good.toml", directory / "shop")
    return directory


@pytest.fixture
def write(environments: Path) -> Write:
    """Return a function that writes one file of the system `shop`, by its name without ending."""

    def write_file(name: str, text: str) -> Path:
        file = environments / "shop" / f"{name}.toml"
        file.write_text(text, "utf-8")
        return file

    return write_file
