"""Guarded deployments."""
