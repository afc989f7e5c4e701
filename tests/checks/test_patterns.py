"""A rule whose checks are none of the environment is refused, where it stands and with what to do."""

from pathlib import Path
from typing import Any

import pytest

from smoke.checks._patterns import dead_patterns
from smoke.environment.loading import load, load_all
from smoke.errors import ConfigurationError
from tests.checks.fake_world import environment_of

PAGE = {"name": "home", "path": "/", "contains": ["Welcome"]}
FILE = """tier = "staging"

[services.web]
url = "https://www.shop.test"

[[pages]]
name = "home"
path = "/"
contains = ["Welcome"]
"""


def told(pattern: str, where: str = "rollback", **more: Any) -> list[str]:
    """Return what is said of a rule of the kind *where* with *pattern*."""
    rules: dict[str, dict[str, Any]] = {
        "rollback": {"rollbacks": {"data": {"checks": [pattern], "procedure": "by hand"}}},
        "incident": {"alerts": {"incidents": {"bad": {"severity": "error", "checks": [pattern]}}}},
        "severity": {"alerts": {"checks": {pattern: "error"}}},
    }
    journeys = [{"name": "orders", "path": "/orders", "landmark": {"role": "heading"}}]
    services = {"bff": {"url": "https://api.test"}, "web": {"url": "https://www.test"}}
    described = environment_of(services=services, pages=[PAGE], journeys=journeys, **rules[where], **more)
    return [one.sentence for one in dead_patterns(described)]


@pytest.mark.parametrize("where", ["rollback", "incident", "severity"])
@pytest.mark.parametrize("pattern", ["page/*", "page/home", "*", "pa*", "journey/*", "journey/returning-visitor"])
def test_a_rule_that_can_happen(where: str, pattern: str) -> None:
    """Ids and patterns of checks and journeys are known, those that nobody has to write included."""
    assert told(pattern, where) == []


@pytest.mark.parametrize("where", ["rollback", "incident", "severity"])
def test_a_rule_that_never_happens(where: str) -> None:
    """Whatever the rule is for, it says that nothing fits, and what to do."""
    said = (
        "found 'migrations/*', but no check of this environment fits it; it has none of the kind 'migrations': "
        "promise it here, or move the rule to the file of an environment that does"
    )
    assert told("migrations/*", where) == [said]


def test_a_misspelt_subject() -> None:
    """Where there are checks of the kind, they are named."""
    said = (
        "found 'page/hone', but no check of this environment fits it; of the kind 'page' it has page/home; "
        "correct it, or remove the rule"
    )
    assert told("page/hone") == [said]


@pytest.mark.parametrize("pattern", ["marker/*", "marker/new-route", "mark*/x", "soak/*", "soak/web"])
def test_what_only_a_run_tells(pattern: str) -> None:
    """Markers come with the release manifest, and a soak may be asked for on the command line."""
    assert told(pattern) == []


METRICS = {
    "metrics": {"memory": {"query": "up", "at_most": 1, "gating": False}},
    "monitoring": {"prometheus": {"url": "https://prometheus.test"}},
}


@pytest.mark.parametrize("where", ["rollback", "severity"])
@pytest.mark.parametrize("pattern", ["metric/*", "metric/memory"])
def test_a_rule_of_advisory_checks(where: str, pattern: str) -> None:
    """What is advisory puts nothing at fault, however it is named."""
    said = (
        f"found '{pattern}', which fits advisory checks only (metric/memory), and those condemn nothing; "
        "make it gating, or name another, or remove the rule"
    )
    assert told(pattern, where, **METRICS) == [said]


def test_an_incident_of_an_advisory_check() -> None:
    """An incident may be told by an advisory check, if that is named by its very id."""
    assert told("metric/memory", "incident", **METRICS) == []
    assert "name it by its very id" in told("metric/*", "incident", **METRICS)[0]


def test_the_file_and_the_line(tmp_path: Path) -> None:
    """The rule is found where it stands, in the file that is inherited too; without a rule to pass nobody looks."""
    shop = tmp_path / "environments" / "shop"
    shop.mkdir(parents=True)
    (shop / "_shop.toml").write_text(
        f'{FILE}\n[rollbacks.data]\nchecks = ["page/*", "migrations/*"]\nprocedure = "x"\n'
    )
    (shop / "staging.toml").write_text('extends = "_shop.toml"\n')
    with pytest.raises(ConfigurationError) as refusal:
        load_all(shop.parent, rule=dead_patterns)
    (problem,) = refusal.value.problems
    assert problem.startswith("environments/shop/_shop.toml:12: rollbacks.data.checks[1]: found 'migrations/*', but no")
    assert load(shop.parent, "shop/staging").name == "shop/staging"
