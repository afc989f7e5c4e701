"""Where `smoke demo` finds its environment files, and where its stack keeps its state."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory


def environments() -> Path:
    """Return where the demo's environment file lies: in the repository, or in an installed wheel."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "environments"
    return shipped if shipped.is_dir() else package.parent / "environments"


@contextmanager
def state_for(environment: str, *, keep: bool) -> Iterator[Path]:
    """Give the stack a state directory of its own; a kept one takes the default place if no other stack has it."""
    default = default_state()
    if keep and not (default / "demo").exists():
        try:
            yield default
        finally:
            # Outcomes and sessions of a stack that is gone would mislead the next one.
            recorded = default / "baseline" / environment
            shutil.rmtree(recorded, ignore_errors=True)
            with suppress(OSError):  # one of them is not empty: it holds what others keep
                for emptied in (recorded.parent, recorded.parent.parent, default):
                    emptied.rmdir()
        return
    with TemporaryDirectory(prefix="smokegate-demo-") as directory:
        yield Path(directory)


def default_state() -> Path:
    """Return the state directory beside the environment files."""
    from smoke.running.places import state_directory

    return state_directory(environments().parent)
