"""Findings and the verdict that follows from them: pure, no network, clock, file or pytest."""
