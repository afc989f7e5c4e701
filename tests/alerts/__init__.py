"""Tests of when people are told, and what."""
