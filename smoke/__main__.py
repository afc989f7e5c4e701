"""`python -m smoke` is the same as `smoke`."""

import sys

from smoke.cli import main

sys.exit(main())
