"""What can go wrong with the embedded stack itself."""

from smoke.errors import SmokeError


class StackError(SmokeError):
    """The embedded stack could not start, or a request to it could not be carried out; the text says why."""
