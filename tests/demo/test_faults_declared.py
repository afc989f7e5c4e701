"""The faults as they are declared, without a stack."""

from random import Random

import pytest

from smoke.demo.faults import FAULTS, MODULES, find
from smoke.demo.faults._registry import fault
from smoke.demo.release import Bug, Credential, Image, Settings
from smoke.demo.scene import Outage, Scene, Strategy
from smoke.errors import UsageError
from smoke.verdict.words import Word

NEEDED = [
    *("A01", "A03", "B01", "B02", "C01", "C03", "C10", "D01", "D02", "D06", "Q01", "S01", "S02", "S04", "S07", "H03"),
    *("N01", "N02", "N03", "N04", "I01", "I04", "I07", "I11", "I15"),
]


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


@pytest.mark.parametrize("identifier", NEEDED)
def test_every_fault_changes_the_scene(identifier: str) -> None:
    """Each fault is declared, has a title, and leaves the scene other than it was."""
    known = FAULTS[identifier]
    assert known.title
    assert arranged(identifier) != scene() or arranged(identifier).rng.getstate() != scene().rng.getstate()


def test_truths_follow_the_letter() -> None:
    """Noise deserves pass, what nobody can tell is inconclusive, everything else is the release's."""
    words = {"N": Word.PASS, "I": Word.INCONCLUSIVE}
    assert {known.id: known.truth for known in FAULTS.values()} == {
        identifier: words.get(identifier[0], Word.FAIL) for identifier in FAULTS
    }


def test_some_faults_may_pass_as_well() -> None:
    """Where part of the product could be verified, pass is no mistake."""
    lenient = {known.id for known in FAULTS.values() if known.also_ok}
    assert lenient == {"I01", "I07", "I15"}


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
    assert {arranged("I01", seed).salesforce for seed in range(12)} == set(Outage)


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
