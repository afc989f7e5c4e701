"""The check that docs/new-check.md shows works as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/new-check.md").read_text("utf-8")
MODULE, TWIN = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def said(*command: str, given: str = "") -> tuple[int, str]:
    """Return how a command of ours ends, and what it says."""
    made = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, input=given, capture_output=True, text=True, check=False
    )
    return made.returncode, made.stdout + made.stderr


def test_it_works(tmp_path: Path) -> None:
    """Whoever copies both has a check that is seen green, red and undecided."""
    (tmp_path / "robots.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "test_robots.py").write_text(TWIN.replace("smoke.checks.robots", "robots"), encoding="utf-8")
    ini = tmp_path / "pytest.ini"
    ini.write_text("[pytest]\n", encoding="utf-8")
    status, output = said("pytest", "-q", "--disable-plugin-autoload", "-c", str(ini), str(tmp_path))
    assert (status, "7 passed" in output) == (0, True), output


def test_it_is_in_our_style() -> None:
    """Both pass the rules that the code base is held to."""
    for name, code in (("smoke/checks/robots.py", MODULE), ("tests/checks/test_robots.py", TWIN)):
        # Ruff sorts imports by the files that are there, and the module is not.
        for command in (("check", "--ignore", "I001"), ("format", "--check")):
            status, output = said("ruff", *command, "--stdin-filename", name, "-", given=code)
            assert status == 0, output
