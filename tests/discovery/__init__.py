"""Tests of what `smoke init` finds and writes."""
