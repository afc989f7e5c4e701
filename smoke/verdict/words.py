"""The fixed words of findings and verdicts."""

from enum import StrEnum


class Tier(StrEnum):
    """What an environment is used for."""

    PROD = "prod"
    STAGING = "staging"
    PREVIEW = "preview"
    DEV = "dev"
    DEMO = "demo"


class Stage(StrEnum):
    """When a check is made, in this order; the middle four are pytest markers."""

    CONVERGE = "converge"
    IMMEDIATE = "immediate"
    FUNCTIONAL = "functional"
    INTEGRATION = "integration"
    MONITORING = "monitoring"
    CONFIRM = "confirm"


class Outcome(StrEnum):
    """How one check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"


class Cause(StrEnum):
    """Whose doing a finding is; only `RELEASE` on a failed finding can cause a rollback."""

    RELEASE = "release"
    DEPENDENCY = "dependency"
    PREEXISTING = "preexisting"
    RUNNER = "runner"
    CREDENTIALS = "credentials"
    FIXTURE = "fixture"
    MAINTENANCE = "maintenance"
    SUPERSEDED = "superseded"
    SUITE = "suite"


class Word(StrEnum):
    """The verdict."""

    PASS = "pass"  # noqa: S105 - the contract's word, not a password
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"


class Action(StrEnum):
    """What the pipeline is to do, one for each verdict."""

    PROMOTE = "promote"
    ROLLBACK = "rollback"
    HOLD = "hold"


class Severity(StrEnum):
    """How bad an incident is, the mildest first."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """A number that grows with the severity."""
        return list(Severity).index(self)


ACTIONS = {Word.PASS: Action.PROMOTE, Word.FAIL: Action.ROLLBACK, Word.INCONCLUSIVE: Action.HOLD}

EXIT_STATUS = {Word.PASS: 0, Word.FAIL: 10, Word.INCONCLUSIVE: 20}
"""Exit status of each verdict; wrong usage is 4 (design contract)."""

EXIT_USAGE = 4
