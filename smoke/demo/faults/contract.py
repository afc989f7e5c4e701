"""Faults of what was agreed with installed apps and announced with the release, and changes that were agreed."""

from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo.faults._registry import fault
from smoke.demo.release import USAGE, Bug
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from smoke.demo.scene import Scene


@fault("S10", "The flag of the announced feature is off, missing or empty", Word.FAIL)
def flag_not_on(scene: "Scene") -> None:
    """Start the new release with the flag at nobody, without it, or with an empty value."""
    others = {name: share for name, share in scene.settings.flags.items() if name != USAGE}
    flags = scene.rng.choice([{**others, USAGE: 0.0}, others, {**others, USAGE: None}])
    scene.settings = replace(scene.settings, flags=flags)


@fault("N14", "The new feature is there for one session in ten, as announced", Word.PASS)
def staged_feature(scene: "Scene") -> None:
    """Hand the feature out to a tenth, and say so in the manifest."""
    scene.settings = replace(scene.settings, flags={**scene.settings.flags, USAGE: 0.1})
    scene.declares["staged_flags"] = [{"name": USAGE, "share": 0.1}]


@fault("S11", "An answer that installed apps rely on lost a field or changed a type", Word.FAIL)
def broken_contract(scene: "Scene") -> None:
    """Leave a field out of the apps' first screen, or write a number as a text."""
    scene.after = scene.after.having(scene.rng.choice([Bug.APP_LOSES_A_FIELD, Bug.APP_NUMBER_BECOMES_TEXT]))


@fault(
    "N12",
    "A missing file answers 404, as designed and declared; an old check disagrees",
    Word.PASS,
    also_ok=(Word.INCONCLUSIVE,),
)
def missing_files_admitted(scene: "Scene") -> None:
    """Change what a missing file answers, and declare the check of the old answer retired."""
    scene.after = replace(scene.after, admits_missing=True)
    scene.declares["retired"] = ["page/missing-image"]


@fault("N22", "Answers have one more field, and their fields in another order", Word.PASS)
def said_otherwise(scene: "Scene") -> None:
    """Write JSON with a new serialiser."""
    scene.after = scene.after.having(Bug.ANSWERS_OTHERWISE)


@fault("S12", "Apps are told a minimum version that no store has", Word.FAIL)
def minimum_version_too_high(scene: "Scene") -> None:
    """Tell apps a minimum above the latest version, above any latest before, or none that can be read."""
    minimum, latest = scene.rng.choice([("9.0.0", scene.settings.app_latest), ("9.0.0", "9.0.0"), ("latest", "4.2.0")])
    scene.settings = replace(scene.settings, app_minimum=minimum, app_latest=latest)
