"""The canary's latest pass is the baseline of the next verification, unless somebody primes."""

from pathlib import Path

from smoke import baseline
from smoke.baseline import Baseline
from smoke.environment.canary import Canary
from smoke.errors import UsageError
from smoke.history.records import Deploy
from smoke.record import events
from smoke.verdict.decide import decide
from smoke.verdict.words import Word


def keep_baseline(state: Path, directory: Path, deploy: Deploy | None) -> bool:
    """
    Record the pass in *directory* as the baseline; returns whether it was.

    Not while a deploy goes on, whose own priming counts, nor over what was recorded after this run had begun. Sessions
    are left out: one of a quarter of an hour ago may have ended by itself, and would be blamed on the next release.
    """
    log = events.read(directory / events.FILE)
    if log.end is None or (deploy is not None and deploy.ended_at is None):
        return False
    verdict = decide(log.plan, log.findings, log.end)
    if verdict.word is not Word.PASS or not verdict.complete:
        return False
    known = _known(state, log.plan.environment)
    if known is not None and known.recorded_at > log.plan.started_at:
        return False
    now = Baseline(
        run_id=log.plan.run_id,
        recorded_at=verdict.finished_at,
        before=baseline.before(verdict.findings),
        observed=verdict.observed,
    )
    baseline.save(state, log.plan.environment, now)
    return True


def forget_sessions(state: Path, environment: str, deploy: Deploy | None, canary: Canary, now: float) -> None:
    """Forget the sessions of the baseline once the deploy for which they were recorded is over."""
    known = _known(state, environment)
    if known is None or not known.sessions:
        return
    over = deploy is None or deploy.verdict == Word.PASS or now - deploy.begun_at > canary.deploy_within_s
    if over:
        baseline.save(state, environment, Baseline(known.run_id, known.recorded_at, known.before, known.observed))


def _known(state: Path, environment: str) -> Baseline | None:
    try:
        return baseline.load(state, environment)
    except UsageError:  # damaged, as `smoke verify` will say
        return None
