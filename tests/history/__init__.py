"""Tests of the history, on real servers of both kinds."""
