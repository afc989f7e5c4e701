"""What Allure shows beside the results: the environment, the categories of failures and who ran it."""

import json
from collections.abc import Mapping

from smoke.outputs import answer, untrusted
from smoke.outputs.answer import VerdictJson
from smoke.verdict.words import Cause

_CATEGORIES = {
    "Release faults": (Cause.RELEASE,),
    "Dependencies": (Cause.DEPENDENCY, Cause.MAINTENANCE),
    "Already broken before the release": (Cause.PREEXISTING,),
    "Runner": (Cause.RUNNER,),
    "Credentials and test data": (Cause.CREDENTIALS, Cause.FIXTURE),
    "Superseded by another release": (Cause.SUPERSEDED,),
    "Not verified": (Cause.SUITE,),
}


def files(verdict: VerdictJson, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the contents of the files by name; `executor.json` only where *variables* tell the CI system."""
    executor = _executor(variables)
    return {
        "environment.properties": _environment(verdict),
        "categories.json": json.dumps(_categories(), indent=2),
        **({"executor.json": json.dumps(executor, indent=2)} if executor else {}),
    }


def _environment(verdict: VerdictJson) -> str:
    values = {
        "environment": verdict["environment"],
        "tier": verdict["tier"],
        "verdict": answer.headline(verdict),
        "release.expected": verdict["release"]["expected"],
        "release.previous": verdict["release"]["previous"],
        "run": verdict["run_id"],
        "smokegate": verdict["suite"]["version"],
    }
    return "".join(f"{name}={_property(value)}\n" for name, value in values.items() if value)


def _property(value: object) -> str:
    """Escape for a Java properties file: ASCII only, no line break."""
    text = untrusted.one_line(value).replace("\\", "\\\\")
    units = text.encode("utf-16-be")
    codes = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
    return "".join(chr(code) if code < 128 else f"\\u{code:04x}" for code in codes)  # noqa: PLR2004 - the end of ASCII


def _categories() -> list[dict[str, object]]:
    """Sort by the first line of the trace; Allure 3's own theme takes categories from its configuration alone."""
    return [
        {
            "name": name,
            "traceRegex": rf"^cause: ({'|'.join(causes)})(\n[\s\S]*)?$",
            "matchedStatuses": ["failed", "broken", "skipped"],
        }
        for name, causes in _CATEGORIES.items()
    ]


def _executor(variables: Mapping[str, str]) -> dict[str, object] | None:
    if variables.get("GITHUB_ACTIONS") == "true":
        run = f"{variables.get('GITHUB_SERVER_URL')}/{variables.get('GITHUB_REPOSITORY')}/actions/runs"
        address = f"{run}/{variables.get('GITHUB_RUN_ID')}"
        return _build("GitHub Actions", "github", variables.get("GITHUB_RUN_NUMBER"), address)
    if variables.get("GITLAB_CI") == "true":
        return _build("GitLab CI", "gitlab", variables.get("CI_PIPELINE_IID"), variables.get("CI_JOB_URL"))
    if variables.get("JENKINS_URL"):
        return _build("Jenkins", "jenkins", variables.get("BUILD_NUMBER"), variables.get("BUILD_URL"))
    return None


def _build(name: str, kind: str, number: str | None, address: str | None) -> dict[str, object]:
    order = {"buildOrder": int(number)} if number and number.isdecimal() else {}
    return {"name": name, "type": kind, **order, "buildName": f"{name} {number or ''}".strip(), "buildUrl": address}
