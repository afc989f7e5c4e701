"""The verdict in every form that a person or a tool reads: one module for each."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from smoke.outputs.answer import VerdictJson

__all__ = ["LAST_WRITTEN", "write_all"]

LAST_WRITTEN = "allure-results"
"""Where this is, everything else has been written."""


def write_all(run_directory: Path, verdict: VerdictJson, variables: Mapping[str, str] = os.environ) -> list[str]:
    """
    Write every file that derives from the verdict, and return a warning for each that could not be written.

    None of them is needed for the verdict: one that fails neither stops the others nor changes anything.
    *variables* are those of the process; they tell the CI system.
    """
    warnings = []
    for name, write in _writers(verdict, variables).items():
        try:
            write(run_directory)
        except OSError as error:
            warnings.append(f"{name} was not written: {error.strerror or error}")
        except (ValueError, LookupError) as error:
            warnings.append(f"{name} was not written: {type(error).__name__}: {error}")
    return warnings


def _writers(verdict: VerdictJson, variables: Mapping[str, str]) -> dict[str, Callable[[Path], None]]:
    # Imported here: a run shows its verdict first.
    from smoke.outputs import allure, cdevents, ctrf, junit, metrics, report, summary

    return {
        summary.FILE: lambda directory: summary.write(directory, verdict),
        junit.FILE: lambda directory: junit.write(directory, verdict),
        report.FILE: lambda directory: report.write(directory, verdict),
        ctrf.FILE: lambda directory: ctrf.write(directory, verdict),
        cdevents.FILE: lambda directory: cdevents.write(directory, verdict),
        metrics.FILE: lambda directory: metrics.write(directory, verdict),
        allure.DIRECTORY: lambda directory: allure.write(directory, verdict, variables),
    }
