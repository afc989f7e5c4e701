"""Faults are told from ambient noise by counting."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.verdict.tally import Reading, Sample, read, samples_needed, tally

GOOD, BAD = Sample(), Sample("HTTP 500")


def some(good: int, bad: int, replica: str | None = None) -> list[Sample]:
    """Return samples of one replica, the failures last."""
    return [Sample(None, replica)] * good + [Sample("HTTP 500", replica)] * bad


@pytest.mark.parametrize(("share", "needed"), [(1.0, 1), (1 / 3, 12), (0.2, 21), (0.1, 44), (0.05, 90), (0.01, 459)])
def test_samples_needed_follow_the_arithmetic_of_the_design(share: float, needed: int) -> None:
    """The number of samples shows one failure with 99 % probability."""
    assert samples_needed(share) == needed


def test_a_spotless_first_round_is_healthy() -> None:
    """Twelve clean samples clear a share of one third."""
    assert read([some(12, 0)], 1 / 3) is Reading.HEALTHY


def test_too_few_clean_samples_clear_nothing() -> None:
    """Eleven clean samples are not enough for one of three."""
    assert read([some(11, 0)], 1 / 3) is Reading.UNCLEAR


@pytest.mark.parametrize("rounds", [[], [[]], [some(12, 0), []]])
def test_nothing_seen_is_unclear(rounds: list[list[Sample]]) -> None:
    """Without samples in the last round nothing is said."""
    assert read(rounds, 1 / 3) is Reading.UNCLEAR


def test_one_failure_among_a_dozen_is_unclear_at_first() -> None:
    """A single failure neither condemns nor is passed over."""
    assert read([some(11, 1)], 1 / 3) is Reading.UNCLEAR


def test_a_single_failure_is_cleared_by_a_longer_clean_round() -> None:
    """An isolated failure that does not come again is noise."""
    assert read([some(11, 1), some(24, 0)], 1 / 3) is Reading.HEALTHY


def test_a_third_failing_in_both_rounds_is_a_fault() -> None:
    """Four in a dozen, and eight in two dozen, are one replica of three."""
    assert read([some(8, 4), some(16, 8)], 1 / 3) is Reading.FAULTY


def test_an_outage_that_is_over_is_healthy() -> None:
    """Everything failed at first and nothing afterwards: it did not persist."""
    assert read([some(0, 12), some(24, 0)], 1 / 3) is Reading.HEALTHY


def test_an_outage_that_fades_is_not_condemned_for_its_past() -> None:
    """The last round has to lean to the fault itself."""
    assert read([some(0, 12), some(22, 2)], 1 / 3) is Reading.UNCLEAR


def test_a_named_replica_that_always_fails_is_a_fault_however_rarely_it_is_met() -> None:
    """Three failures of three from one replica condemn it, among sixty clean samples of others."""
    rare = [*some(57, 0, "a"), *some(0, 3, "b")]
    assert read([rare], 1 / 3) is Reading.FAULTY


def test_a_round_is_not_cleared_while_one_replica_fails_always() -> None:
    """Two failures of two from one replica keep the case open though the share alone would be cleared."""
    assert read([some(11, 1), [*some(46, 0, "a"), *some(0, 2, "b")]], 1 / 3) is not Reading.HEALTHY


def test_scattered_failures_of_named_replicas_are_noise() -> None:
    """Single failures spread over the replicas do not condemn any of them."""
    spread = [*some(30, 1, "a"), *some(30, 1, "b"), *some(30, 0, "c")]
    assert read([some(11, 1), spread], 1 / 3) is Reading.HEALTHY


def test_a_service_without_replicas_is_condemned_by_what_persists() -> None:
    """One failure, then three of three."""
    assert read([[BAD], [BAD] * 3], 1.0) is Reading.FAULTY


def test_a_service_without_replicas_is_cleared_after_one_failure() -> None:
    """One failure, then three clean samples."""
    assert read([[BAD], [GOOD] * 3], 1.0) is Reading.HEALTHY


@pytest.mark.parametrize("share", [0.05, 0.01, 0.002])
def test_small_shares_are_found_and_cleared(share: float) -> None:
    """Also a share near the ambient rate can be read both ways."""
    needed = samples_needed(share)
    failed = round(2 * needed * share)
    assert read([some(needed - 1, 1), some(2 * needed, 0)], share) is Reading.HEALTHY
    assert read([some(needed - failed, failed), some(2 * needed - failed, failed)], share) is Reading.FAULTY


def test_tally_counts_by_replica() -> None:
    """Unknown replicas are counted under an empty name."""
    assert tally([*some(2, 1, "a"), BAD, GOOD]) == {"a": (1, 3), "": (1, 2)}


@given(st.lists(st.lists(st.booleans(), max_size=40), min_size=1, max_size=3), st.floats(0.01, 1.0))
def test_clean_last_rounds_never_condemn(failures: list[list[bool]], share: float) -> None:
    """Whatever was seen before, a last round without a failure is never read as a fault."""
    rounds = [[BAD if one else GOOD for one in each] for each in failures]
    assert read([*rounds, [GOOD] * 5], share) is not Reading.FAULTY


@given(st.integers(1, 60), st.floats(0.01, 1.0))
def test_a_total_outage_never_reads_healthy(samples: int, share: float) -> None:
    """If everything fails, however few samples there are, nothing is cleared."""
    assert read([[BAD] * samples], share) is not Reading.HEALTHY


def simulate(
    chance: Callable[[int], float], *, share: float = 1 / 3, runs: int, seed: int, replicas: int = 0
) -> dict[Reading, int]:
    """Return how often each reading ends a check that looks as the engine does."""
    dice, ends = random.Random(seed), dict.fromkeys(Reading, 0)
    for _ in range(runs):
        rounds: list[list[Sample]] = []
        reading = Reading.UNCLEAR
        while len(rounds) < 3 and (not rounds or reading is Reading.UNCLEAR or len(rounds) == 1):
            size = samples_needed(share) if not rounds else max(3, 2 * samples_needed(share))
            rounds.append([one_sample(dice, chance, replicas) for _ in range(size)])
            reading = read(rounds, share)
            if reading is Reading.HEALTHY:
                break
        ends[reading] += 1
    return ends


def one_sample(dice: random.Random, chance: Callable[[int], float], replicas: int) -> Sample:
    """Return a random sample: *chance* is the failure rate by replica number."""
    replica = dice.randrange(3)
    fault = "HTTP 500" if dice.random() < chance(replica) else None
    return Sample(fault, "abc"[replica] if replicas else None)


@pytest.mark.parametrize("named", [0, 3])
def test_one_bad_replica_of_three_is_found(named: int) -> None:
    """At least 99 % of faults on one replica of three end as a fault, with ambient noise on the others."""
    ends = simulate(lambda replica: 1.0 if replica == 2 else 0.005, runs=4000, seed=1, replicas=named)
    assert ends[Reading.FAULTY] / 4000 >= 0.985
    assert ends[Reading.HEALTHY] / 4000 <= 0.0125


@pytest.mark.parametrize("named", [0, 3])
@pytest.mark.parametrize("share", [1 / 3, 1.0])
def test_ambient_noise_is_not_condemned(named: int, share: float) -> None:
    """Half a percent of ambient failures raises fewer than one false alarm in a thousand checks."""
    ends = simulate(lambda _replica: 0.005, share=share, runs=20_000, seed=2, replicas=named)
    assert ends[Reading.FAULTY] / 20_000 < 1e-3
    assert ends[Reading.UNCLEAR] / 20_000 < 2e-3
