"""Base exception of `ops`; `components.errors` shows the whole tree."""

from components.errors import CampusError


class OperationsError(CampusError):
    """A verb of `ops` cannot be carried out; the message says why and what to do."""
