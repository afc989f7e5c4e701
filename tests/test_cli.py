"""The command line as people and pipelines use it: real processes, one sentence for what is wrong."""

import argparse
import errno
import os
import re

import pytest

from smoke import options
from smoke.cli import COMMANDS, main, parser
from tests.plugin.project import JOURNEY, ROOT, Ended, Project
from tests.plugin.site import COMMIT, PREVIOUS, Site

PAGE = "docs/command-line.md"
DOCUMENTED = (ROOT / PAGE).read_text("utf-8")


def sentence(ended: Ended) -> str:
    """Return the one sentence with which *ended* was refused; nothing else was said."""
    assert ended.status == 4, ended
    assert ended.out == ""
    lines = [line for line in ended.err.splitlines() if line.strip()]
    assert len(lines) == 1, ended.err
    assert lines[0].startswith("ERROR: ")
    return lines[0]


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    (actions,) = [one for one in parser()._actions if isinstance(one, argparse._SubParsersAction)]
    return dict(actions.choices)


def long_options(of: argparse.ArgumentParser) -> set[str]:
    """Return the long options that a command understands."""
    return {name for action in of._actions for name in action.option_strings if name.startswith("--")} - {"--help"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` of each command explains each of its options, and exits with 0."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(name in said for name in long_options(commands()[command]))
    assert all(action.help for action in commands()[command]._actions)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_holds(number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing can be written there is no verdict: that is no crash, and neither a pass nor a fail."""

    def full(_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("smoke.commands.verify.run", full)
    assert main(["verify", "shop/prod"]) == 20
    assert f"INCONCLUSIVE: nothing could be written: {os.strerror(number)}" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`smoke --help` lists the commands and what the exit statuses mean."""
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(re.search(rf"^\s+{command}\b", said, re.MULTILINE) for command in COMMANDS)
    assert "10 fail, roll back" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_documented(command: str) -> None:
    """A command or an option that the documentation does not explain does not exist for its readers."""
    assert f"`smoke {command}" in DOCUMENTED
    missing = {name for name in long_options(commands()[command]) if f"`{name}" not in DOCUMENTED}
    assert missing == set()


def test_the_options_of_pytest_are_documented() -> None:
    """The plugin's options are documented too, and none is promised that is not there."""
    known = {one.name for one in (*options.VERIFY, *options.ONLY_PYTEST, *options.ONLY_VERIFY)}
    assert {name for name in known if f"`{name}" not in DOCUMENTED} == set()
    table = DOCUMENTED[DOCUMENTED.index("## Options") : DOCUMENTED.index("## Variables")]
    promised = set(re.findall(r"--[a-z][a-z-]+", table))
    assert promised <= known | {name for one in commands().values() for name in long_options(one)}


def test_the_readme_leads_to_the_documentation() -> None:
    """Every page in `docs` can be reached from the README, and each of its links leads somewhere."""
    readme = (ROOT / "README.md").read_text("utf-8")
    links = {link.partition("#")[0] for link in re.findall(r"\]\((?!https?:)([^)]+)\)", readme)}
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= links
    assert {link for link in links if not (ROOT / link).exists()} == set()


def test_pytest_explains_the_same_options(project: Project) -> None:
    """`pytest --help` explains the options that the plugin adds."""
    said = project.pytest("--help").out
    assert all(one.name in said for one in (*options.VERIFY, *options.ONLY_PYTEST))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["verfy"], "perhaps 'verify' is meant"),
        (["nonesuch"], "nonesuch: there is no such command; see `smoke --help`"),
        (["--sha", "9f1c2ab", "verify", "shop/prod"], "the command comes first, as in `smoke verify ENV --sha`"),
        (["verify"], "ENV"),
        (["verify", "shop/prod", "--shaa", "1"], "perhaps --sha is meant; see `smoke verify --help`"),
        (["verify", "shop/prod", "cartly/prod"], "cartly/prod: not understood here; see `smoke verify --help`"),
        (["verify", "shop/prod", "--budget", "soon"], "found 'soon', but a number of seconds is needed"),
        (["verify", "shop/prod", "--workers", "many"], "--workers"),
        (["demo", "--fault", "NONESUCH"], "NONESUCH"),
        (["demo", "--system", "nonesuch"], "nonesuch"),
        (["demo", "--seed", "x"], "--seed"),
        (["replay"], "RUN_DIR"),
        (["replay", "nowhere/at/all"], "nowhere/at/all"),
    ],
)
def test_wrong_usage(project: Project, arguments: list[str], said: str) -> None:
    """A wrong command line is one sentence and exit status 4."""
    assert said in sentence(project.run("-m", "smoke", *arguments))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sha", "main"], "--sha"),
        (["--sha", ""], "--sha"),
        (["--previous", "yesterday"], "--previous"),
        (["--budget", "0"], "--budget"),
        (["--budget", "-5"], "--budget"),
        (["--budget", "nan"], "--budget"),
        (["--budget", "inf"], "--budget"),
        (["--connect-to", "127.0.0.1:80"], "HOST:PORT:HOST:PORT"),
        (["--connect-to", "a:80:b:99999"], "99999"),
        (["--release", "missing.toml"], "missing.toml"),
        (["--run-id", "a/b"], "--run-id"),
        (["--run-id", "latest"], "latest"),
    ],
)
def test_wrong_flags(project: Project, site: Site, arguments: list[str], said: str) -> None:
    """What a flag cannot mean is refused before anything is asked or written."""
    project.environment("shop/prod", site)
    assert said in sentence(project.smoke("verify", "shop/prod", *arguments))
    assert not site.asked
    assert not project.reports.exists()


@pytest.mark.parametrize("given", ["shop/prdo", "environments/shop/prod.toml", "shop"])
def test_an_unknown_environment(project: Project, site: Site, given: str) -> None:
    """A misspelt environment, or the path of its file, is answered with the nearest one there is."""
    project.environment("shop/prod", site)
    assert "did you mean 'shop/prod'?" in sentence(project.smoke("verify", given))


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOENT, errno.ENOTDIR])
def test_a_place_that_is_not_there(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A directory that somebody named and that cannot be used is one sentence, whichever command meets it."""

    def refused(_: object) -> int:
        raise OSError(number, os.strerror(number), "/nowhere/at/all")

    monkeypatch.setattr("smoke.commands.status.run", refused)
    assert main(["status"]) == 4
    assert capsys.readouterr().err.startswith(f"ERROR: /nowhere/at/all: {os.strerror(number)}; correct the path")


def test_a_state_that_cannot_be_written(project: Project, site: Site) -> None:
    """Who cannot keep a baseline is told before anything is asked."""
    project.environment("shop/prod", site)
    project.variables["SMOKE_STATE_DIR"] = "/dev/null"
    assert "set SMOKE_STATE_DIR to a writable directory" in sentence(project.smoke("prime", "shop/prod"))
    assert not site.asked


def test_the_demo_without_its_parts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the product is installed without the embedded stack, the extra is named."""
    monkeypatch.setattr("smoke.commands.demo.PARTS", ("no_such_part",))
    assert main(["demo"]) == 4
    assert capsys.readouterr().err == "ERROR: smoke demo needs an extra: pip install 'smokegate[demo]'\n"


@pytest.mark.parametrize("command", [["verify", "shop/prod"], ["prime", "shop/prod"], ["environments"]])
def test_no_environments(project: Project, command: list[str]) -> None:
    """Neither an empty nor a missing directory of environments is taken for a list of none."""
    assert "--environments" in sentence(project.smoke(*command))
    (project.directory / "environments").mkdir()
    assert "create <system>/<environment>.toml" in sentence(project.smoke(*command))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('tier = "prod', "shop/prod.toml"),
        ('tier = "prod"\nservices = {}\n', "services"),
        ('tier = "production"\n[services.web]\nurl = "https://shop.example"\n', "tier"),
        ('tier = "prod"\nbudget = 3\n[services.web]\nurl = "https://shop.example"\n', "budget_s"),
        ('tier = "prod"\n[services.web]\nurl = "shop.example"\n', "url"),
    ],
)
@pytest.mark.parametrize("command", [["verify", "shop/prod"], ["environments"]])
def test_a_wrong_file(project: Project, site: Site, command: list[str], text: str, said: str) -> None:
    """A wrong environment file is said with its name and key, by whichever command meets it first."""
    project.environment("shop/prod", site).write_text(text, "utf-8")
    assert said in sentence(project.smoke(*command))


def test_a_manifest_that_contradicts(project: Project, site: Site) -> None:
    """A manifest and a flag that name different commits are not reconciled by guessing."""
    project.environment("shop/prod", site)
    manifest = project.directory / "release.toml"
    manifest.write_text(f'commit = "{PREVIOUS}"\n', "utf-8")
    said = sentence(project.smoke("verify", "shop/prod", "--release", str(manifest), "--sha", COMMIT))
    assert "--sha" in said
    assert PREVIOUS in said


@pytest.mark.parametrize("way", ["named", "none"])
@pytest.mark.parametrize("arguments", [["verify", "shop/prod"], ["verify", "shop/prod", "--workers=2"]])
def test_no_browser(project: Project, site: Site, way: str, arguments: list[str]) -> None:
    """Where journeys are to be made and there is no browser, that is said first, with how to get one."""
    project.environment("shop/prod", site, JOURNEY)
    if way == "named":
        project.variables["SMOKE_BROWSER_EXECUTABLE"] = "/nowhere/chromium"
    else:
        project.variables |= {"PATH": str(project.directory), "PLAYWRIGHT_BROWSERS_PATH": str(project.directory)}
    said = sentence(project.smoke(*arguments))
    assert ("/nowhere/chromium" if way == "named" else "playwright install chromium") in said
    assert not site.asked


def test_no_browser_is_needed(project: Project, site: Site) -> None:
    """Where no journey is selected, nobody asks for a browser."""
    project.environment("shop/prod", site, JOURNEY)
    project.variables["SMOKE_BROWSER_EXECUTABLE"] = "/nowhere/chromium"
    ended = project.pytest("-m", "prod and immediate")
    assert ended.status == 20
    assert ended.outcomes["page/home"] == "passed"


def test_a_used_run_id(project: Project, site: Site) -> None:
    """The verdict of an earlier run is never taken for this one's."""
    project.environment("shop/prod", site)
    assert project.smoke("verify", "shop/prod", "--run-id", "one").status == 0
    site.asked.clear()
    assert "--run-id" in sentence(project.smoke("verify", "shop/prod", "--run-id", "one"))
    assert not site.asked


@pytest.mark.parametrize(
    ("command", "file"), [("schema", "smoke/environment/schema.json"), ("reference", "docs/environment-reference.md")]
)
def test_what_is_generated_is_committed(command: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The schema and the reference in the repository are what the models say."""
    assert main([command]) == 0
    assert capsys.readouterr().out == (ROOT / file).read_text("utf-8")


def test_the_repositorys_own_environments(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment files that are shipped are right, and listed with what they promise."""
    monkeypatch.chdir(ROOT)
    assert main(["environments"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert {"portal/demo", "portal/dev", "portal/prod"} <= set(listed)


def test_a_reader_that_has_gone(project: Project, site: Site) -> None:
    """`smoke environments | head -1` ends in peace."""
    for number in range(50):
        project.environment(f"shop{number}/prod", site)
    with project.started(*project.command("environments")) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        ended = project.end(process)
    assert (ended.status, ended.err) == (0, "")


def test_the_version(project: Project) -> None:
    """`--version` says which one it is."""
    with project.started("-m", "smoke", "--version") as process:
        assert re.fullmatch(r"smoke \d+\.\d+\.\d+\n", project.end(process).out)
