"""What stands before a service: platforms, replicas, promised headers, its certificate: pure."""

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus

from smoke.discovery.site import Site
from smoke.http import Certificate

PLATFORMS = {
    "x-vercel-id": "Vercel",
    "x-railway-edge": "Railway",
    "x-railway-request-id": "Railway",
    "cf-ray": "Cloudflare",
    "fly-request-id": "Fly.io",
    "x-render-origin-server": "Render",
    "x-nf-request-id": "Netlify",
    "x-amz-cf-id": "Amazon CloudFront",
    "x-azure-ref": "Azure Front Door",
    "x-fastly-request-id": "Fastly",
    "x-github-request-id": "GitHub",
}
"""Headers by which platforms tell themselves; none of them carries the commit."""

EDGES = frozenset({"Vercel", "Cloudflare", "Netlify", "Amazon CloudFront", "Azure Front Door", "Fastly"})
SERVERS = ("nginx", "traefik", "caddy", "apache", "envoy", "cloudflare")

REPLICAS = (
    *("x-replica", "x-replica-id", "x-instance", "x-instance-id", "x-pod", "x-pod-name", "x-container-id", "x-node"),
    *("x-hostname", "x-backend", "x-backend-server", "x-upstream", "x-server", "x-server-id", "x-served-by"),
    *("x-worker", "x-process"),
)
"""Headers in which replicas name themselves."""

MOST_REPLICAS = 20
SEEN_TWICE = 2
GENTLE = {"concurrency": 2, "requests_per_s": 2.0}
"""Limits for a site that refuses requests for there being too many."""

PROMISED = {
    "strict-transport-security": ("max-age",),
    "x-content-type-options": ("nosniff",),
    "x-frame-options": ("DENY", "SAMEORIGIN"),
    "content-security-policy": ("frame-ancestors", "default-src", "script-src", "object-src"),
    "cache-control": ("no-store", "no-cache", "private", "must-revalidate"),
}
"""Headers worth keeping, with parts of their values that do not change from answer to answer."""


@dataclass(frozen=True, slots=True)
class ReplicasFound:
    """The header in which replicas name themselves, and how many were seen."""

    header: str
    number: int


def platforms(site: Site) -> list[str]:
    """Return who stands before the service, by its headers."""
    headers = [one.headers for answers in site.answers.values() for one in answers]
    known = [name for header, name in PLATFORMS.items() if any(header in one for one in headers)]
    servers = {word for one in headers for word in SERVERS if word in one.get("server", "").lower()}
    return list(dict.fromkeys([*known, *sorted(servers - {one.lower() for one in known})]))


def limits_requests(site: Site) -> bool:
    """Tell whether the service refused some requests for there being too many."""
    return any(one.status == HTTPStatus.TOO_MANY_REQUESTS for answers in site.answers.values() for one in answers)


def replicas(site: Site) -> ReplicasFound | None:
    """Return how replicas name themselves: a few names that come back over fresh connections."""
    answers = max(site.answers.values(), key=len, default=())
    for header in REPLICAS:
        names = Counter(value for one in answers if (value := one.headers.get(header)))
        returning = names.total() == len(answers) and all(count >= SEEN_TWICE for count in names.values())
        if returning and 1 < len(names) <= MOST_REPLICAS:
            return ReplicasFound(header, len(names))
    return None


def promised_headers(site: Site) -> dict[str, str]:
    """Return headers of the home page that were there every time, each with a part that stayed the same."""
    answers = [one for one in site.all_of("/") if one.failure is None]
    promises = {}
    for name, parts in PROMISED.items():
        values = [one.headers.get(name, "").lower() for one in answers]
        part = next((one for one in parts if values and all(one.lower() in value for value in values)), None)
        if part is not None:
            promises[name] = part
    return promises


def certificate(site: Site) -> Certificate | None:
    """Return the certificate that the site was accepted with."""
    return next((one.certificate for one in site.all_of("/") if one.certificate is not None), None)
