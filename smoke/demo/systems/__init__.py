"""The foreign systems that the stack can be: one module each, a thin layer over the portal (`smoke.demo.dialect`)."""

from importlib import import_module
from typing import TYPE_CHECKING

from smoke.demo import faults
from smoke.errors import UsageError

if TYPE_CHECKING:
    from smoke.demo.dialect import Dialect
    from smoke.demo.faults import Fault

SYSTEMS = {
    "portal": ("portal/prod", "portal/dev"),
    "cartly": ("cartly/prod", "cartly/staging", "cartly/preview", "cartly/dev"),
    "almafrica": ("almafrica/prod",),
    "impulse_ai": ("impulse_ai/prod", "impulse_ai/staging"),
    "web_production": ("web_production/prod", "web_production/staging"),
}
"""The environments of each system; the first is meant where none is named."""


def environment_of(system: str) -> str:
    """Return the environment that `--system` means; raises UsageError for one whose dialect nobody speaks."""
    every = [name for names in SYSTEMS.values() for name in names]
    name = SYSTEMS[system][0] if system in SYSTEMS else system
    if name not in every:
        raise UsageError(f"--system {system}: the embedded stack can be {', '.join(SYSTEMS)} or {', '.join(every)}")
    return name


def dialect_of(environment: str) -> "Dialect":
    """Return the dialect of one environment; raises UsageError for one that nobody speaks."""
    name = environment_of(environment)
    module = import_module(f"smoke.demo.systems.{name.partition('/')[0]}")
    dialect: Dialect = module.DIALECTS[name]
    return dialect


def find(identifier: str, dialect: "Dialect | None" = None) -> "Fault":
    """Return a fault of *dialect* or of the stack itself; raises UsageError with the nearest ids for an unknown one."""
    wanted = identifier.lower()
    own = {one.id: one for one in dialect.traps} if dialect else {}
    if wanted in own:
        return own[wanted]
    try:
        return faults.find(identifier)
    except UsageError:
        if dialect is None or not own:
            raise
        raise UsageError(
            f"--fault {identifier}: {dialect.environment} has no such fault; it has {', '.join(own)}, and those of "
            "`smoke demo --list-faults`"
        ) from None
