"""Smokegate: look at a freshly deployed environment and say pass, fail or inconclusive."""

__version__ = "0.1.0"
