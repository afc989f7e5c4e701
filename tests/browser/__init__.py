"""Tests of the browser's guard, watch and evidence, in a real Chromium against small local sites."""
