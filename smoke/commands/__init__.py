"""The sub-commands of `smoke`, one module each: `add` declares it, `run` does it and returns the exit status."""

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import argparse

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name
"""What `add_subparsers` returns: where a command declares itself."""
