"""What the tests of checks share."""

from tests.dependencies.conftest import database, schema

__all__ = ["database", "schema"]
