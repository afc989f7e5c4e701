"""The front end is built reproducibly, under names that change with content and commit."""

import re

from smoke.demo.web.app import AssetStore
from smoke.demo.web.build import CRASH, ENTRY, STATIC, build

ONE, OTHER = "1" * 40, "2" * 40


def test_every_source_becomes_a_hashed_file() -> None:
    """Each file in the sources is built, under its name with a hash."""
    made = build(ONE)
    assert set(made.names) == {path.name for path in STATIC.iterdir()}
    assert all(re.fullmatch(r"[a-z]+-[0-9a-f]{10}\.(js|css|svg)", name) for name in made.files)


def test_imports_lead_to_built_files() -> None:
    """No script imports a name that the build does not have."""
    made = build(ONE)
    for content in made.files.values():
        for name in re.findall(r'"\./([^"]+\.js)"', content.decode()):
            assert name in made.files


def test_names_change_with_the_commit_and_only_then() -> None:
    """The same commit gives the same names, another one shares none."""
    assert build(ONE).names == build(ONE).names
    assert not set(build(ONE).files) & set(build(OTHER).files)


def test_the_crash_is_in_the_entry_alone() -> None:
    """A build that throws at its start throws after its imports and nowhere else."""
    made = build(ONE, throws_at_start=True)
    assert [name for name, content in made.files.items() if CRASH in content.decode()] == [made.names[ENTRY]]
    entry = made.files[made.names[ENTRY]].decode()
    assert entry.index("import {") < entry.index(CRASH) < entry.index("await start")


def test_the_store_keeps_earlier_builds_and_lacks_what_is_missing() -> None:
    """Open tabs keep working after a deploy; a chunk left out of the image is not there."""
    store, one, other = AssetStore(), build(ONE), build(OTHER)
    store.publish(one, frozenset())
    store.publish(other, frozenset({"checkout.js"}))
    assert set(one.files) <= set(store.files)
    assert other.names["checkout.js"] not in store.files
    assert len(store.files) == 2 * len(one.files) - 1
