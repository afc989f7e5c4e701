"""Faults that several systems have in common, each said in their words; none looks like one to a mere status."""

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.demo import faults
from smoke.demo.endurance import Endurance
from smoke.demo.faults import Fault
from smoke.demo.faults.data import UNAPPLICABLE
from smoke.demo.quirks import Quirk
from smoke.demo.release import Bug
from smoke.verdict.words import Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoke.demo.scene import Scene

HIGHEST = "9.0.0"
LIVES_S = 4.0
"""So short that a soak of some seconds meets it."""


def quirk(identifier: str, title: str, truth: Word, *quirks: Quirk, also_ok: tuple[Word, ...] = ()) -> Fault:
    """Return the fault that every replica of the new release has *quirks*."""

    def arrange(scene: "Scene") -> None:
        scene.settings = replace(scene.settings, quirks=scene.settings.quirks | set(quirks))

    return Fault(identifier, title, truth, arrange, also_ok)


def ever(identifier: str, title: str, truth: Word, *quirks: Quirk) -> Fault:
    """Return the fault that the release before has *quirks* too."""

    def arrange(scene: "Scene") -> None:
        for one in ("settings_before", "settings"):
            settings = getattr(scene, one)
            setattr(scene, one, replace(settings, quirks=settings.quirks | set(quirks)))

    return Fault(identifier, title, truth, arrange)


def one_replica(identifier: str, title: str, truth: Word, *quirks: Quirk) -> Fault:
    """Return the fault that one replica of three has *quirks*, the one that matters here."""

    def arrange(scene: "Scene") -> None:
        odd = replace(scene.settings, quirks=scene.settings.quirks | set(quirks))
        scene.odd_ones["bff", scene.one_slot()] = odd

    return Fault(identifier, title, truth, arrange)


def missing_chunk(identifier: str, title: str, *chunks: str) -> Fault:
    """Return the fault that the image lacks the script of a page."""

    def arrange(scene: "Scene") -> None:
        scene.after = replace(scene.after, missing_chunks=scene.after.missing_chunks | set(chunks))

    return Fault(identifier, title, Word.FAIL, arrange)


def error_page(identifier: str, title: str, page: str) -> Fault:
    """Return the fault that *page* shows an error text, with status 200."""

    def arrange(scene: "Scene") -> None:
        scene.after = replace(scene.after, broken_pages=scene.after.broken_pages | {page})

    return Fault(identifier, title, Word.FAIL, arrange)


def as_in(identifier: str, known: str, title: str = "") -> Fault:
    """Return a fault of the stack under a name of its own."""
    found = faults.find(known)
    return replace(found, id=identifier, title=title or found.title)


def setting(identifier: str, title: str, truth: Word, change: "Callable[[Scene], None]") -> Fault:
    """Return a fault that changes the scene as *change* does."""
    return Fault(identifier, title, truth, change)


def _minimum_too_high(scene: "Scene") -> None:
    scene.settings = replace(scene.settings, app_minimum=HIGHEST, app_latest=HIGHEST)


def _minimum_is_off(scene: "Scene") -> None:
    scene.settings = replace(scene.settings, app_minimum="0.0.0", app_latest="0.0.0")


def _key_forgotten(scene: "Scene") -> None:
    keys = (*scene.settings.api_keys[:-1], f"pak_{secrets.token_urlsafe(24)}")
    scene.settings = replace(scene.settings, api_keys=keys)


def _key_unread(scene: "Scene") -> None:
    scene.settings = replace(scene.settings, cors=replace(scene.settings.cors, headers=("content-type",)))


def _key_remembered(scene: "Scene") -> None:
    scene.after = replace(scene.after, bugs=scene.after.bugs - {Bug.FORGETS_OLD_KEYS})


def _migration_swallowed(scene: "Scene") -> None:
    from smoke.demo.migrate import Migration  # the listing of faults does without the database driver

    failing = Migration("20261120101500_one_invoice_per_customer", UNAPPLICABLE)
    scene.after = replace(scene.after, migrations=(*scene.after.migrations, failing))
    scene.plan.starts_anyway = True


def _index_lost(scene: "Scene") -> None:
    scene.sql += ('DROP INDEX "invoice_customer_id_idx"',)


def _dies(scene: "Scene") -> None:
    scene.after = replace(scene.after, endurance=Endurance(lives_s=LIVES_S / scene.speed))


def migration_skipped(applied: str) -> Fault:
    """Return the fault that the release was started without its migration, which leaves *applied* in the history."""

    def arrange(scene: "Scene") -> None:
        scene.sql = tuple(one for one in scene.sql if one != applied)

    return Fault("migration-skipped", "The release was started without its migration", Word.FAIL, arrange)


SHORT_SHA = quirk("short-sha", "The commit is told by seven digits", Word.PASS, Quirk.SHORT_SHA)
NO_VERSION = quirk("no-version", "npm's variable is missing, and `version` with it", Word.PASS, Quirk.NO_VERSION)
OTHER_COMMIT = one_replica("wrong-commit", "One replica tells another commit", Word.FAIL, Quirk.OTHER_COMMIT)
NAMELESS = ever("nameless-pages", "The pages never told their commit", Word.PASS, Quirk.NAMELESS_PAGES)
PART_DOWN = quirk("component-down", "Redis cannot be reached", Word.FAIL, Quirk.PART_DOWN)
CACHED = quirk("cached-health", "A cache answers for the health", Word.FAIL, Quirk.CACHED_HEALTH)
SOFT_404 = quirk("soft-404", "The health answers with a page and status 200", Word.FAIL, Quirk.PAGE_FOR_HEALTH)
BEHIND = as_in("replica-behind", "A03", "One replica stays on the release before")
LOGIN_BROKEN = as_in("login-broken", "S02")
KEY_REFUSED = setting("key-refused", "The key that clients use is refused", Word.FAIL, _key_forgotten)
KEY_NOT_ASKED = quirk("key-not-asked", "The API answers whoever sends no key", Word.FAIL, Quirk.KEY_IS_NOT_ASKED)
KEY_ACROSS = setting("key-across", "Pages may call the API, but not send it their key", Word.FAIL, _key_unread)
RETIRED_KEY = setting("retired-key", "The key from before the rotation works again", Word.FAIL, _key_remembered)
MINIMUM = setting("minimum-version", "Apps are told a minimum that no store has", Word.FAIL, _minimum_too_high)
FORCE_OFF = setting("force-update-off", "Force update is off: 0.0.0", Word.PASS, _minimum_is_off)
FORCE_ABSENT = quirk(
    "force-update-absent", "Force update is off: nothing is told", Word.PASS, Quirk.FORCE_UPDATE_IS_OFF
)
ACROSS = as_in("cors-refused", "C09")
UNWELL = quirk("unwell", "The health says with status 200 that it is unwell", Word.FAIL, Quirk.UNWELL)
MIGRATION_SWALLOWED = setting(
    "migration-swallowed", "A migration failed, and the release was started anyway", Word.FAIL, _migration_swallowed
)
INDEX_LOST = setting("index-lost", "The deploy dropped an index", Word.FAIL, _index_lost)
NOT_ANNOUNCED = quirk("not-announced", "Nobody wrote in Slack: reported", Word.PASS, Quirk.NOT_ANNOUNCED)
CRASHES = setting("crash-loop", "Each process of the API dies soon after its start, again and again", Word.FAIL, _dies)
STALE_PAGES = as_in("cdn-not-purged", "A04")
