"""What the command line selects, and what it refuses."""

import pytest

from tests.plugin.project import JOURNEY, ROOT, SUITE, Ended, Project
from tests.plugin.site import COMMIT, Site, status

TESTS = ROOT / "tests"


def refused(ended: Ended, *said: str) -> bool:
    """Tell whether *ended* is a refusal in one sentence that says all of *said*, without a run."""
    lines = [line for line in ended.err.splitlines() if line.strip()]
    assert ended.status == 4, ended
    assert len(lines) == 1, ended.err
    assert lines[0].startswith("ERROR: ")
    assert not ended.reports.exists()
    return all(one in lines[0] for one in said)


@pytest.mark.parametrize(
    ("arguments", "made", "left_out"),
    [
        (["-m", "prod and shop and immediate"], "page/terms", "read/items"),
        (["-m", "functional and prod"], "read/items", "page/terms"),
        (["-m", "prod", "-k", "page/home"], "page/home", "page/terms"),
        (["-m", "prod", "--deselect", "smoke/suite/test_functional.py"], "page/terms", "read/items"),
        (["-m", "prod", "--ignore", "smoke/suite/test_functional.py"], "page/terms", "read/items"),
        (["-m", "prod", str(SUITE / "test_immediate.py")], "page/terms", "read/items"),
        ([f"{SUITE / 'test_functional.py'}::test_functional[shop/prod:read/items]"], "read/items", "page/terms"),
        (["-m", "prod", "-k", "page/home", "-n2"], "page/home", "page/terms"),
    ],
)
def test_a_part(project: Project, site: Site, arguments: list[str], made: str, left_out: str) -> None:
    """A part that is sound never passes, says that it is partial, and is bound to the release all the same."""
    project.environment("shop/prod", site)
    ended = project.pytest(*arguments, "--sha", COMMIT)
    assert ended.status == 20
    assert ended.outcomes[made] == "passed"
    assert ended.outcomes[left_out] == "skipped"
    assert ended.outcomes["converge/web"] == ended.outcomes["confirm/web"] == "passed"
    assert "part" in ended.verdict["summary"]
    assert not ended.verdict["complete"]


def test_a_broken_part(project: Project, site: Site) -> None:
    """What a part proves broken is a fail: the rest could not acquit it."""
    site.answers["/terms"] = status(500, "Internal Server Error")
    project.environment("shop/prod", site)
    assert project.pytest("-m", "prod", "-k", "page/terms").status == 10


@pytest.mark.parametrize("ways", [[], ["-n2"]], ids=["alone", "xdist"])
def test_several_environments(project: Project, site: Site, ways: list[str]) -> None:
    """Every environment of the tier has a verdict of its own, and the worst one is the exit status."""
    project.environment("shop/prod", site)
    project.environment("books/prod", site, '[[pages]]\nname = "gone"\npath = "/gone"\ncontains = ["Books"]\n')
    project.environment("shop/staging", site)
    ended = project.pytest("-m", "prod", *ways)
    assert ended.status == 10
    assert {name: one["verdict"] for name, one in ended.verdicts.items()} == {"shop/prod": "pass", "books/prod": "fail"}


@pytest.mark.parametrize("ways", [[], ["-n2"]], ids=["alone", "xdist"])
def test_each_environment_is_one_block(project: Project, site: Site, ways: list[str]) -> None:
    """What is shown of one environment is not mixed with what is shown of another."""
    project.environment("shop/prod", site)
    project.environment("books/prod", site)
    lines = [line for line in project.pytest("-m", "prod", *ways).out.splitlines() if line]
    begins = [number for number, line in enumerate(lines) if "any release" in line]
    verdicts = [number for number, line in enumerate(lines) if line.startswith("PASS: ")]
    assert len(begins) == len(verdicts) == 2
    assert begins[0] < verdicts[0] < begins[1] < verdicts[1]


def test_one_of_several_environments(project: Project, site: Site) -> None:
    """A system in the marker expression leaves the others alone."""
    project.environment("shop/prod", site)
    project.environment("books/prod", site)
    ended = project.pytest("-m", "prod and books")
    assert (ended.status, list(ended.verdicts)) == (0, ["books/prod"])


@pytest.mark.parametrize("ways", [[], ["-n2"], ["-v"]], ids=["alone", "xdist", "verbose"])
def test_several_tiers(project: Project, site: Site, ways: list[str]) -> None:
    """Nobody verifies production by accident: several tiers are refused with what there is to choose."""
    project.environment("shop/prod", site)
    project.environment("shop/staging", site)
    ended = project.pytest(*ways)
    assert refused(ended, "-m prod (shop/prod)", "-m staging (shop/staging)")
    assert not site.asked


def test_the_only_tier(project: Project, site: Site) -> None:
    """With one tier only there is nothing to choose."""
    project.environment("shop/prod", site)
    assert project.pytest().status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-m", "prod", "-k", "nonesuch"], "matches no check"),
        (["-m", "prod", "-k", "nonesuch", "-n2"], "matches no check"),
        (["-m", "prod and demo"], "matches no check"),
        (["-m", "production"], "production"),
        (["-m", "production", "-n2"], "production"),
        (["-m", "prod and"], "Wrong expression"),
        (["-m", "prod", "-k", "and", "-n2"], "Wrong expression"),
        (["--environment", "shop/prdo"], "shop/prod"),
        (["-m", "prod", "--sha", "main"], "--sha"),
        (["-m", "prod", "--budget", "0"], "--budget"),
        (["-m", "prod", "--budget", "nan"], "--budget"),
        (["-m", "prod", "--connect-to", "here"], "HOST:PORT:HOST:PORT"),
        (["-m", "prod", "--release", "nowhere.toml"], "nowhere.toml"),
        (["-m", "prod", "--run-id", "../up"], "--run-id"),
    ],
)
def test_wrong_usage(project: Project, site: Site, arguments: list[str], said: str) -> None:
    """What cannot be meant is refused in one sentence, before anything is asked."""
    project.environment("shop/prod", site)
    assert refused(project.pytest(*arguments), said)
    assert not site.asked


def test_a_release_of_services_that_are_not_there(project: Project, site: Site) -> None:
    """A name that no service has is refused: what it was to bind would be bound to nothing."""
    project.environment("shop/prod", site)
    manifest = project.directory / "release.toml"
    manifest.write_text('services = ["wbe"]\n')
    assert refused(
        project.pytest("-m", "prod", "--release", str(manifest)), "services: found 'wbe', but shop/prod has web"
    )


@pytest.mark.parametrize("ways", [[], ["-n2"]], ids=["alone", "xdist"])
def test_collect_only(project: Project, site: Site, ways: list[str]) -> None:
    """`--collect-only` lists the checks by their ids; it asks nothing and leaves nothing."""
    project.environment("shop/prod", site)
    ended = project.pytest("--collect-only", "-q", "-m", "prod", *ways)
    assert ended.status == 0
    assert "smoke/suite/test_immediate.py::test_immediate[shop/prod:page/home]" in ended.out
    assert "NOTSET" not in ended.out
    assert not site.asked
    assert [one.name for one in project.directory.iterdir() if one.name != "pytest-of-root"] == ["environments"]


def test_from_a_sub_directory(project: Project, site: Site) -> None:
    """A tier is enough to mean the suite, wherever in the repository one stands."""
    project.environment("shop/prod", site)
    assert project.pytest("-m", "prod", cwd=SUITE.parent / "verdict").status == 0


def test_from_a_sub_directory_without_a_tier(project: Project) -> None:
    """Without a tier pytest means the directory one stands in, as everywhere; production is not touched by that."""
    with project.started("-m", "pytest", "--collect-only", "-q", cwd=TESTS / "verdict") as process:
        ended = project.end(process)
    assert "test_tally" in ended.out
    assert "portal/prod" not in ended.out


def test_options_of_the_suite_without_the_suite(project: Project, site: Site) -> None:
    """Who gives our options and does not get the suite is told so, instead of being shown other people's tests."""
    project.environment("shop/prod", site)
    assert refused(project.pytest("--collect-only", "-q", cwd=TESTS / "verdict"), "not running the suite")


def test_where_the_product_is_installed(project: Project, site: Site) -> None:
    """Beside environment files a tier is all that pytest has to be told; what it discovers itself does no harm."""
    project.environment("shop/prod", site, JOURNEY)
    with project.started("-m", "pytest", "-m", "prod", "-k", "page/home", cwd=project.directory) as process:
        ended = project.end(process)
    assert ended.status == 20, ended
    assert ended.outcomes["page/home"] == "passed"


def test_from_a_sub_directory_where_the_product_is_installed(project: Project, site: Site) -> None:
    """Environment files above will do, as for `smoke verify`."""
    project.environment("shop/prod", site)
    with project.started("-m", "pytest", "-m", "prod", cwd=project.directory / "environments" / "shop") as process:
        assert project.end(process).status == 0


@pytest.mark.parametrize("arguments", [[], ["-k", "page/home"]])
def test_a_session_without_a_tier_says_how(project: Project, site: Site, arguments: list[str]) -> None:
    """Who forgets the tier beside environment files is told what was looked for, and what there is."""
    project.environment("shop/prod", site)
    with project.started("-m", "pytest", *arguments, cwd=project.directory) as process:
        ended = project.end(process)
    assert ended.status == 5
    assert "Smokegate verified nothing: name a tier with -m" in ended.out
    assert "environments/ here has shop/prod" in ended.out
    assert not site.asked


def test_a_tier_where_no_environments_are(project: Project) -> None:
    """Who stands in the wrong directory is told so."""
    with project.started("-m", "pytest", "-m", "prod", cwd=project.directory) as process:
        assert "there is no environments/ in" in project.end(process).out


def test_a_selection_of_nothing_says_what_there_is(project: Project, site: Site) -> None:
    """What was asked for is repeated, with what may be asked for."""
    project.environment("shop/prod", site)
    ended = project.pytest("-m", "prod and shop", "-k", "nothing")
    assert ended.status == 4
    assert "-m 'prod and shop' -k nothing matches no check; -m knows prod, shop, converge" in ended.err
    assert '`pytest -m "prod and shop" --collect-only -q`' in ended.err
