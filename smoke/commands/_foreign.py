"""How `smoke demo` verifies the unmodified file of a system whose dialect the stack speaks."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smoke.demo.dialect import Dialect

SOAK_S = 8.0
"""How long a foreign environment is watched on: its file says a minute of the field, which is some seconds here."""


def options(state: Path, dialect: "Dialect | None") -> Iterator[str]:
    """Yield the options by which an unmodified file leads to the stack; none where the stack is itself."""
    if dialect is None:
        return
    for rule in (state / "demo" / "connect-to").read_text(encoding="utf-8").split():
        yield f"--connect-to={rule}"
    yield f"--ca={state / 'demo' / 'ca.pem'}"
    yield f"--soak={SOAK_S}"
    yield from (f"--set={name}={value}" for name, value in dialect.parameters.items())


def environ(state: Path, dialect: "Dialect | None") -> Mapping[str, str]:
    """Return the variables of the verifying process, those included that the environment file names for its secrets."""
    secrets = dialect.secrets if dialect else {}
    own = {name: value for name, value in os.environ.items() if name not in secrets}
    files = {f"{name}_FILE": str((state / "demo" / file).absolute()) for name, file in secrets.items()}
    return {**own, **files, "SMOKE_STATE_DIR": str(state)}
