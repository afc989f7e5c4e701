"""One pytest session over the suite: the hooks between the command line and the verdicts."""

import sys
from collections.abc import Callable, Generator, Iterable
from dataclasses import asdict
from typing import Any

import pytest

from smoke import selection
from smoke.engine import Engine
from smoke.errors import SmokeError
from smoke.opening import open_runs, open_settings
from smoke.records import Records
from smoke.run import Settings
from smoke.selection import Case
from smoke.verdict.finding import Finding
from smoke.verdict.words import EXIT_STATUS, EXIT_USAGE, Outcome, Word

FINDING = "smoke_finding"
"""Key in `user_properties` under which a finding travels from a worker to the controller, as JSON primitives."""


class FindingFailed(AssertionError):
    """A check found what must not be; the text is the finding's message."""


class FindingUndecided(Exception):
    """A check could not tell; the text is the finding's message."""


class SuiteSession:
    """The plugin object of a session of the suite, on the controller and on every xdist worker."""

    def __init__(self, config: pytest.Config, namespace: Any) -> None:
        handed_over = getattr(config, "workerinput", {}).get("smokegate")
        self.is_worker = handed_over is not None
        self.settings = Settings(**handed_over) if handed_over else open_settings(namespace)
        self.runs = {one.environment.name: one for one in open_runs(namespace, self.settings)}
        self.records: Records | None = None
        self._engines: dict[str, Engine] = {}
        self._selected: dict[str, frozenset[str]] = {}

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

    def engine(self, environment: str) -> Engine:
        """Return this process's engine for *environment*, started."""
        if environment not in self._engines:
            engine = self.runs[environment].engine(self._publish(environment))
            engine.start()
            self._engines[environment] = engine
        return self._engines[environment]

    def deliver(self, item: pytest.Item, case: Case, finding: Finding) -> None:
        """Hand a finding to the record, and say as a test outcome what it says."""
        item.user_properties.append((FINDING, {"environment": case.run.environment.name, **finding.to_json()}))
        self._publish(case.run.environment.name)(finding)
        if finding.outcome is Outcome.FAILED:
            raise FindingFailed(finding.message)
        if finding.outcome is Outcome.UNDECIDED:
            raise FindingUndecided(finding.message)
        if finding.outcome is Outcome.SKIPPED:
            pytest.skip(finding.message)

    # Collection

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Make one item of each check in each environment."""
        if "case" not in metafunc.fixturenames:
            return
        name = metafunc.function.__name__.removeprefix("test_")
        cases = [one for run in self.runs.values() for one in selection.cases(run, name)]
        metafunc.parametrize("case", cases)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put converging first, then the journeys, which need this process, while the engine makes the rest."""
        items.sort(
            key=lambda item: ("[" not in item.name, "test_converge" not in item.name, "journey" not in item.name)
        )

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what is selected, and open the record of each environment; workers keep no record."""
        is_controller = bool(session.config.pluginmanager.get_plugin("dsession"))
        if session.config.option.collectonly or is_controller or not session.items:
            return
        self._select([item.nodeid for item in session.items])

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

    def _select(self, node_ids: list[str]) -> None:
        self._selected = selection.selected(node_ids)
        chosen = [self.runs[name] for name in sorted(self._selected)]
        try:
            selection.refuse_several_tiers([one.environment for one in chosen])
            for run in chosen:
                _ = run.connect_to, run.ca_file  # a missing file is wrong usage, to be said before anything starts
                run.ends_at = self.settings.started_at + sum(one.environment.budget_s for one in chosen)
            if not self.is_worker:
                self.records = Records(chosen, self._selected)
        except SmokeError as error:
            raise pytest.UsageError(str(error)) from error

    # Running

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Run the items within the budget, look at the release again, and give the verdict."""
        if session.config.option.collectonly:
            return (yield)
        finished = False
        try:
            self._start(session)
            result = yield
            self._confirm()
            finished = True
        finally:
            if self.records is not None:
                self.records.finish(finished=finished, sessions=self._sessions())
            for engine in self._engines.values():
                engine.close()
        return result

    def _start(self, session: pytest.Session) -> None:
        """Begin to observe at once; with xdist a worker begins when the first of its items asks."""
        if self.records is not None and session.items:
            for name in self._selected:
                self.engine(name).look(self._selected[name])

    def _confirm(self) -> None:
        for name in self._selected if self.records is not None else ():
            self.engine(name).confirm()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a worker's finding into the record; a test that broke before it had one is undecided."""
        if self.records is None:
            return
        sent: list[Any] = [value for name, value in report.user_properties if name == FINDING]
        for value in sent:
            finding = Finding.from_json({key: one for key, one in value.items() if key != "environment"})
            self.records.record(value["environment"], finding)
        broken = None if sent or not report.failed else selection.check_of(report.nodeid)
        if broken:
            self.records.broke(*broken, report.longreprtext)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Replace pytest's exit status by the verdict's: a crash of our own never looks like a pass or a fail."""
        if self.is_worker or session.config.option.collectonly:
            return
        if self.records is not None:
            session.exitstatus = self.records.exit_status
        elif exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            sys.stderr.write("ERROR: the selection matches no check; see `smoke environments` for what there is\n")
            session.exitstatus = EXIT_USAGE
        elif exitstatus not in {pytest.ExitCode.OK, pytest.ExitCode.USAGE_ERROR}:
            session.exitstatus = EXIT_STATUS[Word.INCONCLUSIVE]

    def pytest_internalerror(self, excrepr: object) -> None:
        """Show a crash of our own; pytest's reporter, which would, may have been put away."""
        if not self.is_worker:
            sys.stderr.write(f"{excrepr}\n")

    # Fixtures

    @pytest.fixture
    def hold(self, request: pytest.FixtureRequest) -> Callable[[Case], None]:
        """Return a function that waits for the finding of a case and says it as a test outcome."""

        def hold(case: Case) -> None:
            engine = self.engine(case.run.environment.name)
            engine.look(self._selected[case.run.environment.name])
            self.deliver(request.node, case, engine.finding(case.check))

        return hold

    def _publish(self, environment: str) -> Callable[[Finding], None]:
        records = self.records
        return (lambda finding: records.record(environment, finding)) if records else (lambda _: None)

    def _sessions(self) -> dict[str, dict[str, dict[str, str]]]:
        return {name: engine.world.sessions() for name, engine in self._engines.items()}
