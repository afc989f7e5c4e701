"""What takes a minute each: deploys to the embedded stack whose parts other tests show one by one."""

import os

import pytest

LONG = pytest.mark.skipif(not os.environ.get("SMOKE_LONG"), reason="takes a minute; SMOKE_LONG=1 makes it too")
