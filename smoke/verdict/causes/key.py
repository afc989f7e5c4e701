"""The header that lets the verifier in, such as a client's key, is refused wherever it was sent."""

from dataclasses import replace

from smoke.verdict.causes._rule import joined, undecided
from smoke.verdict.evidence import Evidence
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome


def key(finding: Finding, evidence: Evidence) -> Finding | None:
    """
    Demand that nothing was let in with it, and that it was refused in the same way before the deploy.

    A release that forgets the key which its clients use looks no different from a key of ours that was withdrawn, but
    for the time since when it is so.
    """
    if not evidence.locked_out(finding) or not evidence.same_as_before(finding):
        return None
    said = f"{_names(finding)} was refused everywhere before the deploy already, so nothing was reached"
    return undecided(finding, Cause.CREDENTIALS, said, _renew(finding))


def worthless(finding: Finding, evidence: Evidence) -> Finding:
    """Return *finding* as undecided if it passed by a refusal that may be the key's: nobody was let in with that."""
    if finding.outcome is not Outcome.PASSED or not evidence.locked_out(finding):
        return finding
    said = f"but this proves nothing: nothing that carried {_names(finding)} was let in"
    facts = {**finding.facts, "decider": _renew(finding)}
    message = joined(finding.message, said)
    return replace(finding, outcome=Outcome.UNDECIDED, cause=Cause.CREDENTIALS, message=message, facts=facts)


def _names(finding: Finding) -> str:
    return " and ".join(finding.facts["carried"])


def _renew(finding: Finding) -> str:
    return f"renew the value of {_names(finding)}, or name a read that it opens, then verify again"
