"""Errors of `ops policy`."""

from operations.errors import OperationsError


class PolicyRequestError(OperationsError):
    """A request to `ops policy` that cannot be fulfilled."""
