"""Errors of `ops cost`."""

from collections.abc import Sequence

from operations.errors import OperationsError


class CostError(OperationsError):
    """The command cannot be carried out; the message says why and what to do."""


def mistakes_message(mistakes: Sequence[str]) -> str:
    """Return the mistakes in the pack's data, one per line under their count."""
    return "\n".join((f"{len(mistakes)} mistakes in the cost pack's data; nothing was done", *mistakes))
