"""Names that parts of an environment use for other parts must exist."""

from collections.abc import Iterator

from smoke.environment._model import Model
from smoke.environment._positions import Place
from smoke.environment._validation import Problem
from smoke.environment._wording import unknown
from smoke.environment.dependencies import Dependencies
from smoke.environment.environment import Environment


def dangling(environment: Environment) -> Iterator[Problem]:
    """Yield every name of a service, role or dependency that does not exist, and roles that cannot log in."""
    dependencies = list(environment.dependencies.by_name())
    known = {"service": list(environment.services), "role": list(environment.roles), "depends_on": dependencies}
    for place, part in _parts((), environment):
        yield from _unknown_names(place, part, known)
    yield from _roles_log_in(environment)
    yield from _reads_exist(environment)
    for index, read in enumerate(environment.reads):
        if read.flag is not None and environment.flags is None:
            remedy = "add [flags] with the 'path' that tells which flags are on, or remove it here"
            yield Problem(("reads", index, "flag"), f"found {read.flag!r}, but nothing tells flags; {remedy}")


def _unknown_names(place: Place, part: Model, known: dict[str, list[str]]) -> Iterator[Problem]:
    for key, kind in (("service", "service"), ("role", "role"), ("owner", "role")):
        # A landmark has a role too: there it is the one of ARIA.
        name = getattr(part, key, None) if key == "service" or hasattr(part, "path") else None
        if name is not None and name not in known[kind]:
            yield Problem((*place, key), _unknown_name(part, key, name, kind, known[kind]))
    for index, name in enumerate(getattr(part, "depends_on", ())):
        if name not in known["depends_on"]:
            yield Problem(
                (*place, "depends_on", index),
                unknown(name, known["depends_on"], "dependency", f"add [{_table(name)}] or remove it here"),
            )


def _unknown_name(part: Model, key: str, name: str, kind: str, known: list[str]) -> str:
    if key in part.model_fields_set:
        return unknown(name, known, kind, f"add [{kind}s.{name}] or name another {kind}")
    return f"nothing is written, and the {kind} meant then, {name!r}, is not there; write one of {', '.join(known)}"


def _table(dependency: str) -> str:
    own = dependency in Dependencies.model_fields
    return f"dependencies.{dependency}" if own else f"dependencies.others.{dependency}"


def _reads_exist(environment: Environment) -> Iterator[Problem]:
    known = [read.name for read in environment.reads]
    for index, invariant in enumerate(environment.invariants):
        for side in ("left", "right"):
            name = getattr(invariant, side).read
            if name not in known:
                remedy = "add it to [[reads]] or name another read"
                yield Problem(("invariants", index, side, "read"), unknown(name, known, "read", remedy))


def _roles_log_in(environment: Environment) -> Iterator[Problem]:
    if not environment.roles:
        return
    if environment.login is None:
        yield Problem(
            ("roles",), "roles need [login], the login API; add it with 'path' and 'who', or remove the roles"
        )
    elif environment.login.who is None:
        yield Problem(
            ("login",),
            "the key 'who' is missing, which proves sessions; add the path that answers 200 to a session only",
        )


def _parts(place: Place, part: object) -> Iterator[tuple[Place, Model]]:
    """Yield every model in *part* with its place."""
    if isinstance(part, Model):
        yield place, part
        for key in type(part).model_fields:
            yield from _parts((*place, key), getattr(part, key))
    elif isinstance(part, dict):
        for key, item in part.items():
            yield from _parts((*place, key), item)
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from _parts((*place, index), item)
