"""The faults as they are declared, without a stack."""

import os
import subprocess
import sys
from random import Random

import pytest

from smoke.demo.faults import FAULTS, MODULES, arrange, find
from smoke.demo.faults._corpus import ALSO_OK, CLASSES, POLICY, TRUTHS, TWINS, twins_of
from smoke.demo.faults._registry import fault
from smoke.demo.outages import Outage
from smoke.demo.release import Bug, Credential, Image, Settings
from smoke.demo.scene import Scene, Strategy
from smoke.errors import UsageError
from smoke.verdict.words import Word


def scene(seed: int = 1, speed: float = 1.0) -> Scene:
    """Return the scene of a good deploy."""
    settings = Settings(
        database="postgresql://postgres@/portal_prod?host=/nowhere",
        valkey="/nowhere/valkey.sock",
        session_secret="secret",
        salesforce=Credential("salesforce", "secret"),
        whmcs=Credential("whmcs", "secret"),
        web_origin="https://portal.demo.test",
        api_origin="https://api.portal.demo.test",
    )
    before, after = Image("a" * 40, "1.0.0"), Image("b" * 40, "1.1.0")
    return Scene(Random(seed), speed, before, after, settings, settings)


def arranged(identifier: str, seed: int = 1, speed: float = 1.0) -> Scene:
    """Return the scene that a fault makes."""
    made = scene(seed, speed)
    find(identifier).arrange(made)
    return made


@pytest.mark.parametrize("identifier", FAULTS)
def test_every_fault_changes_the_scene(identifier: str) -> None:
    """Each fault is declared, has a title, and leaves the scene other than it was."""
    known = FAULTS[identifier]
    assert known.title
    assert arranged(identifier) != scene() or arranged(identifier).rng.getstate() != scene().rng.getstate()


@pytest.mark.parametrize("truth", Word)
def test_rows_of_the_corpus_are_declared_with_their_truth(truth: Word) -> None:
    """What a row deserves, and what is no mistake either, is as the corpus says."""
    for identifier in TRUTHS[truth]:
        if identifier in FAULTS:
            known = FAULTS[identifier]
            assert (known.id, known.truth) == (identifier, truth)
            assert (known.id, known.also_ok) == (identifier, ALSO_OK.get(identifier, ()))


def test_twins_look_alike_and_differ_in_truth() -> None:
    """Each knows the other, and no verdict is right for both without being lenient."""
    truths = {identifier: truth for truth, rows in TRUTHS.items() for identifier in rows}
    for one, other in TWINS:
        assert truths[one] is not truths[other]
        assert one in twins_of(other)
        assert other in twins_of(one)
    assert FAULTS["A03"].twins == ("I11", "N04")


def test_house_rules_and_classes_are_known() -> None:
    """A fault knows whether scores leave it out, and its class has a name."""
    rows = [identifier for identifiers in TRUTHS.values() for identifier in identifiers]
    assert len(rows) == len(set(rows)) == 67
    assert {identifier for identifier, known in FAULTS.items() if known.policy} == POLICY & set(FAULTS)
    assert {known.group for known in FAULTS.values()} <= set(CLASSES)


def test_company_changes_nothing() -> None:
    """A fault picks the same replica alone, after another and before another."""
    pinned = set()
    for company in (["A03"], ["N04", "A03"], ["A03", "B02", "I01"]):
        made = scene()
        arrange(made, map(find, company), seed=5)
        pinned.add(made.plan.pinned)
    assert len(pinned) == 1


def test_all_are_listed_in_order() -> None:
    """The listing is sorted, and every module declares some."""
    assert list(FAULTS) == sorted(FAULTS)
    modules = {known.arrange.__module__ for known in FAULTS.values()}
    assert modules == {module.__name__ for module in MODULES}


def test_an_unknown_fault_names_its_neighbours() -> None:
    """The error says what was asked and what there is."""
    with pytest.raises(UsageError, match=r"--fault a3: there is no such fault; did you mean .*A03"):
        find("a3")


def test_no_two_faults_share_an_id() -> None:
    """Declaring an id twice is an error of the declarer."""
    with pytest.raises(ValueError, match="two faults are called A01"):
        fault("A01", "again", Word.FAIL)(lambda _scene: None)


def test_seeds_vary_the_replica() -> None:
    """Over some seeds every slot is hit, by both faults of one replica."""
    assert {min(arranged("A03", seed).plan.pinned) for seed in range(12)} == {0, 1, 2}
    assert {next(iter(arranged("B02", seed).odd_ones)) for seed in range(12)} == {("bff", slot) for slot in range(3)}


def test_seeds_vary_what_is_missing_and_how_salesforce_fails() -> None:
    """Different seeds show different chunks and different outages."""
    chunks = {chunk for seed in range(12) for chunk in arranged("C03", seed).after.missing_chunks}
    assert chunks == {"checkout.js", "invoices.js", "subscriptions.js"}
    assert {arranged("I01", seed).salesforce for seed in range(40)} == set(Outage)


def test_the_same_seed_shows_the_same() -> None:
    """A run can be repeated."""
    assert arranged("N04", 7).plan == arranged("N04", 7).plan


@pytest.mark.parametrize("seed", range(20))
def test_the_slow_roll_is_over_in_time(seed: int) -> None:
    """Whatever the seed, N04 ends well within the twelve seconds that the environment grants."""
    moments = arranged("N04", seed).plan.switches_s
    assert list(moments) == sorted(moments)
    assert 3 < moments[-1] < 8


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("delay_s", [0, 1, 2, 3, 5, 7, 9])
def test_the_unfinished_roll_is_caught_moving(seed: int, delay_s: float) -> None:
    """Whoever looks for twelve seconds, from whenever on, sees a move in the last six, and never the last replica."""
    seen = [moment - delay_s for moment in arranged("I11", seed).plan.switches_s]
    assert seen[2] > 12
    assert any(12 - 6 < moment <= 12 for moment in seen) or 12 - seen[1] < 1.5 * (seen[1] - seen[0])
    assert seen[1] - seen[0] < 6


def test_speed_shortens_every_time() -> None:
    """Twice the speed is half the time."""
    assert arranged("N01", speed=2).blip_s == pytest.approx(arranged("N01").blip_s / 2)
    assert arranged("I15", speed=2).browser_lives_s == pytest.approx((arranged("I15").browser_lives_s or 0) / 2)


def test_faults_compose() -> None:
    """Two faults on one scene keep each other's marks."""
    made = scene()
    for identifier in ("B01", "S01", "C01"):
        find(identifier).arrange(made)
    assert (made.after.starts, made.after.bugs) == (False, frozenset({Bug.THROWS_AT_START}))
    assert made.plan.strategy is Strategy.ALL_AT_ONCE
    assert made.settings.session_secret != "secret"


def test_the_staging_database_is_another_one() -> None:
    """D06 changes the database's name and nothing else of the address."""
    assert arranged("D06").settings.database == "postgresql://postgres@/portal_staging?host=/nowhere"


SHOW = """
from dataclasses import fields, is_dataclass
from smoke.demo.faults import FAULTS, arrange
from tests.demo.test_faults_declared import scene

def plain(value):
    if is_dataclass(value):
        return [(one.name, plain(getattr(value, one.name))) for one in fields(value) if one.repr]
    if isinstance(value, (set, frozenset)):
        return sorted(str(plain(one)) for one in value)
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else str(value)

for one in FAULTS.values():
    made = scene()
    arrange(made, [one], seed=3)
    made.rng = None
    print(one.id, plain(made))
"""


def test_another_process_arranges_the_same() -> None:
    """What a seed arranges does not hang on the order of sets, which every process has its own of."""
    shown = {
        subprocess.run(
            [sys.executable, "-c", SHOW], env={**os.environ, "PYTHONHASHSEED": hashing}, capture_output=True, check=True
        ).stdout
        for hashing in ("1", "2", "3")
    }
    assert len(shown) == 1
