"""The rules of the code base that a reader would otherwise have to believe (ARCHITECTURE.md, the layers)."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from smoke.checks.registry import MODULES

ROOT = Path(__file__).parent.parent
SMOKE = ROOT / "smoke"

BELOW = {
    "verdict": set[str](),
    "environment": {"verdict"},
    "http": {"environment", "verdict"},
    "waiting": {"http", "environment", "verdict"},
    "dependencies": {"http", "waiting", "environment", "verdict"},
    "checks": {"dependencies", "http", "waiting", "environment", "verdict"},
    "browser": {"http", "environment", "verdict"},
    "journeys": {"browser", "http", "environment", "verdict"},
    "suite": {"running"},
    "record": {"outputs", "verdict"},
    "outputs": {"verdict"},
    "attestation": {"record", "outputs", "environment", "verdict"},
    "gate": {"attestation", "record", "outputs", "verdict"},
    "alerts": {"outputs", "verdict"},
    "history": {"alerts", "environment", "verdict"},
    "status": {"alerts", "history", "outputs", "verdict"},
    "notify": {"alerts", "baseline", "posting", "record", "running", "outputs", "environment", "verdict"},
    "discovery": {"running", "checks", "dependencies", "http", "waiting", "environment", "verdict"},
    "demo": {"browser", "verdict"},
}
"""What each layer may import besides itself; what is not named here wires them and may import any but `demo`."""

COMMON = {"errors", "error_phrases", "files", "__version__"}
"""What every layer may use."""

MAY_IMPORT_DEMO = {"smoke.commands.demo", "smoke.commands._kept_stack", "smoke.commands._foreign"}

ONLY = {
    "httpx": {"smoke.http"},
    "httpcore": {"smoke.http"},
    "tenacity": {"smoke.waiting"},
    "allure_commons": {"smoke.outputs.allure", "smoke.outputs.allure_context"},
    "allure_pytest": set[str](),
    "jinja2": {"smoke.outputs", "smoke.status"},
    "junitparser": {"smoke.outputs"},
    "prometheus_client": {"smoke.outputs.metrics"},
    "apprise": {"smoke.notify.apprise"},
    "playwright": {"smoke.browser", "smoke.journeys"},
    "psycopg": {"smoke.dependencies.postgres"},
    "filelock": {"smoke.running.once", "smoke.canary.turn", "smoke.guard.turn"},
    "pydantic": {"smoke.environment"},
    "jwt": {"smoke.dependencies._salesforce_token"},
    "redis": {"smoke.dependencies.redis_server", "smoke.dependencies.queue_server"},
    "sqlalchemy": {"smoke.history"},
    "securesystemslib": {"smoke.attestation.envelope"},
    "jsonschema": {"smoke.gate"},
    "starlette": {"smoke.serve.app"},
    "uvicorn": {"smoke.commands.serve"},
}
"""Third parties and the only places that know them; the embedded stack is a product of its own and may use any."""

SLOW = (
    "allure_commons",
    "httpx",
    "jinja2",
    "playwright",
    "psycopg",
    "redis",
    "rich",
    "selectolax",
    "sqlalchemy",
    "tenacity",
)
"""What takes long to import, and is imported where it is used."""

PURE = {
    *(
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "fnmatch",
        "math",
        "re",
        "typing",
        "functools",
        "itertools",
        "smoke",
    ),
}
"""All that the verdict needs: no network, clock, file or pytest."""

SLEEPS = {
    "smoke/http/pacing.py": "keeps requests to one host apart",
    "smoke/checks/_own_delay.py": "measures how late this very process is woken",
}
BROWSER_WAITS = {"smoke/browser/visit.py": "polls a page; Playwright's own loop must run meanwhile"}

MODULE_LINES = 250
FUNCTION_LINES = 45
CORPUS_ROW = re.compile(r"\b[ABCDQSHNI]\d\d\b")
FORBIDDEN_WORDS = {"utils", "util", "helpers", "helper", "manager", "managers"}
FORBIDDEN_TEXTS = re.compile(
    r"/(?:home|Users|root|work)/[A-Za-z]|[A-Z]:\\Users\\|(?<!emit-)index-url[ =]|"
    r"https?://[^\s\"']*/simple\b|files\.pythonhosted|registry\.npmjs",
)
"""Paths of one machine and the hosts of package indexes: the repository speaks of the product alone."""


@cache
def sources() -> dict[str, ast.Module]:
    """Return every module of the product by its dotted name."""
    return {_name(path): ast.parse(path.read_text("utf-8")) for path in sorted(SMOKE.rglob("*.py"))}


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return *tree* and everything below it: each module is walked once, for all tests."""
    return tuple(ast.walk(tree))


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def path_of(module: str) -> Path:
    """Return the file of a module."""
    package = ROOT / Path(*module.split("."))
    return package / "__init__.py" if package.is_dir() else package.with_suffix(".py")


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names that a module imports, anywhere in it."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            # `from smoke import waiting` names a module, `from smoke.waiting import acquire` what lies in one.
            yield from (
                [f"smoke.{alias.name}" for alias in node.names] if node.module == "smoke" else [str(node.module)]
            )


def layer(module: str) -> str:
    """Return the layer of one of our modules: `smoke.http.client` lies in `http`."""
    return module.split(".")[1] if "." in module else "__version__"


def calls(name: str) -> Iterator[tuple[str, int]]:
    """Yield file and line of each call of something called *name* outside the embedded stack."""
    for module, tree in sources().items():
        if layer(module) == "demo":
            continue
        for node in nodes(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
                yield path_of(module).relative_to(ROOT).as_posix(), node.lineno


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module."""
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def committed() -> list[Path]:
    """Return the files of the repository, or what lies in a copy of it that has no history."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for part in ("smoke", "tests", "environments", "docs") for path in (ROOT / part).rglob("*")]
    return [path for path in paths if path.is_file() and "__pycache__" not in path.parts]


class TestImports:
    """Imports point one way."""

    @pytest.mark.parametrize("name", BELOW)
    def test_a_layer_knows_only_what_lies_below(self, name: str) -> None:
        """A layer imports from the layers below it and from nowhere else."""
        allowed = BELOW[name] | COMMON | {name}
        wrong = [
            f"{module} imports {imported}"
            for module, tree in sources().items()
            if layer(module) == name
            for imported in imports(tree)
            if imported.partition(".")[0] == "smoke" and layer(imported) not in allowed
        ]
        assert wrong == []

    def test_nobody_knows_the_embedded_stack(self) -> None:
        """The product does not depend on its demonstration."""
        wrong = [
            module
            for module, tree in sources().items()
            if layer(module) != "demo" and module not in MAY_IMPORT_DEMO
            if any(one.startswith("smoke.demo") for one in imports(tree))
        ]
        assert wrong == []

    @pytest.mark.parametrize("library", ONLY)
    def test_one_place_knows_a_library(self, library: str) -> None:
        """Each third party is known in one place, so that it can be replaced there."""
        wrong = [
            module
            for module, tree in sources().items()
            if layer(module) != "demo"
            and not any(module == one or module.startswith(f"{one}.") for one in ONLY[library])
            if any(one.partition(".")[0] == library for one in imports(tree))
        ]
        assert wrong == []

    def test_only_the_wiring_knows_pytest(self) -> None:
        """No layer but the suite, and the browser's fixtures, knows that pytest runs it."""
        layers = set(BELOW) - {"suite", "browser", "demo"}
        known = [module for module, tree in sources().items() if layer(module) in layers and "pytest" in imports(tree)]
        assert known == []

    def test_the_verdict_is_pure(self) -> None:
        """What decides touches no network, clock, file or pytest."""
        wrong = [
            f"{module} imports {imported}"
            for module, tree in sources().items()
            if layer(module) == "verdict"
            for imported in imports(tree)
            if imported.partition(".")[0] not in PURE
        ]
        assert wrong == []

    def test_the_alerts_are_pure(self) -> None:
        """What alerts touches no network, clock or file: the same looks always make the same alerts."""
        wrong = [
            f"{module} imports {imported}"
            for module, tree in sources().items()
            if layer(module) == "alerts"
            for imported in imports(tree)
            if imported.partition(".")[0] not in PURE
        ]
        assert wrong == []

    @pytest.mark.parametrize("module", ["smoke.plugin", "smoke.cli", "smoke.supervisor", "smoke.verdict.decide"])
    def test_a_start_is_quick(self, module: str) -> None:
        """What every process imports at its start loads nothing that is slow to import."""
        script = f"import sys, {module}; print(*sorted({set(SLOW)!r} & set(sys.modules)))"
        loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
        assert loaded.stdout.split() == []


class TestDocumentation:
    """ARCHITECTURE.md speaks of the code of today."""

    def test_it_says_what_each_module_of_the_wiring_does(self) -> None:
        """Whoever looks into `smoke/` finds every module and package there explained."""
        page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
        names = [one.stem if one.suffix else f"{one.name}/" for one in SMOKE.iterdir() if not one.name.startswith("_")]
        assert [name for name in names if f"`{name}`" not in page and name != "py"] == []

    def test_it_says_what_each_module_of_a_session_does(self) -> None:
        """The packages that wire are read in an order; no module of theirs is missing there."""
        page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
        names = [one.stem for one in (SMOKE / "running").glob("[a-z]*.py")]
        assert [name for name in names if f"`{name}`" not in page] == []

    def test_it_names_no_module_that_is_gone(self) -> None:
        """What it calls a package or a module of ours is one."""
        page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
        files = {name.rpartition("/")[2] for name in re.findall(r"`([a-z_/]+\.py)`", page)}
        assert files - {path.name for path in committed()} == set()
        layers = page[page.index("## Layers") : page.index("## Processes and threads")]
        named = set(re.findall(r"`([a-z_]+)/`", layers)) - {"smoke"}
        assert {name for name in named if not (SMOKE / name).is_dir()} == set()

    def test_it_says_why_each_library_is_there(self) -> None:
        """Whoever reviews the dependencies finds what each is for."""
        page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        needed = [
            *project["dependencies"],
            *(one for extra in project["optional-dependencies"].values() for one in extra),
        ]
        names = {re.split(r"[^\w-]", one)[0] for one in needed}
        assert sorted(name for name in names if name not in page[page.index("## Libraries") :]) == []

    def test_it_states_each_law_that_is_cited(self) -> None:
        """A number in a comment says nothing to who cannot look it up."""
        page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
        laws = page[page.index("## The laws") : page.index("## The way of one check")]
        texts = [page, *(path.read_text("utf-8") for path in SMOKE.rglob("*.py"))]
        cited = {number for text in texts for number in re.findall(r"\blaws? (\d+)", text)}
        assert cited
        assert cited - set(re.findall(r"^(\d+)\. ", laws, re.MULTILINE)) == set()

    def test_every_foreign_format_has_a_source(self) -> None:
        """Whoever has to mend how we read another system finds where its format is published."""
        page = (ROOT / "docs/wire-formats.md").read_text("utf-8")
        readers = {
            path.stem for path in (SMOKE / "dependencies").glob("*.py") if "wire-formats" in path.read_text("utf-8")
        }
        platforms = {"railway", "vercel", "coolify", "github", "compose", "kubernetes", "supabase"}
        assert [name for name in sorted(readers | platforms) if f"`{name}`" not in page] == []

    def test_links_lead_somewhere(self) -> None:
        """Every link from one page to another, or to a file, leads to what is there, headings included."""
        pages = [path for path in committed() if path.suffix == ".md" and path.parent in {ROOT, ROOT / "docs"}]
        wrong = [
            f"{page.name}: {link}"
            for page in pages
            for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text("utf-8"))
            if not _leads_somewhere(page, link)
        ]
        assert wrong == []

    def test_it_says_what_facts_the_verdict_reads(self) -> None:
        """Facts are the contract between checks and verdict: whoever writes a check finds each of them explained."""
        page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
        facts = page[page.index("## Facts") : page.index("## The canary")]
        sources_of_the_verdict = "".join(path.read_text("utf-8") for path in (SMOKE / "verdict").rglob("*.py"))
        read = set(re.findall(r'facts(?:\.get\(|\[)"([a-z_]+)"', sources_of_the_verdict))
        assert read
        assert sorted(name for name in read if f"`{name}`" not in facts) == []


def _leads_somewhere(page: Path, link: str) -> bool:
    file, _, anchor = link.partition("#")
    target = page.parent / file if file else page
    if not target.exists() or not anchor:
        return target.exists()
    headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


class TestHabits:
    """What may not be done anywhere."""

    def test_no_sleeping(self) -> None:
        """Nothing sleeps where it could wait for a condition; checks use the world's pause."""
        assert {path for path, _ in calls("sleep")} <= set(SLEEPS)
        assert {path for path, _ in calls("wait_for_timeout")} <= set(BROWSER_WAITS)

    def test_exceptions_are_named(self) -> None:
        """No handler swallows whatever comes: a typo of ours would look like a fault of the target."""
        wrong = [
            f"{module}:{node.lineno}"
            for module, tree in sources().items()
            for node in nodes(tree)
            if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node)
        ]
        assert wrong == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    names = {one.id for one in ast.walk(handler.type) if isinstance(one, ast.Name)} if handler.type else set()
    return handler.type is None or bool(names & {"Exception", "BaseException"})


def _raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(one, ast.Raise) and one.exc is None for one in nodes(handler))


class TestSize:
    """What is small can be read."""

    def test_modules(self) -> None:
        """No module is longer than 250 lines."""
        lengths = {module: len(path_of(module).read_text("utf-8").splitlines()) for module in sources()}
        assert {module: lines for module, lines in lengths.items() if lines > MODULE_LINES} == {}

    def test_functions(self) -> None:
        """No function is longer than 45 lines."""
        wrong = [
            f"{module}: {one.name}"
            for module, tree in sources().items()
            for one in functions(tree)
            if one.end_lineno is not None and one.end_lineno - one.lineno + 1 > FUNCTION_LINES
        ]
        assert wrong == []


class TestNames:
    """One word per idea."""

    def test_no_empty_words(self) -> None:
        """No module, class or function hides behind a word that says nothing."""
        wrong = [
            name
            for module, tree in sources().items()
            for name in _names(module, tree)
            if _words(name) & FORBIDDEN_WORDS
        ]
        assert wrong == []

    def test_no_module_or_class_is_a_base(self) -> None:
        """What others build on is named for what it is."""
        modules = [module for module in sources() if module.rpartition(".")[2].strip("_") == "base"]
        classes = [
            f"{module}.{node.name}"
            for module, tree in sources().items()
            for node in nodes(tree)
            if isinstance(node, ast.ClassDef)
            and (re.search(r"Base$", node.name) or re.match(r"_?Base(?!Url)[A-Z]", node.name))
        ]
        assert (modules, classes) == ([], [])

    def test_every_module_says_what_it_is(self) -> None:
        """Every module opens with a docstring whose first sentence says what the module is."""
        docstrings = {module: ast.get_docstring(tree) or "" for module, tree in sources().items()}
        wrong = [module for module, text in docstrings.items() if not re.match(r"\S.*?[.:]", text, re.DOTALL)]
        assert wrong == []

    def test_every_test_states_a_behaviour(self) -> None:
        """Every test opens with a docstring."""
        wrong = [
            f"{path.name}: {one.name}"
            for path in (ROOT / "tests").rglob("test_*.py")
            for one in functions(ast.parse(path.read_text("utf-8")))
            if one.name.startswith("test_")
            and not ast.get_docstring(one)
            and not path.is_relative_to(ROOT / "tests/data")
        ]
        assert wrong == []


def _names(module: str, tree: ast.Module) -> Iterator[str]:
    yield module
    for node in nodes(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module}.{node.name}"


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name.rpartition(".")[2])}


class TestTwins:
    """A check that was never seen red is not a check."""

    def test_every_check_module_is_registered(self) -> None:
        """A check module that nobody builds verifies nothing."""
        there = {path.stem for path in (SMOKE / "checks").glob("[!_]*.py")} - {"registry"}
        assert there == set(MODULES)

    @pytest.mark.parametrize("module", [*MODULES, "registry"])
    def test_every_check_module_has_its_tests(self, module: str) -> None:
        """Each check module has a twin among the tests."""
        assert (ROOT / "tests" / "checks" / f"test_{module}.py").is_file()


class TestTexts:
    """What the repository may not say."""

    def test_nothing_knows_the_faults(self) -> None:
        """Nothing but the embedded stack names a row of the fault corpus, so that nothing can judge by it."""
        places = [path for part in ("smoke", "environments") for path in (ROOT / part).rglob("*") if path.is_file()]
        wrong = [
            f"{path.relative_to(ROOT)}: {found[0]}"
            for path in places
            if not path.is_relative_to(SMOKE / "demo") and "__pycache__" not in path.parts
            if (found := CORPUS_ROW.search(path.read_text("utf-8", "replace")))
        ]
        assert wrong == []

    def test_nothing_of_one_machine(self) -> None:
        """No committed file names a directory of one machine, or the host of a package index."""
        wrong = [
            f"{path.relative_to(ROOT)}: {found[0]}"
            for path in committed()
            if path != Path(__file__) and path.stat().st_size < 2_000_000
            if (found := FORBIDDEN_TEXTS.search(path.read_text("utf-8", "replace")))
        ]
        assert wrong == []
