"""What a run tells that looks whether a release that was condemned is gone: nothing is left to go back to."""

from collections.abc import Mapping
from typing import Any

from smoke.verdict.release import Release, same_commit
from smoke.verdict.sentences import names_of

_SHORT, _NAMED = 7, 3


def not_back(release: Release, observed: Mapping[str, Any]) -> str:
    """
    Return what to do where the rollback of a condemned release failed, or brought back one that is not sound either.

    *release* is the one that was to come back, *observed* the newest census of each service.
    """
    concerned = {name: census for name, census in observed.items() if not release.services or name in release.services}
    served = {service: tuple(census.get("commits", ())) for service, census in concerned.items()}
    due = release.commit[:_SHORT] if release.commit else "the release before"
    bad = [name for name, commits in served.items() if any(same_commit(one, release.condemned) for one in commits)]
    if bad:
        what = f"the condemned {str(release.condemned)[:_SHORT]} is still served by {names_of(bad, _NAMED)}"
        return f"NOT RESTORED: {what}; restore {due} by hand, now"
    if release.commit and not any(same_commit(one, release.commit) for commits in served.values() for one in commits):
        return f"NOT RESTORED: nothing is seen to serve {due}; look at what is live, now"
    return f"{due} is back but not sound: look at what is live, now"
