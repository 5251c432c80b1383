"""What can be wrong with what somebody asked of `ops policy`."""


class PolicyError(Exception):
    """The message is for the person at the terminal."""
