"""The public names of the portal, and where each asks its replicas for their health."""

from smoke.demo import addresses
from smoke.demo.edge.upstreams import Upstreams


def sites() -> dict[str, Upstreams]:
    """Return the replicas behind each name, none of them yet, by service."""
    return {
        "web": Upstreams(addresses.WEB, "/_health"),
        "bff": Upstreams(addresses.API, "/health"),
        "worker": Upstreams(addresses.WORKER, "/health"),
        "staging": Upstreams(addresses.STAGING_API, "/health"),
    }
