"""The environment file that asks Smokegate for the same checks as its contenders make."""

from pathlib import Path

NAME = "bench/local"

_HEAD = """\
tier = "dev"
budget_s = 120

[limits]
concurrency = 200
requests_per_s = 5000

[services.api]
url = "{url}"
"""

_RELEASE = """\
release = { path = "/health", commit = "version" }
"""

_PAGE = """
[[pages]]
name = "page-{number}"
service = "api"
path = "/page/{number}"
contains = ["Customer Portal"]
"""

_READ = """
[[reads]]
name = "read-{number}"
service = "api"
path = "/read/{number}"
expect = [{{ at = "items", at_least = 20 }}]
"""


def write(directory: Path, url: str, checks: int, *, release: bool) -> Path:
    """
    Write the file under *directory*, half of the checks HTML pages, half JSON reads; returns `environments`.

    With *release* the verdict is bound to it: a look at it before everything else, and one after.
    """
    environments = directory / "environments"
    file = environments / f"{NAME}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    entries = [(_PAGE if number % 2 else _READ).format(number=number) for number in range(checks)]
    file.write_text(_HEAD.format(url=url) + (_RELEASE if release else "") + "".join(entries), encoding="utf-8")
    return environments
