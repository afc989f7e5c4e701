"""
Import httpx without its command line.

`import httpx` also imports httpx's own command-line program, and with it click, rich and pygments wherever those are
installed: some 150 ms that every start of this product would pay. None in `sys.modules` makes that one import fail,
which httpx expects (`httpx/__init__.py` 0.28).

httpcore asks for sniffio with every request, seven times, and where it is not installed searches the whole path each
time (`httpcore/_synchronization.py` 1.0): a quarter of what a request costs. The same None makes that answer quick.
"""

import sys
from importlib.util import find_spec

_COMMAND_LINE = "httpx._main"

if _COMMAND_LINE not in sys.modules:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # the documented way to make an import fail
    import httpx

    del sys.modules[_COMMAND_LINE]
else:
    import httpx

if "sniffio" not in sys.modules and find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # as above

__all__ = ["httpx"]
