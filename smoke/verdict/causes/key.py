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
    """
    Return *finding* as undecided if it passed by a refusal that may be the key's: nobody was let in with that.

    What failed by the same refusal then says why; where nothing did, nothing told that the key is good.
    """
    if finding.outcome is not Outcome.PASSED or not evidence.locked_out(finding):
        return finding
    failed = [one for one in evidence.findings.values() if one.outcome is Outcome.FAILED and evidence.locked_out(one)]
    alike = sorted((not one.check.startswith("key/"), one.check) for one in failed if one.service == finding.service)
    facts = {"blocked_by": alike[0][1]} if alike else {"decider": _renew(finding)}
    message = joined(finding.message, f"but this proves nothing: nothing that carried {_names(finding)} was let in")
    return replace(
        finding,
        outcome=Outcome.UNDECIDED,
        cause=Cause.CREDENTIALS,
        message=message,
        facts={**finding.facts, **facts},
    )


def _names(finding: Finding) -> str:
    return " and ".join(finding.facts["carried"])


def _renew(finding: Finding) -> str:
    return f"renew the value of {_names(finding)}, or name a read that it opens, then verify again"
