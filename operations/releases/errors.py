"""Errors of `ops release`."""

from operations.errors import OperationsError


class ReleaseError(OperationsError):
    """The release cannot be checked; `str()` says what is missing."""
