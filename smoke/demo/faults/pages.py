"""Faults of the pages: everything answers 200, and nobody can use it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.release import Bug
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("C01", "White screen: the entry script throws", Word.FAIL)
def white_screen(scene: "Scene") -> None:
    """Let the entry script read a property of nothing."""
    scene.after = scene.after.having(Bug.THROWS_AT_START)


@fault("C03", "One lazily loaded chunk is missing from the image", Word.FAIL)
def missing_chunk(scene: "Scene") -> None:
    """Leave the chunk of one page out of the build."""
    chunk = scene.rng.choice(["checkout.js", "subscriptions.js", "invoices.js"])
    scene.after = replace(scene.after, missing_chunks=frozenset({chunk}))


@fault("C21", "One of three replicas serves pages that forbid their own scripts", Word.FAIL)
def forbidden_scripts(scene: "Scene") -> None:
    """Give one web replica a content security policy that allows no script."""
    scene.odd_ones["web", scene.one_slot()] = replace(scene.settings, trusts_no_script=True)


@fault("C10", "An error page is rendered with status 200", Word.FAIL)
def error_page(scene: "Scene") -> None:
    """Answer the page of the invoices with an error text."""
    scene.after = replace(scene.after, broken_pages=frozenset({"/account/invoices"}))
