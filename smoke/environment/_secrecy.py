"""Which keys sound as if their value were a secret."""

import re

_SOUNDS = re.compile(r"passw|secret|token|api_?key|access_?key|private_?key|credential|dsn", re.IGNORECASE)


def sounds_secret(key: str) -> bool:
    """Tell whether the value under *key* should be kept out of every message."""
    return bool(_SOUNDS.search(key))
