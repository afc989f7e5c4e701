"""What is to be verified: the models of the environment files, and how they are loaded."""

from smoke.environment.environment import Environment, config_sha256

__all__ = ["Environment", "config_sha256"]
