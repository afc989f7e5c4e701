"""Where a service names the commit that it runs: pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from smoke.discovery.paths import HEALTH, VERSION
from smoke.discovery.site import Site, is_page
from smoke.verdict.release import commit_in, is_commit, is_version, normalise

COMMIT_KEYS = frozenset(
    {
        *("commit", "commitsha", "sha", "gitsha", "gitcommit", "gitcommitsha", "revision", "gitrevision", "commithash"),
        *("githash", "commitid", "sourcecommit", "vcsref", "buildsha", "gitcommithash", "shortcommitsha", "shortsha"),
    }
)
"""Keys of commits, without case, `_` and `-`."""

VERSION_KEYS = frozenset({"version", "appversion", "releaseid", "release", "tag", "build", "buildid"})
HEADERS = ("x-commit-sha", "x-git-sha", "x-git-commit", "x-commit", "x-revision", "x-version", "x-app-version")
HEADER_WORDS = ("commit", "revision", "release", "git")
"""What the names of other headers that hold a commit contain."""

METAS = ("commit", "git-commit", "commit-sha", "git-sha", "revision", "release", "version", "app-version", "build")

_OWN = frozenset({"app", "application", "build", "git", "info", "release", "data", "service", "version"})
_FULL = re.compile(r"[0-9a-f]{40}")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class ReleaseFound:
    """
    How a commit is found out, or what stands where one should.

    *commit* is what it runs; where only a *version* is told that stands in its stead: replicas must agree about it, but
    no commit can be demanded. *keys* are empty where neither is told; *remark* says what was seen instead, if anything.
    """

    keys: dict[str, Any]
    commit: str = ""
    remark: str = ""
    version: str = ""


def found_release(site: Site) -> ReleaseFound:
    """Return the best place that always named one commit, else what is told in its stead."""
    remarks: list[str] = []
    versions: list[ReleaseFound] = []
    for path in (*VERSION, *HEALTH):
        documents = site.documents(path) if site.own(path) is not None else []
        found = _in_documents(path, documents, remarks) or _in_text(site, path)
        if found is not None and found.commit:
            return found
        versions += [found] if found is not None else []
    in_page = _in_page(site, remarks) or _in_headers(site)
    return in_page or next(iter(versions), ReleaseFound({}, remark=remarks[0] if remarks else ""))


def _in_documents(path: str, documents: list[Any], remarks: list[str]) -> ReleaseFound | None:
    if not documents or not isinstance(documents[0], Mapping):
        return None
    told = [dict(_values(one)) for one in documents]
    versions = [at for at in told[0] if _is_own_version(at) and isinstance(told[0][at], str)]
    version = next((at for at in versions if _is_bound(told[0][at])), next(iter(versions), None))
    for at, value in sorted(told[0].items(), key=lambda item: not _FULL.fullmatch(str(item[1]).lower())):
        named = _key(at) in COMMIT_KEYS or at.endswith("commit.id")
        if not named and not (at in versions and _surely(value)):
            continue
        if any(one.get(at) != value for one in told):
            remarks.append(f"{path} names different commits at {at}: is a deploy going on?")
        elif isinstance(value, str) and (is_commit(value) or _surely(value)):
            keys = {"path": path, "commit": at, **({"version": version} if version not in {None, at} else {})}
            return ReleaseFound(keys, value)
        else:
            remarks.append(f"{path} has {at}, but it holds no commit" + (f": {value!r}" if _short(value) else ""))
    if version is None or not _short(told[0][version]):
        return None
    same = all(one.get(version) == told[0][version] for one in told)
    if same and _is_bound(told[0][version]):
        return ReleaseFound({"path": path, "commit": version}, version=told[0][version])
    remarks.append(f"{path} tells a version ({told[0][version]}), but no commit")
    return None


def _is_bound(value: str) -> bool:
    """Tell whether a version is one of three numbers, and no placeholder."""
    return is_version(value) and bool(normalise(value))


def _is_own_version(at: str) -> bool:
    """Tell whether a version is the application's own, not that of a language or library it names."""
    parts = at.lower().split(".")
    return _key(at) in VERSION_KEYS and set(parts[:-1]) <= _OWN


def _values(document: Any, place: str = "", depth: int = _DEEPEST) -> Iterator[tuple[str, Any]]:
    """Yield every plain value with its JMESPath."""
    for key, value in document.items() if isinstance(document, Mapping) else ():
        step = key if _PLAIN_KEY.fullmatch(str(key)) else '"{}"'.format(str(key).replace("\\", "").replace('"', ""))
        at = f"{place}.{step}" if place else step
        if isinstance(value, Mapping):
            yield from _values(value, at, depth - 1) if depth else ()
        elif value is None or isinstance(value, str):
            yield at, value


def _in_text(site: Site, path: str) -> ReleaseFound | None:
    """Return a plain text that is nothing but one commit."""
    answers = site.all_of(path) if site.own(path) is not None else ()
    told = {one.text().strip() for one in answers if one.status == HTTPStatus.OK and one.content_type == "text/plain"}
    value = told.pop() if len(told) == 1 else None
    whole = value is not None and _short(value) and _surely(value)
    return ReleaseFound({"path": path, "text": True}, value or "") if whole else None


def _in_page(site: Site, remarks: list[str]) -> ReleaseFound | None:
    from smoke.checks._html import shown  # the HTML parser takes time to load

    pages = [one for one in site.all_of("/") if is_page(one)]
    for name in METAS if pages else ():
        told = {shown(one.text()).metas.get(name) for one in pages}
        value = told.pop()
        if told or value is None:
            continue
        if _surely(value) or (is_commit(value) and name not in {"version", "release", "build", "app-version"}):
            return ReleaseFound({"path": "/", "meta": name}, value)
        remarks.append(f"the home page has <meta name={name!r}>, but it holds no commit")
    return None


def _in_headers(site: Site) -> ReleaseFound | None:
    for path in ("/", *HEALTH):
        answers = site.all_of(path) if site.own(path) is not None else ()
        named = [name for name in (answers[0].headers if answers else ()) if any(map(name.__contains__, HEADER_WORDS))]
        for name in (*HEADERS, *named):
            told = {one.headers.get(name) for one in answers}
            value = told.pop() if len(told) == 1 else None
            if value is not None and _surely(value):
                return ReleaseFound({"path": path, "header": name}, value)
    return None


def _surely(value: Any) -> bool:
    """Tell whether a value can only name a commit, alone or as `git describe` does, and is no number or date."""
    bare = (commit_in(value) or "") if not is_version(value) else ""
    mixed = any(one.isdigit() for one in bare) and any(one in "abcdef" for one in bare)
    return mixed or bool(_FULL.fullmatch(bare))


def _key(at: str) -> str:
    return re.sub(r"[^a-z]", "", at.rpartition(".")[2].lower())


def _short(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 40 and value.isprintable()  # noqa: PLR2004 - of a full commit
