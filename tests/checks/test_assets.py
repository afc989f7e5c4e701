"""What the served pages need is delivered as what it is."""

import hashlib
from base64 import b64encode
from typing import Any

import pytest

from smoke.checks._asset_links import (
    MODULE,
    SCRIPT,
    STYLE,
    Asset,
    in_manifest,
    in_page,
    in_script,
    in_style,
    same_origin,
)
from smoke.checks.assets import AssetsCheck, checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import (
    Answer,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)

ROOT = "https://web.test"


def script(code: str = "export {}", **headers: str) -> Exchange:
    """Return a delivered script."""
    return answer(code, content_type="text/javascript", headers=headers)


def style(rules: str = "body {}") -> Exchange:
    """Return a delivered style sheet."""
    return answer(rules, content_type="text/css")


PAGE = """<html><head><link rel="stylesheet" href="/assets/main-a1b2c3d4.css">
<link rel="modulepreload" href="/assets/vendor-a1b2c3d4.js"><link rel="icon" href="/favicon.ico">
<script type="module" src="/assets/index-a1b2c3d4.js"></script><script src="https://cdn.other.test/widget.js"></script>
</head><body><div id="root"></div></body></html>"""

SITE: dict[str, Answer] = {
    f"{ROOT}/": html(PAGE),
    f"{ROOT}/assets/main-a1b2c3d4.css": style('@import "./fonts-a1b2c3d4.css"; body {}'),
    f"{ROOT}/assets/fonts-a1b2c3d4.css": style(),
    f"{ROOT}/assets/vendor-a1b2c3d4.js": script(),
    f"{ROOT}/assets/index-a1b2c3d4.js": script(
        'import{a}from"./vendor-a1b2c3d4.js";()=>import("./checkout-a1b2c3d4.js")'
    ),
    f"{ROOT}/assets/checkout-a1b2c3d4.js": script(),
    f"{ROOT}/assets/manifest.json": json_answer(["assets/lazy-a1b2c3d4.js"]),
    f"{ROOT}/assets/lazy-a1b2c3d4.js": script(),
}


def environment(replicas: int = 3, **assets: Any) -> Environment:
    """Return an environment with a web service and its assets."""
    web = {"url": ROOT, "replicas": replicas, "replica_header": "x-replica"}
    return environment_of(services={"web": web}, assets={"manifest": "/assets/manifest.json", **assets})


def the_check(described: Environment) -> AssetsCheck:
    """Return the only assets check."""
    (check,) = checks(described, Release())
    return check


def judged(changed: dict[str, Answer] | None = None, replicas: int = 3, **assets: Any) -> Judgement:
    """Conclude the check for the site, changed at some paths."""
    described = environment(replicas, **assets)
    routes = {**SITE, **{f"{ROOT}{path}": made for path, made in (changed or {}).items()}}
    return concluded(the_check(described), world_of(routes, described))


def test_identity() -> None:
    """The check is immediate, named after the service; without assets in the environment there is none."""
    check = the_check(environment())
    assert (check.id, check.stage, check.gating) == ("assets/web", Stage.IMMEDIATE, True)
    assert check.reproduce() == "curl -sS -i https://web.test/"
    assert not list(checks(environment_of(), Release()))


def test_a_complete_site_passes() -> None:
    """Everything that pages, scripts, style sheets and the manifest name is there; other origins are left alone."""
    described = environment()
    world = world_of(SITE, described)
    judgement = concluded(the_check(described), world)
    assert (judgement.outcome, judgement.message) == (Outcome.PASSED, "6 assets delivered as due")
    assert isinstance(world.http, FakeHttp)
    assert {one.url for one in world.http.asked} == set(SITE)


@pytest.mark.parametrize(
    ("path", "made", "fault"),
    [
        ("/assets/checkout-a1b2c3d4.js", answer("", 404), "HTTP 404"),
        ("/assets/lazy-a1b2c3d4.js", answer("", 404), "HTTP 404"),
        ("/assets/fonts-a1b2c3d4.css", answer("", 500), "HTTP 500"),
        ("/assets/index-a1b2c3d4.js", html(PAGE), "HTML instead of a module"),
        ("/assets/index-a1b2c3d4.js", script("<!DOCTYPE html>"), "HTML instead of a module"),
        ("/assets/main-a1b2c3d4.css", html(PAGE), "HTML instead of a style sheet"),
        ("/assets/main-a1b2c3d4.css", answer("body{}"), "text/plain instead of text/css"),
        ("/assets/index-a1b2c3d4.js", answer("x"), "text/plain instead of JavaScript"),
        ("/assets/vendor-a1b2c3d4.js", script(""), "empty"),
        ("/assets/vendor-a1b2c3d4.js", failing(FailureKind.TIMEOUT), "timeout"),
        ("/assets/manifest.json", html(PAGE), "HTML instead of JSON"),
        ("/assets/manifest.json", answer("{"), "invalid JSON"),
        ("/assets/manifest.json", json_answer([]), "no chunk is named"),
        ("/", answer("", 502), "HTTP 502"),
        ("/", json_answer({}), "no HTML"),
    ],
)
def test_a_bad_asset_fails(path: str, made: Exchange, fault: str) -> None:
    """Whatever a browser could not use is named with what is wrong."""
    judgement = judged({path: made})
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message.startswith(f"{path}: {fault} in ")


def test_the_signature_outlives_the_build() -> None:
    """Digests in names are left out, so that two builds compare."""
    assert judged({"/assets/lazy-a1b2c3d4.js": answer("", 404)}).facts["signature"] == "/assets/lazy.js HTTP 404"


def test_several_bad_assets_are_summed_up() -> None:
    """Three are named, the rest is counted."""
    gone = {path.removeprefix(ROOT): answer("", 404) for path in SITE if path.endswith((".js", ".css"))}
    judgement = judged({**gone})
    assert judgement.message.count("HTTP 404") == 3
    assert judgement.message.endswith("; 1 more")


def test_a_script_missing_on_one_replica_is_found() -> None:
    """What pages name directly is sampled often enough to meet the replica that lacks it."""
    there, gone = script("export {}", **{"x-replica": "a"}), answer("", 404, headers={"x-replica": "b"})
    judgement = judged({"/assets/vendor-a1b2c3d4.js": in_turn(there, there, gone)})
    assert judgement.outcome is Outcome.FAILED
    assert "from replica b" in judgement.message


def test_a_single_lost_answer_is_noted() -> None:
    """An asset that failed once and never again passes, with a note."""
    lost = in_turn(failing(FailureKind.RESET), *[script()] * 999)
    judgement = judged({"/assets/lazy-a1b2c3d4.js": lost})
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["noted"] == "/assets/lazy-a1b2c3d4.js: connection reset, not seen again"


def test_what_fails_now_and_then_is_undecided() -> None:
    """Between noise and fault nothing is decided."""
    flaky = in_turn(answer("", 502), *[script()] * 9)
    assert judged({"/assets/index-a1b2c3d4.js": flaky}).outcome is Outcome.UNDECIDED


def test_a_cached_404_says_how_to_mend_it() -> None:
    """A cache that stored a 404 is told from a file that is gone."""

    def cache(request: Request) -> Exchange:
        return script() if "smoke-fresh" in request.url else answer("", 404, headers={"cf-cache-status": "HIT"})

    judgement = judged({"/assets/lazy-a1b2c3d4.js": cache})
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.endswith("(past the cache it is fine: purge the cache)")


def test_cached_assets_are_fine() -> None:
    """Assets are meant to be cached."""
    assert judged({"/assets/lazy-a1b2c3d4.js": script("x", age="900")}).outcome is Outcome.PASSED


@pytest.mark.parametrize(("body", "passes"), [("alert(1)", True), ("alert(2)", False)])
def test_integrity_is_checked_as_a_browser_would(body: str, passes: bool) -> None:
    """A script that does not match the page's digest is refused by browsers."""
    digest = b64encode(hashlib.sha384(b"alert(1)").digest()).decode()
    site = {"/": html(f'<script src="/a.js" integrity="sha384-{digest}"></script>'), "/a.js": script(body)}
    judgement = judged({**site})
    assert (judgement.outcome is Outcome.PASSED) is passes


def test_a_page_without_assets_verifies_nothing() -> None:
    """Where nothing is named, nothing was verified."""
    described = environment_of(services={"web": {"url": ROOT}}, assets={})
    judgement = concluded(the_check(described), world_of({f"{ROOT}/": html("<p>hi")}, described))
    assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.SUITE)


def test_the_limit_bounds_the_crawl() -> None:
    """What the limit leaves out is said."""
    judgement = judged(limit=4)
    assert judgement.outcome is Outcome.PASSED
    assert judgement.message.startswith("4 assets delivered as due")
    assert "left out by the limit of 4" in judgement.facts["noted"]


def test_scripts_that_import_each_other_end() -> None:
    """A circle of imports is walked once."""
    site: dict[str, Answer] = {
        "/": html('<script src="/a.js"></script>'),
        "/a.js": script('import "./b.js"'),
        "/b.js": script('import "./a.js"'),
    }
    assert judged(site, replicas=1).message == "3 assets delivered as due"


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ('<script src="/a.js"></script>', [Asset(f"{ROOT}/a.js", SCRIPT)]),
        ('<script type=module src="a.js#x"></script>', [Asset(f"{ROOT}/a.js", MODULE)]),
        ('<link rel="preload" as="style" href="/a.css">', [Asset(f"{ROOT}/a.css", STYLE)]),
        ('<link rel="preload" as="font" href="/a.woff2">', []),
        ('<link rel="alternate stylesheet" href="/a.css">', []),
        ('<link rel="modulepreload" href="/a.js">', [Asset(f"{ROOT}/a.js", MODULE)]),
        ("<script>inline()</script>", []),
        ('<base href="/deep/"><script src="a.js"></script>', [Asset(f"{ROOT}/deep/a.js", SCRIPT)]),
        ('<script src="http://[bad"></script>', [Asset("", SCRIPT)]),
    ],
)
def test_links_of_pages(tag: str, found: list[Asset]) -> None:
    """Scripts, style sheets and their preloads are followed, nothing else."""
    assert in_page(f"<html><head>{tag}</head></html>", f"{ROOT}/") == found


@pytest.mark.parametrize(
    ("code", "paths"),
    [
        ('import{a as b}from"./x.js"', ["/s/x.js"]),
        ("import '../x.mjs'", ["/x.mjs"]),
        ('export * from "/x.js"', ["/x.js"]),
        ("const p = () => import(`./x.js`)", ["/s/x.js"]),
        ('import("./x.js?v=1")', ["/s/x.js?v=1"]),
        ('import React from "react"', []),
        ('import("./" + name)', []),
        ("import(`./${name}.js`)", []),
        ('/* import "./x.js" */', []),
        ('  // import "./x.js"', []),
        ('import "./style.txt"', []),
        ("/*" * 100_000, []),
    ],
)
def test_imports_of_scripts(code: str, paths: list[str]) -> None:
    """Static and dynamic imports with a literal path are followed; comments and computed paths are not."""
    assert [one.url.removeprefix(ROOT) for one in in_script(code, f"{ROOT}/s/main.js")] == paths


def test_imports_of_style_sheets() -> None:
    """Both spellings of an import are followed."""
    found = in_style("@import url(\"a.css\"); @import 'b.css' screen;", f"{ROOT}/s/main.css")
    assert [one.url for one in found] == [f"{ROOT}/s/a.css", f"{ROOT}/s/b.css"]


def test_manifests_of_several_bundlers() -> None:
    """Lists, mappings and nested entries are read; keys are names of sources."""
    vite = '{"src/main.ts": {"file": "assets/main.js", "css": ["assets/main.css"], "isEntry": true}}'
    react = '{"files": {"main.js": "/static/js/main.js"}, "entrypoints": ["static/css/main.css"]}'
    near = '["./chunk.js", "other.mjs", "readme.txt"]'
    paths = [
        [one.url.removeprefix(ROOT) for one in in_manifest(text, f"{ROOT}/m/manifest.json", ROOT)]
        for text in (vite, react, near)
    ]
    assert paths == [
        ["/assets/main.js", "/assets/main.css"],
        ["/static/js/main.js", "/static/css/main.css"],
        ["/m/chunk.js", "/m/other.mjs"],
    ]


def test_a_hostile_manifest_is_no_crash() -> None:
    """Absurd nesting is invalid, not fatal."""
    with pytest.raises(ValueError, match="nested"):
        in_manifest("[" * 100_000, ROOT, ROOT)


def test_other_origins_are_left_alone() -> None:
    """Only files of the pages' own origin are fetched, each once."""
    assets = [
        Asset(f"{ROOT}/a.js", SCRIPT),
        Asset(f"{ROOT}/a.js", SCRIPT),
        Asset("https://cdn.test/b.js", SCRIPT),
        Asset("", SCRIPT),
    ]
    assert same_origin(assets, ROOT) == [Asset(f"{ROOT}/a.js", SCRIPT)]
