"""Errors of `ops release`."""

from operations.errors import OperationsError


class ReleaseError(OperationsError):
    """The release cannot be checked; the message says what is missing."""
