"""The table of one service: how it tells its health and its release, and what stands before it: pure."""

from collections.abc import Iterator

from smoke.discovery.doors import kept_files, shown_to_strangers
from smoke.discovery.draft import Line, Table
from smoke.discovery.found import Found
from smoke.discovery.fronts import EDGES, certificate, platforms, replicas
from smoke.discovery.paths import VERSION
from smoke.discovery.vitals import found_vitals

DAY_S = 86_400.0
SOON_DAYS = 21


def service_table(found: Found, now: float) -> Table:
    """Return the table of what was *found*; *now* is in epoch seconds."""
    lines = [Line("url", found.site.url), *_replica_lines(found), *_health_lines(found), *_release_lines(found)]
    lines += _vital_lines(found)
    lines += list(_open_doors(found))
    if any(one in EDGES for one in platforms(found.site)):
        said = "Its address beside the edge; it tells a fault of what stands before it from its own."
        lines.append(Line("origin", "https://origin.example.net", said, off=True))
    return Table(f"[services.{found.name}]", _standing(found, now), lines)


def _open_doors(found: Found) -> Iterator[Line]:
    shown = shown_to_strangers(found.site)
    if shown:
        said = f"FIX THIS: an unknown path shows {shown} to anybody. Then remove this line, and it stays fixed."
        yield Line("debug", True, said)
    kept, served = kept_files(found.site)
    said = "; ".join(f"FIX THIS: anybody who asks for {path} sees {what}" for path, what in served.items())
    if kept or served:
        yield Line("private", kept, said or "Files that nobody may see.", check=f"exposure/{found.name}")


def _standing(found: Found, now: float) -> str:
    fronts = platforms(found.site)
    said = [f"Served by {' and '.join(fronts)}."] if fronts else []
    shown = certificate(found.site)
    if shown is not None:
        left = (shown.not_after - now) / DAY_S
        said.append(f"Its certificate ends in {left:.0f} days{': renew it.' if left < SOON_DAYS else '.'}")
    return " ".join(said)


def _replica_lines(found: Found) -> Iterator[Line]:
    named = replicas(found.site)
    if named is not None:
        said = f"{named.number} names were seen in {named.header}; write how many copies there really are."
        yield Line("replicas", named.number, said)
        yield Line("replica_header", named.header)
    else:
        said = "How many copies run behind the address: of so many one bad one is not missed."
        yield Line("replicas", 3, said, off=True)


def _health_lines(found: Found) -> Iterator[Line]:
    if not found.health:
        said = "No health endpoint was found. If there is one, say where it is and where its state lies:"
        yield Line("health", {"path": "/health", "status": "status"}, said, off=True)
        return
    best, others = found.health[0], [one.path for one in found.health[1:4]]
    notes = [f"It says of itself that it is {best.state.value}.", *best.remarks]
    notes += [f"There are {', '.join(others)} too."] if others else []
    if best.down:
        notes.append(f"Down, though the whole calls itself well: {', '.join(best.down)}.")
    # What tells that it is not well stays: its verdict is the right one.
    yield Line("health", best.keys, " ".join(notes), check="" if found.unwell else f"health/{found.name}")


def _vital_lines(found: Found) -> Iterator[Line]:
    """Yield what shows restarts and a leak, wherever it is told: health endpoints first, then those of the version."""
    paths = dict.fromkeys([*(one.path for one in found.health), *VERSION])
    for key, place in found_vitals(found.site, list(paths)):
        yield Line(key, place)


def _release_lines(found: Found) -> Iterator[Line]:
    if found.release.version:
        said = (
            f"It tells a version, {found.release.version}, and no commit: replicas must agree about it, and a release "
            "manifest can demand it, but `--sha` cannot pass. Better let the build write its commit there too."
        )
        yield Line("release", found.release.keys, said, check=f"version/{found.name}")
        return
    if found.release.keys:
        said = f"It runs {found.release.commit[:12]}; `smoke verify --sha SHA` demands another."
        yield Line("release", found.release.keys, said, check=f"version/{found.name}")
        return
    seen = f" ({found.release.remark})" if found.release.remark else ""
    said = (
        f"Nothing tells the commit that is live{seen}. Without it the verdict is about whatever is live, and `--sha` "
        'cannot pass. Let the build write it, and say where (or `header = "x-commit-sha"`, `meta = "commit"`, or '
        "`text = true` where nothing else stands there):"
    )
    yield Line("release", {"path": "/version", "commit": "commit"}, said, off=True)
