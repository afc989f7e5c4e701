"""A Slack for the tests of this package."""

from collections.abc import Iterator

import pytest

from tests.notify.slack import Slack, serving


@pytest.fixture
def slack() -> Iterator[Slack]:
    """Return a stand-in for Slack that takes everything."""
    with serving() as one:
        yield one
