"""Journeys: what a real browser must be able to do."""

from smoke.journeys.runner import Result, run_journey
from smoke.journeys.scene import Scene

__all__ = ["Result", "Scene", "run_journey"]
