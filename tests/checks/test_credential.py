"""A few digits tell that a credential has changed, and nobody what it is."""

from smoke.checks._credential import DIGITS, fingerprint


def test_the_same_again() -> None:
    """The same name and password have the same digits in every run, whatever they are used for."""
    assert fingerprint("a@b.test", "x") == fingerprint("a@b.test", "x")


def test_what_changes_it() -> None:
    """Another password, another name, and the boundary between them."""
    made = {
        fingerprint("a@b.test", "x"),
        fingerprint("a@b.test", "y"),
        fingerprint("c@b.test", "x"),
        fingerprint("a@b.testx", ""),
    }
    assert len(made) == 4
    assert {len(one) for one in made} == {DIGITS}


def test_an_empty_name() -> None:
    """Whoever gives none gets an answer all the same."""
    assert len(fingerprint("", "")) == DIGITS
