"""Journeys: what a real browser must be able to do."""

from smoke.journeys.rounds import Result
from smoke.journeys.runner import run_journey
from smoke.journeys.world import JourneyWorld

__all__ = ["JourneyWorld", "Result", "run_journey"]
