"""
The pytest plugin: one item a check, many environments, one verdict each.

It stays quiet in sessions that were not asked for the suite. Under xdist the controller keeps the record, and the
workers send their findings with the test reports.
"""

import gc
import re
from argparse import Namespace
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smoke import options
from smoke.environment.directory import DIRECTORY
from smoke.errors import SmokeError
from smoke.stdout import outlive_reader
from smoke.verdict.words import EXIT_STATUS, EXIT_USAGE, Tier, Word

if TYPE_CHECKING:
    from smoke.running.session import SuiteSession

SUITE = Path(__file__).parent / "suite"
PLAYWRIGHT = ("pytest_playwright.pytest_playwright", "smoke.browser.fixtures", "smoke.running.journey_items")
STATUSES = {*EXIT_STATUS.values(), EXIT_USAGE}
SHOWN = 4
"""Environments that a hint names."""

SESSION = pytest.StashKey["SuiteSession"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options that `smoke verify` has too."""
    group = parser.getgroup("smokegate", "Smokegate: post-deploy verification")
    options.add((*options.VERIFY, *options.ONLY_PYTEST), group.addoption)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """
    Open the session of the suite, before pytest begins to capture: a run shows itself while it happens.

    pytest-playwright is loaded only where a journey may be made: its import takes longer than a hundred checks.
    """
    if is_suite_run(early_config):
        early_config.known_args_namespace.capture = "no"
        outlive_reader()
        suite = _open(early_config, early_config.known_args_namespace)
        for name in PLAYWRIGHT if suite.has_journeys else ():
            plugin = import_module(name)
            if not early_config.pluginmanager.is_registered(plugin):  # where pytest discovers plugins it knows some
                early_config.pluginmanager.register(plugin, name)
    else:
        _refuse_lost_options(early_config)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, Any, Any]:
    """Let the suite be found from a sub-directory too, and let no status out that is not in the contract."""
    if SESSION in config.stash and not config.option.file_or_dir:
        config.args = [str(SUITE)]
    _ready(config)
    status = yield
    if SESSION in config.stash and not config.option.collectonly and status not in STATUSES:
        return EXIT_STATUS[Word.INCONCLUSIVE]
    return status


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """
    Register markers and hooks of the session; an xdist worker opens its session here.

    Our own display takes the place of pytest's terminal, before xdist takes hold of that, unless more detail or only a
    listing is asked for.
    """
    if "smokegate" in getattr(config, "workerinput", {}):
        _open(config, config.option)
    if SESSION not in config.stash:
        return
    suite = config.stash[SESSION]
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not _wants_pytests_terminal(config):
        config.option.verbose = min(config.option.verbose, -1)
        config.pluginmanager.unregister(terminal)
    for line in suite.marker_lines():
        config.addinivalue_line("markers", line)
    config.pluginmanager.register(suite, "smokegate-session")
    config.pluginmanager.register(suite.delivery, "smokegate-delivery")
    config.pluginmanager.register(suite.workers, "smokegate-workers")


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Where nothing at all was run, say how the suite is asked for, to whoever may have meant it."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and SESSION not in config.stash:
        known, here = config.known_args_namespace, config.invocation_params.dir
        files = [] if known.file_or_dir else sorted(here.glob(f"{DIRECTORY}/*/*.toml"))
        names = [f"{one.parent.name}/{one.stem}" for one in files if not one.name.startswith(("_", "."))]
        if names:
            terminalreporter.write_line(
                f"Smokegate verified nothing: name a tier with -m, one of {', '.join(Tier)}; {DIRECTORY}/ here has "
                f"{', '.join(names[:SHOWN])}"
            )
        elif _names_environments(known):
            terminalreporter.write_line(
                f"Smokegate verified nothing: there is no {DIRECTORY}/ in {here}; go to the project's directory"
            )


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker which run it belongs to."""
    if SESSION in node.config.stash:
        node.workerinput["smokegate"] = node.config.stash[SESSION].workerinput()


def is_suite_run(config: pytest.Config) -> bool:
    """
    Tell whether the session was asked for the suite and nothing else.

    From a sub-directory, where pytest would collect that one, it is asked for by a tier in `-m` or by `--environment`;
    and so it is beside environment files where nothing says which tests there are, as where the product is installed.
    """
    known = config.known_args_namespace
    if known.version or known.help:
        return False
    if not known.file_or_dir and config.invocation_params.dir != config.rootpath and not _names_environments(known):
        return False
    named = known.file_or_dir or config.getini("testpaths") or _suite_beside(config)
    root = config.invocation_params.dir if known.file_or_dir else config.rootpath
    paths = [(root / str(one).split("::")[0]).resolve() for one in named]
    return bool(paths) and all(one == SUITE or SUITE in one.parents for one in paths)


def _suite_beside(config: pytest.Config) -> list[str]:
    known, here = config.known_args_namespace, config.invocation_params.dir
    if not _names_environments(known):
        return []
    above = next((one / DIRECTORY for one in (here, *here.parents) if (one / DIRECTORY).is_dir()), here)
    return [str(SUITE)] if known.smoke_environments is not None or any(above.glob("*/*.toml")) else []


def _names_environments(known: Namespace) -> bool:
    return bool(known.smoke_environment or set(Tier) & set(re.findall(r"[\w-]+", known.markexpr)))


def _ready(config: pytest.Config) -> None:
    """Say what is missing before xdist starts its workers, where one environment is to be verified as a whole."""
    option = config.option
    if SESSION not in config.stash or option.collectonly or option.keyword or option.markexpr:
        return
    if not option.smoke_environment:
        return
    try:
        config.stash[SESSION].ready()
    except SmokeError as error:
        raise pytest.UsageError(str(error)) from error


def _refuse_lost_options(config: pytest.Config) -> None:
    """
    Say what went wrong when our options are given and pytest looks elsewhere.

    It takes `--reports DIR` apart before it knows the option: a DIR that exists becomes the place of the tests.
    """
    known = config.known_args_namespace
    given = [one.name for one in (*options.VERIFY, *options.ONLY_PYTEST) if getattr(known, one.destination, None)]
    if given and not (known.version or known.help):
        raise pytest.UsageError(
            f"{', '.join(given)} given, but pytest is not running the suite here; run it in the directory with "
            f"`environments/`, and write {given[0]}=VALUE with an equals sign, since pytest takes a separate VALUE "
            "that exists for a place of tests"
        )


def _open(config: pytest.Config, namespace: Namespace) -> "SuiteSession":
    with _kept():
        from smoke.running.session import SuiteSession  # only sessions of the suite pay for this import

    try:
        config.stash[SESSION] = SuiteSession(config, namespace)
    except SmokeError as error:
        raise pytest.UsageError(str(error)) from error
    return config.stash[SESSION]


@contextmanager
def _kept() -> Iterator[None]:
    """
    Import without looking for garbage, and never look for it in what was imported: it stays until the process ends.

    Looking takes 40 ms here and 100 ms at the end, of some 800 ms for a hundred checks.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def _wants_pytests_terminal(config: pytest.Config) -> bool:
    return bool(config.option.collectonly or config.option.verbose > 0 or hasattr(config, "workerinput"))
