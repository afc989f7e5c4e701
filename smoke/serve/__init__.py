"""Verdicts for who can only ask over HTTP: Argo Rollouts, Flagger."""
