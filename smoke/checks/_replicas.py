"""What a check must know of a service to meet the one bad replica of several, and to name it."""

from typing import TypedDict

from smoke.environment import Environment


class Replicated(TypedDict):
    """Fields of a check that is about every replica of its service."""

    service: str
    share: float
    replica_header: str | None


def every_replica_of(environment: Environment, service: str) -> Replicated:
    """Return the fields of a check of *service*, so that none forgets how small a share must not be missed."""
    described = environment.services[service]
    return {"service": service, "share": described.share, "replica_header": described.replica_header}
