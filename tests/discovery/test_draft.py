"""The text of a draft is TOML, whatever it holds, and what is off is a comment."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from smoke.discovery.draft import Draft, Line, Table, toml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    TEXTS | st.integers(-(2**60), 2**60) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_values(value: object) -> None:
    """Whatever a site answers, it becomes the same value in the file."""
    assert tomllib.loads(f"value = {toml(value)}")["value"] == value


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_comments(comment: str, top: str) -> None:
    """No text of a site ends the comment that it stands in."""
    made = Draft(top, [Table("", comment, [Line("tier", "dev", comment)]), Table("[a]", comment, [], off=True)])
    assert tomllib.loads(made.text()) == {"tier": "dev"}


def _draft() -> Draft:
    home = [Line("name", "home"), Line("path", "/", "where")]
    service = [Line("url", "https://x"), Line("health", {"path": "/h"}, "why", check="health/web")]
    return Draft(
        "top", [Table("[services.web]", "", service), Table("[[pages]]", "about pages", home, check="page/home")]
    )


def test_what_failed_is_commented_out() -> None:
    """A line or table whose check did not pass is left out, with the reason beside what was there."""
    made = _draft().without({"health/web": "HTTP 500", "page/home": "two\nlines"})
    assert tomllib.loads(made.text()) == {"services": {"web": {"url": "https://x"}}}
    for said in ("# why", "left out: HTTP 500", '# health = { path = "/h" }', "# [[pages]]", "# # where", "# lines"):
        assert said in made.text()
    assert _draft().checks == {"health/web", "page/home"}
    assert made.checks == set()
