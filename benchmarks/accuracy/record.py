"""What was finished so far: one line of JSON a case, only ever added to, so that an interrupted run goes on."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

JUDGED = ("smoke", "environments/portal", "benchmarks/accuracy/policies", "benchmarks/accuracy/one_case.py")
"""What decides how a case ends; other results are of another product."""

LEFT_OUT = frozenset({"__pycache__", "prod.toml", "dev.toml"})


def digest(root: Path) -> str:
    """Return what the sources under *root* are, in a word."""
    found = sha256()
    for path in sorted(path for part in JUDGED for path in (root / part, *(root / part).rglob("*"))):
        if path.is_file() and not LEFT_OUT & set(path.parts):
            found.update(f"{path.relative_to(root).as_posix()}\0".encode())
            found.update(sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


class Record:
    """The finished cases in *path*; those of other sources than *digest* count only if they are to be *kept*."""

    def __init__(self, path: Path, digest: str, *, kept: bool = False) -> None:
        self._path = path
        self._digest = digest
        self._kept = kept

    def finished(self) -> dict[str, dict[str, Any]]:
        """Return what is known, by the case's key; the latest counts, and that of these sources before any other."""
        known: dict[str, dict[str, Any]] = {}
        for line in self._lines():
            ours = line["digest"] == self._digest
            other = known.get(line["key"], {}).get("digest") != self._digest
            if ours or (self._kept and other):
                known[line["key"]] = line
        return known

    def add(self, key: str, content: dict[str, Any]) -> None:
        """Add a finished case."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        torn = self._path.exists() and not self._path.read_bytes().endswith(b"\n")
        with self._path.open("a", encoding="utf-8") as stream:
            line = json.dumps({"key": key, "digest": self._digest, **content})
            stream.write("\n" * torn + line + "\n")

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self._path.exists():
            return
        for line in self._path.read_text("utf-8", "replace").splitlines():
            try:
                content = json.loads(line)
            except json.JSONDecodeError:  # torn by a power cut or a SIGKILL: that case is run again
                continue
            if isinstance(content, dict) and {"key", "digest"} <= set(content):
                yield content
