"""The faults that the stack can show; each is a few lines in one of the modules here."""

from smoke.demo.faults._registry import Fault, find, listing

__all__ = ["Fault", "find", "listing"]
