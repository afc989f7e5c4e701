"""What takes long: deploys to the embedded stack whose parts other tests show one by one, and what begins first."""

import os

import pytest

LONG = pytest.mark.skipif(not os.environ.get("SMOKE_LONG"), reason="takes a minute; SMOKE_LONG=1 makes it too")

EARLY = pytest.mark.early
"""Begins before all others, so that in the end no worker waits for it alone."""
