"""Tests of the journeys, in a real Chromium against small local sites."""
