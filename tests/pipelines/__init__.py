"""Pipelines that call the product."""
