"""Errors of `ops release`."""


class ReleaseError(Exception):
    """The release cannot be checked; `str()` says what is missing."""
