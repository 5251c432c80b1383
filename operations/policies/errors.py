"""Errors of `ops policy`."""

from operations.errors import OperationsError


class PolicyRequestError(OperationsError):
    """A request to `ops policy` that cannot be fulfilled."""


class UnprovenRunError(OperationsError):
    """A run was not, or may not be, judged by exactly the packs of this repository."""
