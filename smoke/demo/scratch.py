"""Where the stack's own files lie while it runs: in memory, if there is plenty of it."""

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOMY_BYTES = 2 * 2**30


def scratch_directory() -> Path:
    """Return a place in memory, if there is plenty and nobody named another by TMPDIR; else where such files go."""
    if "TMPDIR" not in os.environ and sys.platform == "linux":
        with suppress(OSError):
            status = os.statvfs(MEMORY)
            roomy = status.f_bavail * status.f_frsize >= ROOMY_BYTES
            # Containers forbid to run programs there, which a copy of PostgreSQL has to be.
            if roomy and not status.f_flag & os.ST_NOEXEC and os.access(MEMORY, os.W_OK):
                return MEMORY
    return Path(tempfile.gettempdir())
