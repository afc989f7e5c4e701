"""From what was found to an environment file that says where each line comes from: pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from smoke.discovery.doors import found_doors, kept_files, shown_to_strangers
from smoke.discovery.draft import Draft, Line, Table
from smoke.discovery.fronts import EDGES, certificate, platforms, promised_headers, replicas
from smoke.discovery.health import KNOWN, HealthFound, found_health
from smoke.discovery.login_form import FormFound, found_form
from smoke.discovery.login_tables import login_tables
from smoke.discovery.pages import PageFound, found_pages
from smoke.discovery.reads import found_reads
from smoke.discovery.release import ReleaseFound, found_release
from smoke.discovery.site import Site
from smoke.verdict.words import Tier

DAY_S = 86_400.0
SOON_DAYS = 21


@dataclass(frozen=True, slots=True)
class Wanted:
    """The file that is wanted: its name, tier and CA bundle; *command* is what somebody typed, *now* epoch seconds."""

    name: str
    tier: Tier
    now: float
    command: str
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that was found at one service."""

    name: str
    site: Site
    health: Sequence[HealthFound]
    release: ReleaseFound
    pages: Sequence[PageFound]
    form: FormFound | None

    @property
    def unwell(self) -> bool:
        """Whether it says that it is not well: then that stays in the file, and the verdict says so."""
        return bool(self.health) and self.health[0].state not in KNOWN


def found_at(name: str, site: Site) -> Found:
    """Return what *site*, called *name*, shows."""
    return Found(name, site, found_health(site), found_release(site), found_pages(site), found_form(site))


def draft(wanted: Wanted, services: Sequence[Found]) -> Draft:
    """Return the environment file that is *wanted* for what was found at *services*."""
    tables = [_general(wanted, services), *(_service(one, wanted.now) for one in services)]
    tables += [*_pages(services), *_assets(services), *_headers(services), *_doors(services), *_reads(services)]
    tables += [*_cors(services), *login_tables({one.name: one.form for one in services if one.form})]
    tables += list(_journeys(services))
    top = (
        f"{wanted.name}, written by `{wanted.command}`.\nEvery line that is not commented out was found and tried. "
        "What is commented out could not be found, or needs a decision: each says how to fill it in. "
        "All keys: `smoke reference`; for editors: `smoke schema > environments/schema.json`, and as the first line "
        "here `#:schema ../schema.json`."
    )
    return Draft(top, tables)


def _general(wanted: Wanted, services: Sequence[Found]) -> Table:
    lines = [
        Line("tier", wanted.tier.value, "What it is used for: prod, staging, preview, dev or demo."),
        Line("budget_s", 120, "The verdict comes within so many seconds."),
    ]
    if wanted.ca:
        lines.append(Line("ca", wanted.ca, "Trusted besides the authorities of this machine."))
    control = "An unrelated host of yours; it tells a broken network of this machine from a broken release."
    lines.append(Line("control", ["https://status.example.net/"], control, off=True))
    edges = [one for each in services for one in platforms(each.site) if one in EDGES]
    if edges:
        said = f"An unrelated host that stands behind {edges[0]} too; it tells an outage there from a broken release."
        lines.append(Line("edge", {"canary": ["https://neighbour.example.net/"]}, said, off=True))
    return Table(lines=lines)


def _service(found: Found, now: float) -> Table:
    lines = [Line("url", found.site.url), *_replica_lines(found), *_health_lines(found), *_release_lines(found)]
    lines += list(_open_doors(found))
    if any(one in EDGES for one in platforms(found.site)):
        said = "Its address beside the edge; it tells a fault of what stands before it from its own."
        lines.append(Line("origin", "https://origin.example.net", said, off=True))
    return Table(f"[services.{found.name}]", _standing(found, now), lines)


def _open_doors(found: Found) -> Iterator[Line]:
    shown = shown_to_strangers(found.site)
    if shown:
        said = f"MEND THIS: an unknown path shows {shown} to anybody. Then remove this line, and it stays mended."
        yield Line("debug", True, said)
    kept, served = kept_files(found.site)
    said = "; ".join(f"MEND THIS: anybody who asks for {path} sees {what}" for path, what in served.items())
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
    if best.uptime:
        yield Line("uptime", {"path": best.path, "at": best.uptime})
    if best.memory:
        yield Line("memory", {"path": best.path, "at": best.memory})


def _release_lines(found: Found) -> Iterator[Line]:
    if found.release.keys:
        said = f"It runs {found.release.commit[:12]}; `smoke verify --sha SHA` demands another."
        yield Line("release", found.release.keys, said, check=f"version/{found.name}")
        return
    seen = f" ({found.release.remark})" if found.release.remark else ""
    said = (
        f"Nothing tells the commit that is live{seen}. Without it the verdict is about whatever is live, and `--sha` "
        'cannot pass. Let the build write it, and say where (or `header = "x-commit-sha"`, `meta = "commit"`):'
    )
    yield Line("release", {"path": "/version", "commit": "commit"}, said, off=True)


def _pages(services: Sequence[Found]) -> Iterator[Table]:
    names: set[str] = set()
    comment = "Pages that everybody may see, with texts that were there every time. A status is not enough."
    for found in services:
        for page in found.pages:
            name = page.name if page.name not in names else f"{found.name}-{page.name}"
            names.add(name)
            lines = [Line("name", name), Line("service", found.name), Line("path", page.path)]
            lines.append(Line("contains", list(page.texts)))
            yield Table("[[pages]]", comment, lines, check=f"page/{name}")
            comment = ""
    if not names:
        lines = [Line("name", "home"), Line("service", services[0].name), Line("path", "/")]
        lines.append(Line("contains", ["a text that only this page has"]))
        said = "No page with a text that stays the same was found. If there are pages, name one:"
        yield Table("[[pages]]", said, lines, off=True)


def _assets(services: Sequence[Found]) -> Iterator[Table]:
    for found in services:
        paths = [one.path for one in found.pages if one.has_assets]
        if paths:
            lines = [Line("service", found.name), Line("pages", paths[:3])]
            yield Table(
                "[assets]", "Scripts and style sheets that these pages need.", lines, check=f"assets/{found.name}"
            )
            return


def _headers(services: Sequence[Found]) -> Iterator[Table]:
    for found in services:
        promises = promised_headers(found.site)
        if promises:
            lines = [Line("name", found.name), Line("service", found.name), Line("path", "/")]
            lines.append(Line("expect", promises))
            yield Table("[[headers]]", "Headers that must not get lost.", lines, check=f"headers/{found.name}")


def _doors(services: Sequence[Found]) -> Iterator[Table]:
    comment, names = "Nobody sees these without logging in.", set[str]()
    for found in services:
        for door in found_doors(found.site):
            name = door.name if door.name not in names else f"{found.name}-{door.name}"
            names.add(name)
            lines = [Line("name", name), Line("service", found.name), Line("path", door.path)]
            if door.redirects_to:
                lines.append(Line("redirects_to", door.redirects_to))
            yield Table("[[protected]]", comment, lines, check=f"protected/{name}")
            comment = ""
    if not names:
        lines = [Line("name", "account"), Line("service", services[0].name), Line("path", "/account")]
        yield Table(
            "[[protected]]", "What nobody may see without logging in, if there is such a path:", lines, off=True
        )


def _reads(services: Sequence[Found]) -> Iterator[Table]:
    comment, names = "Public JSON, with what all its answers had in common. Add what really matters.", set[str]()
    for found in services:
        taken = {found.health[0].path} if found.health else set[str]()
        for read in found_reads(found.site, taken):
            name = read.name if read.name not in names else f"{found.name}-{read.name}"
            names.add(name)
            lines = [Line("name", name), Line("service", found.name), Line("path", read.path)]
            lines += [Line("shape", read.shape)] if read.shape else []
            lines += [Line("expect", read.expect)] if read.expect else []
            yield Table("[[reads]]", comment, lines, check=f"read/{name}")
            comment = ""
    if not names:
        lines = [Line("name", "products"), Line("service", services[-1].name), Line("path", "/api/products")]
        lines.append(Line("expect", [{"at": "items", "at_least": 1}]))
        yield Table("[[reads]]", "JSON that the product cannot do without, and what it must hold:", lines, off=True)


def _cors(services: Sequence[Found]) -> Iterator[Table]:
    web = next((one for one in services if one.pages), None)
    for found in services:
        if web is not None and found is not web and not found.pages:
            lines: list[Line] = [Line("service", web.name), Line("path", "/")]
            said = f"If pages of {web.name} call {found.name} from the browser: preflights must let them."
            yield Table(f"[services.{found.name}.cors]", said, lines, off=True)


def _journeys(services: Sequence[Found]) -> Iterator[Table]:
    seen: Mapping[str, PageFound] = {one.name: one.pages[0] for one in services if one.pages}
    for service, page in seen.items():
        heading = page.heading or "the heading of the page"
        lines = [Line("name", "home"), Line("service", service), Line("path", page.path)]
        lines.append(Line("landmark", {"role": "heading", "name": heading}))
        said = "What a real browser sees; `smoke verify` needs Chromium for it (`playwright install chromium`)."
        yield Table("[[journeys]]", said, lines, off=True)
        if page.hosts:
            others = [Line("allowed_hosts", list(page.hosts), "")]
            yield Table("[browser]", "Hosts of others that the pages may talk to.", others, off=True)
        return
