"""What the tests of checks share."""

from tests.dependencies.conftest import database

__all__ = ["database"]
