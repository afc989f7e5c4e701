"""
See that there is a browser for the journeys: the one that is found, or else one installed by the means of the machine.

Run by `make`. As root the system's package manager comes first, since it brings the libraries too; otherwise
Playwright's own download needs no rights.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from smoke.browser import executable
from smoke.errors import UsageError

_APT = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]

SYSTEM = (
    ("apt-get", [["apt-get", "update", "-qq"], [*_APT, "chromium-headless-shell"]]),
    ("apt-get", [[*_APT, "chromium"]]),
    ("dnf", [["dnf", "install", "-y", "-q", "chromium"]]),
    ("apk", [["apk", "add", "--quiet", "chromium"]]),
)
"""What root may install with, beside the tool that must be there; the cheaper browser first."""


def main() -> int:
    """Say which browser there is, after installing one if there was none."""
    if _is_there():
        return 0
    for commands in _means():
        sys.stdout.write(f"no browser found; installing one: {' '.join(commands[-1])}\n")
        sys.stdout.flush()
        if all(subprocess.run(one, check=False).returncode == 0 for one in commands) and _is_there():
            return 0
    try:
        executable.find()
    except UsageError as error:
        sys.stderr.write(f"ERROR: {error}\n")
    return 1


def _is_there() -> bool:
    try:
        executable.find()
    except UsageError:
        return False
    return True


def _means() -> Iterator[list[list[str]]]:
    if os.geteuid() == 0:
        yield from (commands for tool, commands in SYSTEM if shutil.which(tool))
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


if __name__ == "__main__":
    sys.exit(main())
