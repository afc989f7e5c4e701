"""
Make the virtual environment: exact versions, hashes checked, by uv.

Run by `make`; needs only the standard library. uv itself comes from the same locked list, installed by pip with its
hashes, so that nothing unpinned is executed.
"""

import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)


def main() -> int:
    """Create the environment named on the command line, or bring it up to date."""
    if sys.version_info < OLDEST:
        sys.stderr.write(
            f"Smokegate needs Python 3.11 or newer, this is {sys.version.split()[0]}; set PYTHON=python3.12\n"
        )
        return 1
    target = Path(sys.argv[1]).absolute()
    python = target / "bin" / "python"
    if not python.exists() and not _created(target):
        return 1
    uv = target / "bin" / "uv"
    if not uv.exists():
        _run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", str(_uv_alone(target)))
    _run(
        uv,
        "pip",
        "sync",
        "--quiet",
        "--compile-bytecode",
        "--require-hashes",
        "--python",
        str(python),
        str(ROOT / "requirements.txt"),
    )
    _run(
        uv,
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--python",
        str(python),
        "--editable",
        str(ROOT),
    )
    # Compiled now, since some machines forbid Python to do it as it goes (PYTHONDONTWRITEBYTECODE); every start would
    # then compile everything again, which takes a second.
    _run(python, "-m", "compileall", "-q", str(ROOT / "smoke"))
    (target / ".complete").touch()
    return 0


def _created(target: Path) -> bool:
    try:
        venv.create(target, with_pip=True)
    except subprocess.CalledProcessError:
        sys.stderr.write("this Python cannot make virtual environments; on Debian: apt-get install python3-venv\n")
        return False
    return True


def _uv_alone(target: Path) -> Path:
    """Write the locked entry of uv to a file of its own."""
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    entry = re.search(r"^uv==(?:.*\\\n)*.*\n", locked, re.MULTILINE)
    if entry is None:
        raise SystemExit("requirements.txt does not lock uv; run `make lock` on a machine that has it")
    path = target / "uv.txt"
    path.write_text(entry.group(0), encoding="utf-8")
    return path


def _run(*command: object) -> None:
    subprocess.run([str(one) for one in command], check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
