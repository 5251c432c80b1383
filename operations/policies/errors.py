"""Errors of `ops policy`."""


class PolicyError(Exception):
    """A request that can't be fulfilled. The message is shown on the terminal."""
