"""Every rule of an environment file, by one file that breaks it and by what is said about that file."""

import shutil
import tomllib
from pathlib import Path

import pytest

from smoke.environment._introspection import fields_of
from smoke.environment.environment import Environment
from smoke.environment.loading import load, load_all
from smoke.errors import ConfigurationError
from tests.environment.conftest import Write

HERE = Path(__file__).parent
MESSAGES: dict[str, list[str]] = tomllib.loads((HERE / "messages.toml").read_text("utf-8"))


@pytest.mark.parametrize("rule", sorted(MESSAGES))
def test_broken_rule_is_explained(rule: str, environments: Path) -> None:
    """A file that breaks a rule is refused with exactly these sentences, one line each."""
    shutil.copy(HERE / "bad" / f"{rule}.toml", environments / "shop")
    with pytest.raises(ConfigurationError) as refusal:
        load(environments, f"shop/{rule}")
    assert list(refusal.value.problems) == [f"environments/shop/{rule}.toml{text}" for text in MESSAGES[rule]]
    assert str(refusal.value) == "\n".join(refusal.value.problems)


def test_every_bad_file_has_its_message() -> None:
    """The table of messages and the directory of bad files name the same rules."""
    assert sorted(file.stem for file in (HERE / "bad").glob("*.toml")) == sorted(MESSAGES)


@pytest.mark.parametrize("foreign", ["pydantic", "Input should", "validation error", "Extra inputs", "Field required"])
def test_no_message_is_in_a_librarys_words(foreign: str) -> None:
    """No message speaks of the library that validates."""
    assert not [text for texts in MESSAGES.values() for text in texts if foreign in text]


def test_no_message_repeats_a_secret() -> None:
    """A password that somebody wrote into a file is in no message."""
    assert not [text for texts in MESSAGES.values() for text in texts if "hunter" in text]


def test_all_problems_of_all_files_come_at_once(environments: Path) -> None:
    """Loading everything reports the problems of every file together."""
    rules = ["replicas_zero", "unknown_key", "malformed"]
    for rule in rules:
        shutil.copy(HERE / "bad" / f"{rule}.toml", environments / "shop")
    with pytest.raises(ConfigurationError) as refusal:
        load_all(environments)
    expected = [f"environments/shop/{rule}.toml{text}" for rule in sorted(rules) for text in MESSAGES[rule]]
    assert list(refusal.value.problems) == expected


def test_problem_of_an_inherited_file_names_that_file_once(environments: Path, write: Write) -> None:
    """What is wrong in a file that several extend is said once, with its own line."""
    write("_wrong", 'extends = "_good.toml"\n\n[services.bff]\nreplicas = 0\n')
    for name in ("prod", "staging"):
        write(name, 'extends = "_wrong.toml"\n')
    with pytest.raises(ConfigurationError) as refusal:
        load_all(environments)
    (problem,) = refusal.value.problems
    assert problem.startswith("environments/shop/_wrong.toml:4: services.bff.replicas: found 0")


def test_inherited_entry_is_located_by_its_name(environments: Path, write: Write) -> None:
    """An entry that merges by name is found in the file that says it, though it stands elsewhere there."""
    write(
        "prod",
        'extends = "_good.toml"\n[[pages]]\nname = "help"\npath = "/help"\ncontains = ["Help"]\n\n'
        '[[pages]]\nname = "home"\nservice = "wbe"\n',
    )
    with pytest.raises(ConfigurationError, match=r"shop/prod\.toml:9: pages\[home\]\.service"):
        load(environments, "shop/prod")


def test_missing_key_of_an_added_entry_is_located_by_its_name(environments: Path, write: Write) -> None:
    """An entry that follows inherited ones counts differently in its own file, and is found there all the same."""
    write("prod", 'extends = "_good.toml"\n\n[[pages]]\nname = "help"\ncontains = ["Help"]\n')
    with pytest.raises(ConfigurationError) as refusal:
        load(environments, "shop/prod")
    assert list(refusal.value.problems) == [
        "environments/shop/prod.toml:3: pages[help]: the key 'path' is missing; add it: the page to read"
    ]


ODD_VALUES = ["3", '"x"', "true", "[]", "{}", "[[1]]", "nan", "2026-01-01", '[{name="x"}]', "[{name=1}]", '{name="x"}']


@pytest.mark.parametrize("key", fields_of(Environment))
def test_no_value_is_a_crash(key: str, environments: Path, write: Write) -> None:
    """Whatever a key is set to, the file is either right or refused with one short line for each problem."""
    said = [problem for value in ODD_VALUES for problem in problems_of(environments, write, f"{key} = {value}")]
    assert all(problem.startswith("environments/shop/") for problem in said)
    assert all("\n" not in problem and len(problem) < 400 for problem in said)


def problems_of(environments: Path, write: Write, line: str) -> tuple[str, ...]:
    """Return what is said about a file with *line*; nothing if it is right."""
    write("prod", f'extends = "_good.toml"\n{line}\n')
    try:
        load(environments, "shop/prod")
    except ConfigurationError as refusal:
        return refusal.problems
    return ()
