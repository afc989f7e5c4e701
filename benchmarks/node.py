"""Install what is measured on Node.js, once, under `.cache/`; nothing of it is committed."""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGES = ("newman", "@playwright/test")
LIMIT_S = 300


class Missing(Exception):
    """Something that a contender needs is not here; the text says what."""


def installed(cache: Path) -> Path:
    """Return the directory that `node_modules` lies in, after installing there; raises Missing."""
    directory = cache / "node"
    if all((directory / "node_modules" / name).is_dir() for name in PACKAGES):
        return directory
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("npm is not installed")
    directory.mkdir(parents=True, exist_ok=True)
    # The journeys use the browser that is there, and the checks use none.
    variables = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(directory), *PACKAGES]
    try:
        subprocess.run(command, env=variables, check=True, capture_output=True, text=True, timeout=LIMIT_S)
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no message"])[-1]
        raise Missing(f"npm could not install {' and '.join(PACKAGES)}: {last}") from error
    except subprocess.TimeoutExpired as error:
        raise Missing(f"npm did not install {' and '.join(PACKAGES)} within {LIMIT_S} s") from error
    return directory
