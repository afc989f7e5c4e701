"""From what was found to an environment file that says where each line comes from: pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from smoke.discovery.doors import found_doors
from smoke.discovery.draft import Draft, Line, Table
from smoke.discovery.found import Found
from smoke.discovery.fronts import EDGES, GENTLE, limits_requests, platforms, promised_headers
from smoke.discovery.login_tables import login_tables
from smoke.discovery.reads import found_reads
from smoke.discovery.service_table import service_table
from smoke.verdict.words import Tier


@dataclass(frozen=True, slots=True)
class Wanted:
    """The file that is wanted: its name, tier and CA bundle; *command* is what somebody typed, *now* epoch seconds."""

    name: str
    tier: Tier
    now: float
    command: str
    ca: str | None = None


def draft(wanted: Wanted, services: Sequence[Found]) -> Draft:
    """Return the environment file that is *wanted* for what was found at *services*."""
    tables = [_general(wanted, services), *_limits(services), *(service_table(one, wanted.now) for one in services)]
    tables += [*_pages(services), *_assets(services), *_headers(services), *_doors(services), *_reads(services)]
    tables += [*_cors(services), _latency(), *_login(services)]
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


def _limits(services: Sequence[Found]) -> Iterator[Table]:
    if any(limits_requests(one.site) for one in services):
        lines = [Line(key, value) for key, value in GENTLE.items()]
        said = "Some requests were refused with HTTP 429: so few are sent. More may be found with a higher limit."
        yield Table("[limits]", said, lines)


def _latency() -> Table:
    said = (
        "A route that has become slow is found where routes are timed, and `smoke prime` timed them before the deploy."
    )
    return Table("[latency]", said, [Line("every_route", True)], off=True)


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


def _login(services: Sequence[Found]) -> Iterator[Table]:
    forms = {one.name: one.form for one in services if one.form}
    guarded = [door.path for one in services for door in found_doors(one.site) if one.name in forms]
    yield from login_tables(forms, *guarded[:1])


def _journeys(services: Sequence[Found]) -> Iterator[Table]:
    for found in services:
        if not found.pages:
            continue
        service, page = found.name, found.pages[0]
        heading = page.heading or "the heading of the page"
        lines = [Line("name", "home"), Line("service", service), Line("path", page.path)]
        lines.append(Line("landmark", {"role": "heading", "name": heading}))
        said = "What a real browser sees; `smoke verify` needs Chromium for it (`playwright install chromium`)."
        yield Table("[[journeys]]", said, lines, off=True)
        if page.hosts:
            others = [Line("allowed_hosts", list(page.hosts), "")]
            yield Table("[browser]", "Hosts of others that the pages may talk to.", others, off=True)
        return
