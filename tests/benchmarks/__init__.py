"""Tests of the benchmarks' own parts; what they measure is never asserted."""
