"""An environment that is named at run time: `--set NAME=VALUE`, on the command line and with plain pytest."""

import json

import pytest

from tests.plugin.project import Project
from tests.plugin.site import COMMIT, PREVIOUS, Site

PARAMETER = """
[parameters.N]
description = "the number of the pull request"
pattern = "[1-9][0-9]{0,5}"
example = "1"
address = "https://pr-{N}.shop.test"
[[reads]]
name = "pull-request"
service = "web"
path = "/items?pr={N}"
"""

MISSING = "ERROR: shop/preview: the number of the pull request is missing; give it with --set N=VALUE"


@pytest.fixture
def preview(project: Project, site: Site) -> Project:
    """Return a project with a preview, whose number is open, and a production, which has none."""
    project.environment("shop/preview", site, PARAMETER)
    project.environment("shop/prod", site)
    return project


def test_a_number_is_needed(preview: Project) -> None:
    """Without it nothing is verified, and one sentence says what to give."""
    ended = preview.smoke("verify", "shop/preview")
    assert (ended.status, [line for line in ended.err.splitlines() if line]) == (4, [MISSING])


@pytest.mark.parametrize("value", ["zero", "0", "https://pr-7.evil.test"])
def test_a_wrong_number_is_refused(preview: Project, value: str) -> None:
    """What does not match gets nowhere near a host."""
    ended = preview.smoke("verify", "shop/preview", "--set", f"N={value}")
    assert ended.status == 4
    assert f"--set N={value}: " in ended.err


def test_a_name_that_nobody_declared(preview: Project) -> None:
    """A value for another name is a mistake, not ignored."""
    ended = preview.smoke("verify", "shop/preview", "--set", "M=1")
    assert ended.status == 4
    assert "--set M: unknown parameter of shop/preview 'M'" in ended.err


def test_a_number_is_verified(preview: Project) -> None:
    """With it the preview is verified as any environment is; an address does as well."""
    for value in ("7", "https://pr-7.shop.test/"):
        ended = preview.smoke("verify", "shop/preview", "--sha", COMMIT, "--set", f"N={value}")
        assert ended.status == 0, ended.out
        (read,) = [one for one in ended.verdict["checks"] if one["id"] == "read/pull-request"]
        assert "/items?pr=7" in json.dumps(read)


def test_plain_pytest_takes_it_too(preview: Project) -> None:
    """The option is pytest's as well; environments of other tiers need no number."""
    assert preview.pytest("-m", "preview", f"--sha={COMMIT}", "--set=N=7").status == 0
    assert preview.pytest("-m", "prod", f"--sha={COMMIT}").status == 0
    without = preview.pytest("-m", "preview", f"--sha={COMMIT}")
    assert without.status == 4
    assert MISSING in without.err


def test_the_baseline_of_another_pull_request(preview: Project, site: Site) -> None:
    """What was recorded of one pull request excuses nothing of another."""
    site.commit = PREVIOUS
    assert preview.smoke("prime", "shop/preview", "--set", "N=7").status == 0
    site.commit = COMMIT
    own = preview.smoke("verify", "shop/preview", "--sha", COMMIT, "--set", "N=7")
    assert own.verdict["release"]["previous"] == PREVIOUS
    other = preview.smoke("verify", "shop/preview", "--sha", COMMIT, "--set", "N=8")
    assert other.verdict["release"]["previous"] is None


def test_a_ca_for_one_run(preview: Project) -> None:
    """`--ca` takes the place of the file's; one that is not there is said before anything is asked."""
    ended = preview.smoke("verify", "shop/prod", "--ca", "/nowhere/ca.pem")
    assert ended.status == 4
    assert "there is no file /nowhere/ca.pem" in ended.err
