"""One pytest session over the suite: the hooks between the command line and the verdicts."""

import os
import shlex
import shutil
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Generator, Iterable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from smoke.errors import SmokeError
from smoke.running import handover, selection
from smoke.running.delivery import Delivery, last_error
from smoke.running.engine import Engine
from smoke.running.handover import Handover
from smoke.running.opening import open_runs, open_settings
from smoke.running.records import Records
from smoke.running.run import Settings
from smoke.running.selection import Case
from smoke.running.watchdog import Interrupted, interrupt_once
from smoke.running.workers import Workers
from smoke.verdict.words import EXIT_STATUS, EXIT_USAGE, Word

if TYPE_CHECKING:
    from concurrent.futures import Future

    from smoke.verdict.finding import Finding


class SuiteSession:
    """The plugin object of a session of the suite, on the controller and on every xdist worker."""

    def __init__(self, config: pytest.Config, namespace: Namespace) -> None:
        # Two displays on one terminal would write into each other's lines.
        self._shows_progress = getattr(namespace, "verbose", 0) <= 0
        handed_over = getattr(config, "workerinput", {}).get("smokegate")
        self.is_worker = handed_over is not None
        self.settings = Settings(**handed_over) if handed_over else open_settings(namespace)
        self.runs = {one.environment.name: one for one in open_runs(namespace, self.settings)}
        self.delivery = Delivery(self.runs)
        self._engines: dict[str, Engine] = {}
        self._selected: dict[str, frozenset[str]] = {}
        self.workers = Workers()
        self._broken: str | None = None
        self._hangs = False

    @property
    def records(self) -> Records | None:
        """The records, in the process that keeps them, once it is known what is selected."""
        return self.delivery.records

    @property
    def has_journeys(self) -> bool:
        """Whether a browser may be needed."""
        return any(run.journeys for run in self.runs.values())

    def marker_lines(self) -> Iterable[str]:
        """Return the marker lines to register."""
        return selection.markers([run.environment for run in self.runs.values()])

    def workerinput(self) -> dict[str, Any]:
        """Return what a worker needs to take part in this session."""
        return {**asdict(self.settings), "connect_to": list(self.settings.connect_to)}

    def ready(self) -> None:
        """Raise UsageError or ConfigurationError for what every check of every environment here would need."""
        for run in self.runs.values():
            run.ready(frozenset(one.id for one in run.plan().checks))

    def engine(self, environment: str) -> Engine:
        """Return this process's engine for *environment*, started."""
        if environment not in self._engines:
            told = self.delivery
            engine = self.runs[environment].engine(
                partial(told.publish, environment),
                partial(told.provisional, environment),
                lambda: self.condemned_for_s(environment) > 0,
            )
            engine.start()
            self._engines[environment] = engine
        return self._engines[environment]

    def condemned_for_s(self, environment: str) -> float:
        """Return for how long the release has certainly been at fault, in seconds; 0 if this process cannot know."""
        return self.records.condemned_for_s(environment) if self.records is not None else 0.0

    # Collection

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one item of each check in each environment."""
        if "case" not in metafunc.fixturenames:
            return
        name = metafunc.function.__name__.removeprefix("test_")
        cases = [one for run in self.runs.values() for one in selection.cases(run, name)]
        metafunc.parametrize("case", cases)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Let `-m` and `-k` be refused before workers start: a worker that refuses them breaks xdist."""
        if session.config.pluginmanager.get_plugin("dsession"):
            session.config.hook.pytest_collection_modifyitems(session=session, config=session.config, items=[])

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put converging first, then the journeys, which need this process, while the engine makes the rest."""
        items[:] = [one for one in items if selection.check_of(one.nodeid)]  # not the placeholder of an empty stage
        items.sort(key=lambda item: ("test_converge" not in item.nodeid, "test_journeys" not in item.nodeid))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """On the controller, learn from the first worker what is selected."""
        if not ids or self._selected:
            return
        try:
            self._select(ids)
        except pytest.UsageError as error:
            sys.stderr.write(f"ERROR: {error}\n")
            pytest.exit(str(error), returncode=EXIT_USAGE)

    def _select(self, node_ids: Iterable[str]) -> None:
        """Note what is selected, and open the record of each environment; workers keep no record."""
        self._selected = selection.selected(node_ids)
        chosen = [self.runs[name] for name in sorted(self._selected)]
        try:
            selection.refuse_several_tiers([one.environment for one in chosen])
            for run in chosen:
                run.ready(self._selected[run.environment.name])
                run.ends_at = self.settings.started_at + sum(one.environment.budget_s for one in chosen)
            if self.is_worker:
                interrupt_once()
            elif chosen:
                self.delivery.records = Records(chosen, self._selected, self.workers.end, progress=self._shows_progress)
        except SmokeError as error:
            raise pytest.UsageError(str(error)) from error

    def _nothing(self, option: Any) -> str:
        chosen = {"-m": option.markexpr, "-k": option.keyword}
        given = [f"{flag} {shlex.quote(said)}" for flag, said in chosen.items() if said]
        return f"{' '.join(given) or 'the selection'} matches no check; {selection.choices(list(self.runs.values()))}"

    # Running

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Run the items within the budget, look at the release again, and give the verdict."""
        if session.config.option.collectonly:
            return (yield)
        if not session.config.pluginmanager.get_plugin("dsession"):
            self._select([item.nodeid for item in session.items])
        interruption: str | None = "the verifier broke"
        try:
            self._start(session)
            result = yield
            self._confirm()
            interruption = None
        except (session.Failed, pytest.exit.Exception, KeyboardInterrupt) as stop:  # xdist has a KeyboardInterrupt too
            interruption = f"it was stopped: {stop}"
            if session.shouldfail and not isinstance(stop, Interrupted):  # -x: what was found is what was asked for
                self._confirm()
                interruption = None
            raise
        except Exception as error:  # whatever broke us is said in the verdict, and raised again
            interruption = f"the verifier broke: {type(error).__name__}: {error}"
            raise
        finally:
            self._finish(self._broken or interruption)
        return result

    def _start(self, session: pytest.Session) -> None:
        """Begin to observe at once; with xdist a worker begins when the first of its items asks."""
        if self.records is not None and session.items:
            for name in self._selected:
                self.engine(name).look(self._selected[name])

    def _confirm(self) -> None:
        """Look at the releases again; in all environments at once, since each look has its pause."""
        names = self._selected if self.records is not None else ()
        for one in [future for name in names for future in self._last_look(name)]:
            one.exception()

    def _last_look(self, name: str) -> "list[Future[Finding]]":
        engine = self.engine(name)
        if name in self.workers.left.memories:
            engine.world.memory.add(self.workers.left.memories[name])
        return engine.confirm()

    def _finish(self, interruption: str | None) -> None:
        self.workers.left.add(Handover.of(self._engines))
        if interruption:
            self.workers.break_off()
        if self.records is not None:
            self.records.finish(interruption, self.delivery.warnings, self.workers.left)
        ended = [engine.close() for engine in self._engines.values()]
        self._hangs = not all(ended)
        if not self.is_worker:
            shutil.rmtree(self.settings.private, ignore_errors=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Replace pytest's exit status by the verdict's: a crash of our own never looks like a pass or a fail."""
        if self.is_worker:
            # A controller that ends interrupts its workers; one that is ending by itself has nothing to break off.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            session.config.workeroutput[handover.KEY] = self.workers.left.pack()  # type: ignore[attr-defined]  # xdist adds it
        elif session.config.option.collectonly:
            return
        elif self.records is not None:
            session.exitstatus = self.records.exit_status
        elif exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            sys.stderr.write(f"ERROR: {self._nothing(session.config.option)}\n")
            session.exitstatus = EXIT_USAGE
        elif exitstatus not in {pytest.ExitCode.OK, pytest.ExitCode.USAGE_ERROR}:
            session.exitstatus = EXIT_STATUS[Word.INCONCLUSIVE]

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """End this process where it would wait for a name to be looked up; everything is said and written."""
        if self._hangs:
            sys.stdout.flush()
            os._exit(self.records.exit_status if self.records else EXIT_STATUS[Word.INCONCLUSIVE])

    def pytest_internalerror(self, excrepr: object) -> None:
        """Show a crash of our own, here or in a worker, and remember it; pytest's reporter may have been put away."""
        if not self.is_worker:
            self._broken = self._broken or f"the verifier broke: {last_error(str(excrepr))}"
            sys.stderr.write(f"{excrepr}\n")

    def selected(self, environment: str) -> frozenset[str]:
        """Return the ids of the checks of *environment* that this session makes."""
        return self._selected[environment]

    # Fixtures

    @pytest.fixture
    def hold(self, request: pytest.FixtureRequest) -> Callable[[Case], None]:
        """Return a function that waits for the finding of a case and says it as a test outcome."""

        def hold(case: Case) -> None:
            engine = self.engine(case.run.environment.name)
            engine.look(self.selected(case.run.environment.name))
            self.delivery.deliver(request.node, case, engine.finding(case.check))

        return hold
