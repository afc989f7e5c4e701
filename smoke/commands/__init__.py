"""The sub-commands of `smoke`, one module each: `add` declares it, `run` does it and returns the exit status."""
