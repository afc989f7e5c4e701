"""
The errors that Smokegate raises itself.

    SmokeError
    ├── UsageError               wrong flags, unknown environment, nothing to select  -> exit 4
    ├── ConfigurationError       an environment file or manifest is wrong             -> exit 4
    ├── SecretMissing            a secret reference leads nowhere                     -> undecided, credentials
    ├── HistoryFailed            the canary's history cannot be read or written       -> exit 20
    ├── LoginRefused             a role could not log in, so no session exists        -> undecided
    └── WriteRefused             a check tried a write the environment does not allow -> undecided, suite

What a *target* does wrong is never an exception: it is an `Exchange` with a failure, and then a finding.
"""

from collections.abc import Mapping
from typing import Any


class SmokeError(Exception):
    """Everything Smokegate raises on purpose; the text is one sentence for a person."""


class UsageError(SmokeError):
    """The command line asks for something that does not exist or contradicts itself."""


class ConfigurationError(SmokeError):
    """A file is wrong; each of *problems* is one line that names the file, the key and the remedy."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SecretMissing(SmokeError):
    """
    A secret reference leads nowhere; the text names the variable or file to provide.

    *unset* tells that the variable is not set, or empty, so that nobody meant to provide it.
    """

    def __init__(self, message: str, *, unset: bool = False) -> None:
        super().__init__(message)
        self.unset = unset


class HistoryFailed(SmokeError):
    """The history could not be read or written just now; the text says why."""


class LoginRefused(SmokeError):
    """
    A role could not log in; the text says what the login answered.

    *status* is that of the last answer, None if there was none; *detail* is the reason that the answer gave, if any;
    *facts* holds JSON primitives as evidence for `smoke.verdict.causes`.
    """

    def __init__(
        self, message: str, *, status: int | None = None, detail: str = "", facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.detail = detail
        self.facts = dict(facts or {})


class WriteRefused(SmokeError):
    """A request that writes is not among the writes that the environment file allows."""
