"""What a browser asks before a page of one origin calls a service of another (Fetch standard)."""

from smoke.checks._answers import split
from smoke.environment import Environment
from smoke.environment.edge import Cors
from smoke.http import Request

ALLOW = "access-control-allow-"


def preflight(url: str, origin: str, cors: Cors, unsent: frozenset[str]) -> Request:
    """
    Return the question for the call that *cors* describes, by a page of *origin*.

    *unsent* are headers of the service that browsers send with no preflight.
    """
    headers = {"origin": origin, "access-control-request-method": cors.method}
    if cors.headers:
        headers["access-control-request-headers"] = ",".join(sorted(one.lower() for one in cors.headers))
    return Request("OPTIONS", url, headers=headers, unsent=unsent)


def address_of(environment: Environment, service: str, cors: Cors) -> str:
    """Return what pages call: what *cors* says, else the login of *service*, else its root."""
    login = environment.login if environment.login and environment.login.service == service else None
    return environment.services[service].url + (cors.path or (login.path if login else "/"))


def origin_of(url: str) -> str:
    """Return the origin of an address, as browsers write it."""
    parts = split(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
