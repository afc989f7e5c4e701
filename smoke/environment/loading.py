"""Find and read the environment files: `environments/<system>/<environment>.toml`."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from smoke.environment._defaults import fit_defaults
from smoke.environment._layers import merged, read_layers
from smoke.environment._validation import Problem, refuse, repeated_names, validate
from smoke.environment._wording import unknown
from smoke.environment.consistency import contradictions
from smoke.environment.environment import Environment
from smoke.environment.parameters import fill
from smoke.errors import ConfigurationError, UsageError

Rule = Callable[[Environment], Iterable[Problem]]
"""What a layer above this one knows to be wrong with an environment."""

_PART = re.compile(r"^[a-z0-9][a-z0-9_-]*$")
_SET_HERE = {
    "name": "the name follows from the file's own path; remove it",
    "given": "values of parameters are given on the command line with --set; remove it",
}


def names(directory: Path) -> list[str]:
    """
    Return all environments as `<system>/<environment>`, sorted; files that start with `_` are there to be extended.

    Raises ConfigurationError when there are none, or when a name could not be used in commands and marks.
    """
    files = [file for file in sorted(directory.glob("*/*.toml")) if not file.name.startswith(("_", "."))]
    odd = [file for file in files if not (_PART.match(file.stem) and _PART.match(file.parent.name))]
    if odd:
        raise ConfigurationError(
            *(
                f"{_shown(file, directory)}: a name has lower-case letters, digits, '_' and '-' only; rename it"
                for file in odd
            )
        )
    if not files:
        raise ConfigurationError(f"{directory}: there is no environment; create <system>/<environment>.toml in it")
    return [f"{file.parent.name}/{file.stem}" for file in files]


def load(
    directory: Path,
    name: str,
    base: Path | None = None,
    given: Mapping[str, str] | None = None,
    *,
    rule: Rule | None = None,
) -> Environment:
    """
    Return the environment *name*, with everything it inherits; messages give paths as seen from *base*.

    Its parameters get the values of *given*; what is not given gets its example, and is noted in `given.missing`.
    What nothing in it contradicts must pass *rule* too.

    Raises UsageError when it does not exist or a value does not match its parameter, and ConfigurationError with all
    problems of its files, one line each. References between parts are looked at only when every part is right, since
    they would be reported twice.
    """
    known = names(directory)
    if name not in known:
        raise UsageError(unknown(name, known, "environment", near=_as_named(name)))
    layers = read_layers(directory / f"{name}.toml", base or directory.parent)
    named = [Problem((key,), sentence) for layer in layers for key, sentence in _SET_HERE.items() if key in layer.data]
    refuse([*named, *repeated_names(layers)], layers)
    content, known_values = fill(merged(layers), given or {}, name)
    outcome = validate(Environment, {**content, "name": name, "given": known_values.model_dump()})
    if isinstance(outcome, Environment):
        fitting = fit_defaults(outcome)
        refuse(contradictions(fitting), layers)
        refuse(rule(fitting) if rule else (), layers)
        return fitting
    refuse(outcome, layers)
    raise AssertionError("an invalid environment has at least one problem")


def load_all(
    directory: Path, base: Path | None = None, given: Mapping[str, str] | None = None, *, rule: Rule | None = None
) -> list[Environment]:
    """Return all environments by name; raises ConfigurationError with the problems of all files together."""
    environments: list[Environment] = []
    problems: list[str] = []
    for name in names(directory):
        try:
            environments.append(load(directory, name, base, given, rule=rule))
        except ConfigurationError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigurationError(*dict.fromkeys(problems))
    return environments


def _as_named(given: str) -> str:
    """Return the name of the environment whose file *given* may be, as a shell completes it."""
    return "/".join(Path(given.removesuffix(".toml")).parts[-2:])


def _shown(file: Path, directory: Path) -> str:
    return file.relative_to(directory.parent).as_posix()
