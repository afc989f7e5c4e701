"""One guarded deployment of an environment at a time, and one rollback of a release: a lock and a mark."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import time

from filelock import FileLock, Timeout

from smoke.errors import SmokeError
from smoke.files import replace_file
from smoke.verdict.release import same_commit


class Refused(SmokeError):
    """This deployment may not begin; the text says why, and what would let it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """That the release *sha* was rolled back, or that its rollback had begun when *ended* is False."""

    sha: str
    guard: str
    at: float
    ended: bool = False


@contextmanager
def turn(state: Path, environment: str) -> Iterator[None]:
    """Take the turn of *environment*, or raise Refused at once; it goes with the process that has it."""
    directory = _directory(state)
    lock = FileLock(str(directory / f"{environment.replace('/', '-')}.lock"), mode=0o600)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise Refused(f"another deployment of {environment} is being guarded; wait for its end") from None
    try:
        yield
    finally:
        lock.release()


def object_to(state: Path, environment: str, sha: str) -> None:
    """Raise Refused if *sha* was rolled back already, or nobody knows how the last rollback ended."""
    mark = read(state, environment)
    if mark is None:
        return
    when = f"{datetime.fromtimestamp(mark.at, UTC):%Y-%m-%d %H:%M:%S} UTC"
    if not mark.ended:
        raise Refused(
            f"the rollback of {mark.sha[:12]} that began at {when} never ended; look at what is live, then say --again"
        )
    if same_commit(mark.sha, sha):
        raise Refused(f"{sha[:12]} was rolled back at {when} already; deploy a fix, or say --again")


def read(state: Path, environment: str) -> Mark | None:
    """Return the last mark, or None; one that cannot be read counts as a rollback that never ended."""
    path = _path(state, environment)
    try:
        return Mark(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        return Mark(sha="unknown", guard="", at=path.stat().st_mtime)


def begin(state: Path, environment: str, sha: str, guard: str) -> Mark:
    """Note that a rollback begins, before it does."""
    mark = Mark(sha, guard, time())
    _write(state, environment, mark)
    return mark


def end(state: Path, environment: str, mark: Mark) -> None:
    """Note that the rollback has ended, however."""
    _write(state, environment, Mark(mark.sha, mark.guard, mark.at, ended=True))


def _write(state: Path, environment: str, mark: Mark) -> None:
    replace_file(_path(state, environment), json.dumps(asdict(mark)))


def _path(state: Path, environment: str) -> Path:
    return _directory(state) / f"{environment.replace('/', '-')}.json"


def _directory(state: Path) -> Path:
    directory = state / "guard"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return directory
