"""Several faults at once, and the verdict that they deserve together."""

from collections.abc import Iterable, Sequence

from smoke.demo.faults import Fault
from smoke.verdict.words import Word

COMPOUNDS: Sequence[str] = (
    # Noise excuses no bad deploy.
    *("N01+C01", "N01+Q01", "N02+S04", "N03+B02", "N03+D06", "N04+D02", "N04+A03", "N04+S02"),
    *("N07+C02", "N08+S04", "N10+C03", "N11+C10", "N13+D06", "N14+C09", "N15+S02", "N16+S06"),
    # Noise upon noise is noise.
    *("N01+N02", "N02+N03", "N03+N04", "N08+N10", "N11+N14", "N10+N11", "N01+N15", "N04+N08"),
    # What nobody could decide stays so in noise.
    *("I04+N01", "I07+N03", "I10+N02", "I01+N04"),
    # Two bad ones are not less bad.
    *("B02+C03", "D02+S04", "S01+Q01", "C01+D06", "A04+C09", "S07+C10"),
    # Who saw nothing cannot say that it was bad; who saw some of it can.
    *("I04+B02", "I04+C01", "I14+D02", "I10+B01", "I01+B02", "I15+D06", "I07+S04"),
)
"""Ids of faults, joined by a plus sign."""

BLIND = frozenset({"I03", "I04", "I10", "I14"})
"""Where nothing of the release itself can be seen."""

ELSEWHEN = frozenset({"I11", "I12"})
"""Where the release is not, or no longer, what is live: whether a fault of it shows is a matter of chance."""

SILENT = frozenset({"I01", "I21", "N16"})
"""Where a third party is down: that the same one would refuse the release as well (S07) shows to nobody."""


def faults_of(joined: str) -> tuple[str, ...]:
    """Return the ids of a compound."""
    return tuple(joined.split("+"))


def truth_of(faults: Iterable[Fault]) -> tuple[Word, tuple[Word, ...]]:
    """
    Return what *faults* together deserve, and what is no mistake either; raises ValueError where nobody can say.

    Bad stays bad, unless nothing could be seen; then what was undecidable stays so; only good with good is good.
    """
    together = list(faults)
    ids = {one.id for one in together}
    bad = [one for one in together if one.truth is Word.FAIL]
    if bad and ids & ELSEWHEN:
        raise ValueError(f"{'+'.join(sorted(ids))}: whether the fault shows depends on when one looks")
    if "S07" in ids and ids & SILENT:
        raise ValueError(f"{'+'.join(sorted(ids))}: who is down refuses nobody, and a seed says who is meant to refuse")
    if ids & BLIND:
        return Word.INCONCLUSIVE, ()
    if bad:
        return Word.FAIL, _all_allow(bad)
    open_ones = [one for one in together if one.truth is Word.INCONCLUSIVE]
    if open_ones:
        return Word.INCONCLUSIVE, _all_allow(open_ones)
    return Word.PASS, tuple(sorted({word for one in together for word in one.also_ok}))


def _all_allow(faults: Sequence[Fault]) -> tuple[Word, ...]:
    return tuple(sorted(set.intersection(*(set(one.also_ok) for one in faults))))
