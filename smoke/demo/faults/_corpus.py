"""
The corpus: what was seen in the field right after a deploy, and the verdict that each deserves.

Every row is to be declared as a fault somewhere in this package, with its title and truth; what is the same for
all declarations, such as their classes and twins, is here alone. Faults beyond the corpus are welcome.
"""

from collections.abc import Mapping

from smoke.verdict.words import Word

CLASSES = {
    "A": "What is really live: version, roll-out",
    "B": "Process, replicas, runtime",
    "C": "Front end, assets, CDN",
    "D": "Data and database",
    "Q": "Queue, worker, schedule",
    "S": "Authentication, security, integrations, contract",
    "H": "The health check itself",
    "N": "Noise around a good deploy",
    "I": "Nobody could tell from outside",
}
"""What the letter of an id stands for."""

TRUTHS: Mapping[Word, tuple[str, ...]] = {
    Word.FAIL: (
        *("A01", "A02", "A03", "A04", "B01", "B02", "B03", "B04", "B05", "B07", "B08"),
        *("C01", "C02", "C03", "C04", "C05", "C07", "C09", "C10", "C11"),
        *("D01", "D02", "D04", "D05", "D06", "D07", "D09", "D10", "Q01", "Q02"),
        *("S01", "S02", "S03", "S04", "S05", "S06", "S07", "S09", "S10", "S11", "S12", "H01", "H03"),
    ),
    Word.PASS: ("N01", "N02", "N03", "N04", "N07", "N08", "N10", "N11", "N12", "N13", "N14", "N15", "N16"),
    Word.INCONCLUSIVE: ("I01", "I03", "I04", "I06", "I07", "I09", "I10", "I11", "I12", "I14", "I15"),
}
"""The rows by the verdict that they deserve."""

ALSO_OK: Mapping[str, tuple[Word, ...]] = {
    **dict.fromkeys(("A02", "N12", "N13", "N15", "N16"), (Word.INCONCLUSIVE,)),
    **dict.fromkeys(("I01", "I06", "I07", "I09", "I15", "S09"), (Word.PASS,)),
}
"""Verdicts that are no mistake either."""

POLICY = frozenset({"S09"})
"""Rows whose truth depends on house rules; scores leave them out."""

TWINS = (
    *(("A01", "I12"), ("A03", "N04"), ("A03", "I11"), ("B01", "I04"), ("B02", "N03"), ("B07", "I06")),
    *(("C02", "N11"), ("C03", "N10"), ("C07", "N07"), ("C10", "I15")),
    *(("D02", "N13"), ("D04", "N02"), ("Q01", "N15"), ("H01", "N16"), ("H03", "I10")),
    *(("S01", "N08"), ("S02", "I07"), ("S04", "I14"), ("S07", "I01"), ("S10", "N14"), ("S11", "N12"), ("S12", "N14")),
)
"""Rows that look alike and differ in what they deserve: whoever is merely strict, or lenient, gets one wrong."""


def twins_of(identifier: str) -> tuple[str, ...]:
    """Return the rows that look like *identifier* and deserve another verdict."""
    return tuple(sorted(other for pair in TWINS if identifier in pair for other in pair if other != identifier))
