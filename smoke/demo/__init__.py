"""The embedded stack: a reference customer portal with real parts, and the faults it can show."""
