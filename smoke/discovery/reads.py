"""Public JSON whose shape stayed the same over several answers: pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smoke.checks._shapes import common, shape_of, type_of
from smoke.discovery.paths import READS, is_harmless, leads_to_login
from smoke.discovery.site import Site, is_json

MOST = 4
MOST_FIELDS = 6
DEEPEST = 2
MOST_ADVERTISED = 6
ASKED_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class ReadFound:
    """A read and what all its answers had in common."""

    name: str
    path: str
    shape: dict[str, str]
    expect: list[dict[str, Any]]


def advertised(site: Site) -> list[str]:
    """Return the reads without parameters that an OpenAPI description names."""
    for path in READS:
        answer = site.own(path)
        document = site.documents(path)[:1] if answer is not None and is_json(answer) else []
        if document and isinstance(document[0], Mapping) and isinstance(document[0].get("paths"), Mapping):
            return [one for one, item in document[0]["paths"].items() if _is_plain(one, item)][:MOST_ADVERTISED]
    return []


def found_reads(site: Site, taken: set[str]) -> list[ReadFound]:
    """Return reads that always answered alike, but for those *taken* by better checks."""
    reads: list[ReadFound] = []
    names: set[str] = set()
    for path in site.answers:
        if path in taken or site.own(path) is None or len(site.all_of(path)) < ASKED_AT_LEAST:
            continue
        read = _read(path, site.documents(path))
        if read is not None and read.name not in names:
            names.add(read.name)
            reads.append(read)
    return reads[:MOST]


def slug(path: str) -> str:
    """Return a name for *path*: `/-/versions.json` becomes `versions-json`."""
    return re.sub(r"[^a-z0-9_]+", "-", path.lower()).strip("-_")[:40] or "home"


def _read(path: str, documents: list[Any]) -> ReadFound | None:
    kinds = {type_of(one) for one in documents}
    if kinds == {"object"}:
        shape = common([shape_of(one) for one in documents])
        leaves = [one for one in shape if not any(other.startswith((f"{one}.", f"{one}[")) for other in shape)]
        deep = [one for one in leaves if one.count(".") + one.count("[]") <= DEEPEST and shape[one] != "object"]
        plain = deep[:MOST_FIELDS]
        if plain:
            return ReadFound(slug(path), path, {one: shape[one] for one in plain}, [])
    if kinds == {"array"} and all(documents):
        return ReadFound(slug(path), path, {}, [{"at": "@", "type": "array", "at_least": 1}])
    return None


def _is_plain(path: Any, item: Any) -> bool:
    """Tell whether an operation can be read as it is: no parameter in its path, none that is required, no key."""
    if not isinstance(path, str) or not isinstance(item, Mapping) or "{" in path or not path.startswith("/"):
        return False
    operation = item.get("get")
    if not isinstance(operation, Mapping) or operation.get("security") or re.search(r"\s", path):
        return False
    given = [*_listed(item.get("parameters")), *_listed(operation.get("parameters"))]
    required = any(isinstance(one, Mapping) and one.get("required") for one in given)
    said = f"{path} {operation.get('operationId', '')}"
    return not required and is_harmless(said) and not leads_to_login(path)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
