"""What is to be verified: the models of the environment files, and how they are loaded."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smoke.environment.environment import Environment, config_sha256

__all__ = ["Environment", "config_sha256"]


def __getattr__(name: str) -> Any:
    """Import the models when they are first asked for: who only looks for the files does without pydantic."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from smoke.environment import environment

    return getattr(environment, name)
