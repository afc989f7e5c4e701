"""The sentences that a verdict speaks to people."""

from collections.abc import Sequence

from smoke.verdict.advice import why
from smoke.verdict.finding import Finding
from smoke.verdict.release import Release
from smoke.verdict.unmade import asks_for_another_run
from smoke.verdict.verdict import Verdict
from smoke.verdict.words import Cause, Outcome, Stage, Word

NEXT_STEP = {
    Cause.RELEASE: "look again in a moment: the rollout may need more time",
    Cause.DEPENDENCY: "wait for the third party and verify again; a rollback would not help",
    Cause.PREEXISTING: "fix it on its own; this release did not bring it",
    Cause.RUNNER: "fix the machine that runs the verification, or run it elsewhere",
    Cause.CREDENTIALS: "renew the named account or secret, then verify again",
    Cause.FIXTURE: "restore the test data, then verify again",
    Cause.MAINTENANCE: "verify again after the maintenance",
    Cause.SUPERSEDED: "verify the newer release instead",
    Cause.SUITE: "fix what the finding names, then verify again",
}
"""What to do when a verdict holds, by the cause of its first reason."""

ANOTHER_RUN = "run the whole verification again"
"""What to do about checks that were not made to their end."""

NEVER_THE_SAME = ("converge", "version", "confirm", "login-replicas")
"""
Kinds of checks of which it tells nothing that they passed before the deploy.

They are about the expected commit, then another one, or look closer at a release that is announced.
"""

THE_WAY_BACK = "This is the release that was to come back: there is no other to go back to."
"""What a fail of a rollback adds."""

MESSAGE_LENGTH = 180
"""Characters of one message in a summary, so that four lines of 80 columns hold it all."""

NAMED = 2
"""Further checks that are named; the others are counted."""

_MOST_TELLING = (Stage.FUNCTIONAL, Stage.INTEGRATION, Stage.IMMEDIATE, Stage.MONITORING, Stage.CONVERGE, Stage.CONFIRM)
_EXPLAIN_THE_REST = (Cause.SUPERSEDED, Cause.RUNNER, Cause.MAINTENANCE)
"""Causes beside which others hardly matter."""


def summarise(verdict: Verdict, interruption: str | None = None) -> str:
    """Return one sentence, or a few short ones, that a person can act on; a single line."""
    if verdict.word is Word.PASS:
        return _pass(verdict)
    if verdict.word is Word.FAIL:
        return _fail(verdict)
    return _interrupted(verdict, interruption) if interruption else _inconclusive(verdict)


def next_step(cause: Cause, messages: Sequence[str], decider: str = "") -> str:
    """
    Return what would decide findings of one cause that hold the verdict.

    *messages* are theirs, *decider* is what the first of them says itself.
    """
    if cause is Cause.SUITE and all(map(asks_for_another_run, messages)):
        return ANOTHER_RUN
    return decider or NEXT_STEP[cause]


def hold_until(verdict: Verdict) -> str:
    """Return what would decide a verdict that holds, in a few words."""
    by_id = {one.check: one for one in verdict.findings}
    because = _telling([by_id[one.check] for one in verdict.reasons])
    # A fail that was found, but does not count, since the run was cut short, asks for a whole run.
    return _step(because[0]) if because and not _guilty(because[0]) else ANOTHER_RUN


def _pass(verdict: Verdict) -> str:
    required = [one for one in verdict.findings if one.gating]
    passed = [one for one in required if one.outcome is Outcome.PASSED]
    journeys = sum(1 for one in passed if one.check.startswith("journey/"))
    commit = verdict.plan.release.commit
    told = any("census" in one.facts for one in passed)
    unnamed = "Every replica serves the same release" if told else "No service tells which release it serves"
    live = f"{commit[:12]} is served {_where(verdict.plan.release)}{_but_by(required)}" if commit and told else unnamed
    excused = [one for one in required if one.outcome in {Outcome.FAILED, Outcome.UNDECIDED}]
    count = f"{len(passed)} of {len(passed) + len(excused)}" if excused else f"all {len(passed)}"
    which = f"{count} required checks passed" + (f", {journeys} of them journeys" if journeys else "")
    return " ".join([f"{live} and {which}.", *_excuses(excused)])


def _where(release: Release) -> str:
    return f"by {names_of(list(release.services))}" if release.services else "everywhere"


def _but_by(required: Sequence[Finding]) -> str:
    """Return the services of which nobody knows whether they serve the release, as they need not tell it."""
    untold = dict.fromkeys(one.service for one in required if one.service and one.facts.get("waived") == "untold")
    return f" but by {names_of(list(untold))}, where nothing tells the release," if untold else ""


def _excuses(excused: Sequence[Finding]) -> list[str]:
    old = [one.check for one in excused if one.cause is Cause.PREEXISTING]
    others = [one.check for one in excused if one.cause is not Cause.PREEXISTING]
    said = [f"Not by this release: {names_of(old)}."] if old else []
    return said + ([f"Left open, as a third party is down: {names_of(others)}."] if others else [])


def _fail(verdict: Verdict) -> str:
    guilty = _telling([one for one in verdict.findings if _guilty(one)])
    first = guilty[0]
    before = (verdict.plan.before or {}).get(first.check)
    comparable = first.check.partition("/")[0] not in NEVER_THE_SAME
    passed = before is not None and before.outcome is Outcome.PASSED
    deployed = verdict.plan.release.commit or verdict.plan.release.previous or not verdict.observed
    since = "before the deploy" if deployed else "before"
    then = f" It passed {since}." if comparable and passed else ""
    alike = [one for one in guilty[1:] if _alike(one, first)]
    others = [one.check for one in guilty[1:] if one not in alike]
    also = f" Also failed: {names_of(others)}." if others else ""
    release = verdict.plan.release
    helps = THE_WAY_BACK if release.condemned else why(guilty, verdict.observed, release.commit)
    return f"{_said(first, alike)}{then}{also}{f' {helps}' if helps else ''}"


def _interrupted(verdict: Verdict, interruption: str) -> str:
    required = [one for one in verdict.findings if one.gating]
    passed = sum(1 for one in required if one.outcome is Outcome.PASSED)
    guilty = _telling([one for one in required if _guilty(one)])
    seen = f" {_said(guilty[0])}" if guilty else ""
    how_far = f"{passed} of {len(required)} required checks had passed."
    return f"The verification did not finish: {_clipped(interruption)}; {how_far}{seen}"


def _inconclusive(verdict: Verdict) -> str:
    by_id = {one.check: one for one in verdict.findings}
    because = [by_id[one.check] for one in verdict.reasons]
    deselected = [one for one in because if one.facts.get("unmade") == "deselected"]
    rest = _telling([one for one in because if one not in deselected])
    if rest:
        alike = [one for one in rest[1:] if _alike(one, rest[0])]
        left = len(rest) - 1 - len(alike)
        more = f" {left} more {'check is' if left == 1 else 'checks are'} undecided." if left else ""
        return f"{_said(rest[0], alike)}{more} {_next_step(rest[0])}"
    if deselected:
        made = sum(1 for one in verdict.findings if one.gating and one.outcome is Outcome.PASSED)
        total = made + len(deselected)
        return (
            f"Only a part was verified: {made} of {total} required checks passed, "
            f"{len(deselected)} were not selected. {_next_step(deselected[0])}"
        )
    if any(one.gating and one.outcome is Outcome.PASSED for one in verdict.findings) and verdict.plan.release.commit:
        return (
            "All required checks passed, but nothing tells whether they saw the announced release: "
            "give a service of the environment file a `release` key."
        )
    return "Nothing was verified: no required check that looks at the product has passed."


def _telling(findings: Sequence[Finding]) -> list[Finding]:
    """Put first what explains the rest, then what a user would feel; checks that nobody looked at come last."""
    return sorted(
        findings,
        key=lambda one: (
            one.cause not in _EXPLAIN_THE_REST,
            one.outcome is Outcome.SKIPPED,
            one.rounds == 0,
            one.cause is Cause.DEPENDENCY and "dependency" not in one.facts,
            not one.facts.get("explains"),
            "broken_routes" in one.facts,  # the check of the route itself tells more
            not one.check.startswith("journey/"),
            _MOST_TELLING.index(one.stage),
        ),
    )


def _said(finding: Finding, alike: Sequence[Finding] = ()) -> str:
    """Say what was found, once for all checks that found the same."""
    message = _clipped(finding.message)
    kind, _, subject = finding.check.partition("/")
    who = f"{kind}/{names_of([subject, *(one.check.partition('/')[2] for one in alike)])}"
    return f"{who}: {message}" + ("" if message.endswith("…") else ".")


def _alike(finding: Finding, first: Finding) -> bool:
    """Tell whether *finding* is of the same kind as *first* and found the same fault."""
    kinds = {one.check.partition("/")[0] for one in (finding, first)}
    signatures = {one.facts.get("signature") for one in (finding, first)}
    return len(kinds) == 1 and len(signatures) == 1 and signatures != {None}


def _clipped(text: str) -> str:
    """Return *text* as one line without its full stop, cut between words where it is too long."""
    line = " ".join(text.split()).rstrip(".")
    if len(line) <= MESSAGE_LENGTH:
        return line
    return f"{line[:MESSAGE_LENGTH].rpartition(' ')[0] or line[:MESSAGE_LENGTH]} …"


def names_of(names: Sequence[str], most: int = NAMED) -> str:
    """Return `a`, `a and b`, or with *most* 2 of five names `a, b and 3 more`; one name more than that is named too."""
    more = len(names) - most
    if more > 1:
        return f"{', '.join(names[:most])} and {more} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _next_step(finding: Finding) -> str:
    step = _step(finding)
    return f"{step[0].upper()}{step[1:]}."


def _step(finding: Finding) -> str:
    return next_step(finding.cause or Cause.SUITE, [finding.message], str(finding.facts.get("decider", "")))


def _guilty(finding: Finding) -> bool:
    return finding.gating and finding.outcome is Outcome.FAILED and finding.cause is Cause.RELEASE
