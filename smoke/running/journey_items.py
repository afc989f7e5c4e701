"""The fixture that makes a journey for a pytest item; loaded beside pytest-playwright, and only if needed."""

from collections.abc import Callable, Mapping
from time import monotonic, time

import pytest

from smoke.browser import executable
from smoke.browser.accepted import accepted
from smoke.browser.fixtures import OpenBrowser, Visitor
from smoke.browser.launch import plan_launch
from smoke.environment.journeys import Journey
from smoke.journeys.rounds import Result
from smoke.journeys.runner import run_journey
from smoke.journeys.world import JourneyWorld
from smoke.plugin import SESSION
from smoke.running.once import once
from smoke.running.run import Run
from smoke.running.selection import Case
from smoke.running.world import secret_of
from smoke.verdict.finding import Finding
from smoke.verdict.unmade import CONDEMNED as STOPPED
from smoke.verdict.words import Cause, Outcome, Stage

HURRY_AFTER_S = 8.0
"""How long journeys go on, in seconds, once other checks have proved the release to be at fault: users are waiting."""

CONDEMNED = {"unmade": "condemned"}
UNSETTLED = {"blocked_by": "converge"}
"""Facts that say to the verdict why a journey was not made."""


@pytest.fixture
def make_journey(request: pytest.FixtureRequest, open_browser: OpenBrowser) -> Callable[[Case], None]:
    """Return a function that makes the journey of a case once the release has settled, and delivers its finding."""
    suite = request.config.stash[SESSION]

    def make(case: Case) -> None:
        journey = next(one for one in case.run.journeys if f"journey/{one.name}" == case.check)
        settled = suite.engine(case.run.environment.name).settled()
        began = monotonic()
        if suite.condemned_for_s(case.run.environment.name) > HURRY_AFTER_S:
            finding = _not_looked_at(journey, began, case.run, STOPPED, CONDEMNED)
        elif settled:
            world = _world(case.run, open_browser, suite.selected(case.run.environment.name))
            world.ask = suite.engine(case.run.environment.name).ask
            finding = _finding(journey, run_journey(journey, world), began, case.run)
        else:
            finding = _not_looked_at(journey, began, case.run, "the release did not settle", UNSETTLED)
        suite.delivery.deliver(request.node, case, finding)

    return make


def _world(run: Run, open_browser: OpenBrowser, chosen: frozenset[str]) -> JourneyWorld:
    known = accepted(run.environment, run.connect_to, run.ca_file)
    launch = plan_launch(run.environment, run.connect_to, run.ca_file, executable.find(), known)
    return JourneyWorld(
        environment=run.environment,
        browser=open_browser(run.environment.name, launch, _visitor(run, chosen)),
        directory=run.directory / "browser",
        redactor=run.redactor,
        once=lambda key, produce: once(run.private, key, produce),
        secret=lambda reference: secret_of(run, reference),
        remaining_s=run.remaining_s,
        run_id=run.settings.run_id,
        profile=run.profile if run.settings.prime else None,
        before=lambda check: run.baseline.before.get(check) if run.baseline else None,
        chosen=chosen,
        connect_to=run.connect_to,
    )


def _visitor(run: Run, chosen: frozenset[str]) -> Visitor | None:
    """Return the visitor who stays, if one is to be seen: a profile on disk costs something."""
    archive = run.baseline.profile if run.baseline else None
    seen = any(one.flow == "returning" and f"journey/{one.name}" in chosen for one in run.journeys)
    if not seen or not (run.settings.prime or archive):
        return None
    width, height = run.environment.browser.viewport
    settings = {
        "viewport": {"width": width, "height": height},
        "service_workers": "allow",
        "accept_downloads": False,
    }
    return Visitor(run.private, archive, settings)


def _finding(journey: Journey, result: Result, began: float, run: Run) -> Finding:
    judgement = result.judgement
    return Finding(
        check=f"journey/{journey.name}",
        stage=Stage(journey.stage),
        outcome=judgement.outcome,
        message=judgement.message,
        service=journey.service,
        gating=journey.gating,
        cause=judgement.cause,
        expected=judgement.expected,
        found=judgement.found,
        rounds=result.rounds,
        samples=result.samples,
        started_s=_since_start(began, run),
        duration_s=monotonic() - began,
        evidence=result.evidence,
        reproduce=f'pytest -m "{run.environment.tier} and {run.environment.system}" -k journey/{journey.name}',
        facts=judgement.facts,
    )


def _not_looked_at(journey: Journey, began: float, run: Run, why: str, facts: Mapping[str, str]) -> Finding:
    return Finding(
        check=f"journey/{journey.name}",
        stage=Stage(journey.stage),
        outcome=Outcome.SKIPPED,
        message=f"not looked at: {why}",
        service=journey.service,
        gating=journey.gating,
        cause=Cause.SUITE,
        rounds=0,
        started_s=_since_start(began, run),
        facts=facts,
    )


def _since_start(began: float, run: Run) -> float:
    """Return when after the run's start something began; *began* is of the monotonic clock, in seconds."""
    return time() - (monotonic() - began) - run.settings.started_at
