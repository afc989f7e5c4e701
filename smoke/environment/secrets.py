"""Resolve references to secrets at the moment they are needed."""

from collections.abc import Callable, Mapping
from pathlib import Path

from smoke.environment._model import Secret
from smoke.errors import SecretMissing

__all__ = ["Reveal", "Secret", "resolve"]

Reveal = Callable[[Secret], str]
"""What returns the value of a reference, or raises SecretMissing."""


def resolve(reference: Secret, *, environ: Mapping[str, str], state: Path) -> str:
    """
    Return the value of *reference*, without one trailing newline.

    *state* is the directory that `file` is relative to. Raises SecretMissing, which names what to provide, when
    the value is missing, empty or unreadable, or when a variable and its `_FILE` twin are both set.
    """
    if reference.file is not None:
        return _from_file(
            state / reference.file,
            "whatever writes it has not run (the embedded stack: `smoke demo --keep`); run that, or write the file",
        )
    return _from_environment(str(reference.env), environ)


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    value, file = _without_newline(environ.get(name, "")), environ.get(f"{name}_FILE", "")
    if value and file:
        raise SecretMissing(f"{name} and {name}_FILE are both set, so it is not clear which counts; unset one of them")
    if value:
        return value
    if file:
        return _from_file(Path(file), f"{name}_FILE names it; correct the path or write the file")
    state = "empty" if name in environ else "not set"
    raise SecretMissing(
        f"the variable {name} is {state}; set {name}, or {name}_FILE to the path of a file that holds it", unset=True
    )


def _from_file(file: Path, remedy: str) -> str:
    try:
        value = _without_newline(file.read_text("utf-8"))
    except FileNotFoundError:
        raise SecretMissing(f"there is no file {file}: {remedy}") from None
    except OSError as error:
        raise SecretMissing(f"the file {file} cannot be read ({error.strerror}): {remedy}") from None
    except UnicodeDecodeError:
        raise SecretMissing(f"the file {file} is not UTF-8: {remedy}") from None
    if not value:
        raise SecretMissing(f"the file {file} is empty: {remedy}")
    return value


def _without_newline(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")
