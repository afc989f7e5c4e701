"""
The migrations that a release brings, from the tool's own files.

Only names, checksums and the order are read; nothing is carried out, Python files are parsed and not imported.
"""

import ast
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from smoke.errors import SmokeError

SUPABASE_FILE = re.compile(r"^(\d{14})_(.*)\.sql$")
INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Where Python keeps what was installed, such as below a virtual environment in the project."""

FLYWAY_FILE = re.compile(r"^(?:V(?P<version>[0-9][0-9._]*)|(?P<repeatable>R))__(?P<description>.+)\.sql$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A migration that must be applied; *checksums* are those that its file may have, by how its lines end."""

    name: str
    checksums: tuple[str, ...] = ()
    when: int | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """
    What a release brings: the migrations that must be applied, and by name what else is applied when one is.

    *apps* are those that the files are of, where the history also holds the migrations of others, as Django's own.
    """

    wanted: tuple[Wanted, ...] = ()
    implied: dict[str, tuple[str, ...]] = field(default_factory=dict)
    apps: frozenset[str] | None = None


def read_files(tool: str, directory: Path) -> Brought:
    """Return what *directory* brings; raises SmokeError if it cannot be read or holds no migration of *tool*."""
    if not directory.is_dir():
        raise SmokeError(
            f"there is no directory {directory}; 'files' of [migrations] names it from the working directory"
        )
    try:
        brought = READERS[tool](directory)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError) as error:
        raise SmokeError(f"{directory} cannot be read as migrations of {tool}: {error}") from error
    if not brought.wanted:
        raise SmokeError(f"{directory} holds no migration of {tool}; correct 'files' or 'tool' of [migrations]")
    return brought


def _directories(directory: Path) -> Brought:
    scripts = sorted(directory.glob("*/migration.sql"))
    return Brought(tuple(Wanted(one.parent.name, _digests(one)) for one in scripts))


def _drizzle(directory: Path) -> Brought:
    journal = directory / "meta" / "_journal.json"
    if not journal.is_file():
        return _directories(directory)
    entries = json.loads(journal.read_text("utf-8"))["entries"]
    return Brought(
        tuple(Wanted(one["tag"], _digests(directory / f"{one['tag']}.sql"), int(one["when"])) for one in entries)
    )


def _supabase(directory: Path) -> Brought:
    names = sorted(path.name for path in directory.glob("*.sql"))
    return Brought(tuple(Wanted(found[1]) for name in names if (found := SUPABASE_FILE.match(name))))


def _django(directory: Path) -> Brought:
    """Return the project's own; packages that lie below it hold apps that it may not use, and never brings."""
    found = sorted(directory.rglob("migrations/[0-9]*.py"))
    files = [path for path in found if not INSTALLED & set(path.relative_to(directory).parts)]
    apps = frozenset(path.parent.parent.name for path in files)
    return Brought(tuple(Wanted(f"{path.parent.parent.name}.{path.stem}") for path in files), apps=apps)


def _flyway(directory: Path) -> Brought:
    files = {path: found for path in sorted(directory.rglob("*.sql")) if (found := FLYWAY_FILE.match(path.name))}
    return Brought(tuple(_flyway_file(path, found) for path, found in files.items()))


def _flyway_file(path: Path, found: re.Match[str]) -> Wanted:
    if found["repeatable"]:
        # The checksum of a repeatable one depends on placeholders as well, so that it tells nothing here.
        return Wanted(found["description"].replace("_", " "))
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    sum_of_lines = zlib.crc32(b"".join(re.split(rb"\r\n|\r|\n", content)))
    signed = sum_of_lines - (1 << 32) if sum_of_lines >= 1 << 31 else sum_of_lines
    return Wanted(found["version"].replace("_", ".").strip("."), (str(signed),))


def _alembic(directory: Path) -> Brought:
    """Return the heads, and the ancestors of every revision: the table holds heads only."""
    parents = dict(_revisions(directory))
    heads = sorted(set(parents) - {parent for each in parents.values() for parent in each})
    implied = {revision: tuple(sorted(_ancestors(revision, parents))) for revision in parents}
    return Brought(tuple(Wanted(head) for head in heads), implied)


def _revisions(directory: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    place = directory / "versions" if (directory / "versions").is_dir() else directory
    for path in sorted(place.rglob("*.py")):
        named = dict(_assigned(ast.parse(path.read_text("utf-8"))))
        if isinstance(revision := named.get("revision"), str):
            yield revision, (*_listed(named.get("down_revision")), *_listed(named.get("depends_on")))


def _assigned(module: ast.Module) -> Iterator[tuple[str, object]]:
    for node in module.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Name) and target.id in {"revision", "down_revision", "depends_on"}:
                yield target.id, ast.literal_eval(node.value)  # type: ignore[attr-defined]  # `target` is a name


def _listed(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(one) for one in value) if isinstance(value, list | tuple | set) else ()


def _ancestors(revision: str, parents: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(parents.get(revision, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(parents.get(one, ()))
    return found


def _digests(path: Path) -> tuple[str, ...]:
    """Return the SHA-256 of the file as it is, and with the ends of lines that another system would give it."""
    content = path.read_bytes()
    unix = content.replace(b"\r\n", b"\n")
    return tuple(
        dict.fromkeys(hashlib.sha256(one).hexdigest() for one in (content, unix, unix.replace(b"\n", b"\r\n")))
    )


READERS: dict[str, Callable[[Path], Brought]] = {
    "prisma": _directories,
    "drizzle": _drizzle,
    "supabase": _supabase,
    "alembic": _alembic,
    "django": _django,
    "flyway": _flyway,
}
"""How each tool's files are read."""
