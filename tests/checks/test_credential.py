"""A few digits tell that a credential has changed, and nobody what it is."""

from smoke.checks._credential import DIGITS, fingerprint


def test_the_same_again() -> None:
    """The same name and password have the same digits in every run."""
    assert fingerprint("shop/prod", "customer", "a@b.test", "x") == fingerprint(
        "shop/prod", "customer", "a@b.test", "x"
    )


def test_what_changes_it() -> None:
    """Another password, another name, and the boundary between them; other places have other digits for the same."""
    made = {
        fingerprint("shop/prod", "customer", "a@b.test", "x"),
        fingerprint("shop/prod", "customer", "a@b.test", "y"),
        fingerprint("shop/prod", "customer", "c@b.test", "x"),
        fingerprint("shop/prod", "customer", "a@b.testx", ""),
        fingerprint("shop/prod", "admin", "a@b.test", "x"),
        fingerprint("shop/staging", "customer", "a@b.test", "x"),
    }
    assert len(made) == 6
    assert {len(one) for one in made} == {DIGITS}
