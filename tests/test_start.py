"""Tests of what a start leaves out: every pipeline waits for it, so what is slow to import comes when it is needed."""

import subprocess
import sys

SLOW = ("allure_commons", "httpx", "jinja2", "junitparser", "playwright", "psycopg", "pydantic", "pytest", "rich")


def loaded(code: str) -> set[str]:
    """Return the modules that a process of its own has loaded after *code*."""
    shown = f"{code}\nimport sys\nprint(*(name for name, module in sys.modules.items() if module is not None))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def said(code: str) -> str:
    """Return what a process of its own prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_the_supervisor_starts_its_child_before_anything_slow() -> None:
    """The environment's models, pytest and the outputs are the child's business."""
    assert not loaded("from smoke.cli import parser; parser(['verify']); import smoke.supervisor") & set(SLOW)


def test_the_settlement_needs_nothing_slow_either() -> None:
    """It is imported while the child starts, and must not compete with it."""
    assert not loaded("import smoke.settlement") & set(SLOW)


def test_a_session_does_without_what_comes_after_the_verdict() -> None:
    """The files that derive from a verdict, browsers and databases are not needed to begin."""
    late = {"allure_commons", "jinja2", "junitparser", "playwright", "psycopg", "rich", "xdist"}
    assert not loaded("import smoke.running.session") & late


def test_httpx_comes_without_its_command_line() -> None:
    """click, rich and pygments would be imported for a program that nobody runs."""
    assert not loaded("import smoke.http.client") & {"click", "rich", "pygments"}


def test_httpcore_does_not_search_for_sniffio_with_every_request() -> None:
    """Where sniffio is not installed, its absence is known after one search."""
    assert said("import smoke.http.client, sys; print('sniffio' in sys.modules)") == "True"


def test_what_is_imported_for_good_is_not_searched_for_garbage() -> None:
    """Garbage is collected as before afterwards, but not in what stays."""
    code = (
        "import gc\n"
        "from smoke.plugin import _kept\n"
        "with _kept():\n"
        "    inside = gc.isenabled()\n"
        "print(inside, gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    assert said(code) == "False True True"


def test_the_models_are_there_when_they_are_asked_for() -> None:
    """The package offers its models without having imported them."""
    assert "pydantic" not in loaded("import smoke.environment")
    assert said("from smoke.environment import Environment; print(Environment.__name__)") == "Environment"
