"""
Hooks of this repository's own live suite; there are none.

Smokegate itself is a plugin (`smoke.plugin`, named in pyproject.toml), since options that a conftest declares come too
late for `pytest -m prod --sha ...` on the command line.
"""
