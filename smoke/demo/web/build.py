"""Builds the front end: names every file by its content and commit, and rewrites the imports to match."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
ENTRY = "main.js"
_IMPORT = re.compile(r'"\./([a-z]+\.js)"')

CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".map": "application/json",
}

CRASH = "const features = window.__PORTAL__.features;\n"
"""What a build that throws at its start begins with: nothing defines `__PORTAL__`, so reading it is a TypeError."""


@dataclass(frozen=True, slots=True)
class Build:
    """A finished front end: *names* leads from source name to file name, *files* from file name to content."""

    commit: str
    names: dict[str, str]
    files: dict[str, bytes]

    def maps(self) -> dict[str, bytes]:
        """Return the source maps of the scripts, with the sources in them."""
        return {
            f"{file}.map": json.dumps(
                {
                    "version": 3,
                    "file": file,
                    "sources": [f"../src/{source}"],
                    "sourcesContent": [(STATIC / source).read_text("utf-8")],
                    "names": [],
                    "mappings": "AAAA",
                }
            ).encode()
            for source, file in self.names.items()
            if file.endswith(".js")
        }


def build(commit: str, *, throws_at_start: bool = False) -> Build:
    """Build the front end of *commit*."""
    names: dict[str, str] = {}
    files: dict[str, bytes] = {}

    def add(source: str) -> str:
        if source not in names:
            text = (STATIC / source).read_text("utf-8")
            if throws_at_start and source == ENTRY:
                text = _crashing(text)
            text = _IMPORT.sub(lambda found: f'"./{add(found[1])}"', text)
            names[source] = _file_name(source, text, commit)
            files[names[source]] = text.encode()
        return names[source]

    for path in sorted(STATIC.iterdir()):
        add(path.name)
    return Build(commit, names, files)


def _crashing(text: str) -> str:
    """Put the crash behind the imports, where the build's own code begins."""
    head, mark, rest = text.partition("// start\n")
    return head + mark + CRASH + rest


def _file_name(source: str, text: str, commit: str) -> str:
    digest = hashlib.sha256(f"{commit}\n{text}".encode()).hexdigest()[:10]
    stem, dot, suffix = source.rpartition(".")
    return f"{stem}-{digest}{dot}{suffix}"
