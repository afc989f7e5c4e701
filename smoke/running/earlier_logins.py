"""
When earlier runs on this machine tried to log in: a limit counts them too, and forgets them no sooner.

Times only, no account; what is older than any usual window is dropped. Where the file cannot be read or written nothing
is known, as on a fresh machine.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from smoke.files import PRIVATE, replace_file

KEPT_S = 3600.0
MOST = 500


def earlier_logins(state: Path, environment: str) -> tuple[float, ...]:
    """Return when attempts were made, in epoch seconds."""
    try:
        told = json.loads(_path(state, environment).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    listed = told if isinstance(told, list) else []
    return tuple(float(one) for one in listed if isinstance(one, (int, float)) and not isinstance(one, bool))


def remember_logins(state: Path, environment: str, made: Iterable[float], now: float) -> None:
    """Add the attempts that a run *made*; the same one counts once, whoever tells of it."""
    known = {*earlier_logins(state, environment), *made}
    kept = sorted(one for one in known if now - KEPT_S < one <= now)[-MOST:]
    path = _path(state, environment)
    if not kept and not path.exists():
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(path, json.dumps(kept), PRIVATE)


def _path(state: Path, environment: str) -> Path:
    return state / "logins" / f"{environment}.json"
