"""
Import httpx without its command line.

`import httpx` also imports httpx's own command-line program, and with it click, rich and pygments wherever those are
installed: some 150 ms that every start of this product would pay. None in `sys.modules` makes that one import fail,
which httpx expects (`httpx/__init__.py` 0.28).
"""

import sys

_COMMAND_LINE = "httpx._main"

if _COMMAND_LINE not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # the documented way to make an import fail
    import httpx

    del sys.modules[_COMMAND_LINE]
else:
    import httpx

__all__ = ["httpx"]
