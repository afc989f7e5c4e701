"""
Everything that a session imports and prepares, for processes that are forked from one which has done so.

The plugin itself and xdist are left out: pytest rewrites the assertions of what it is told to load.
"""

from importlib import import_module

from smoke.checks import registry
from smoke.outputs import report

NAMES = (
    *("pytest", "anyio._backends._asyncio", "execnet"),
    *("smoke.running.session", *(f"smoke.checks.{name}" for name in registry.MODULES)),
    *("smoke.cli", "smoke.commands.verify", "smoke.supervisor", "smoke.settlement"),
    *(f"smoke.outputs.{name}" for name in ("allure", "cdevents", "ctrf", "junit", "metrics")),
    *("allure_commons.model2", "jinja2", "junitparser", "prometheus_client", "selectolax.lexbor"),
)

for name in NAMES:
    import_module(name)

report._template()
