"""Requests that are refused because of the present state of the account.

The emulated AWS and AWS refuse them alike. Each refusal has a scenario in tests/rehearsal/cloud/refusals, which
provokes it with the error code of AWS. Where moto needs a patch for it, the scenario also shows that unpatched moto
does not refuse the request with that code.
"""

from rehearsal.cloud.refusals.in_use import IN_USE
from rehearsal.cloud.refusals.refusal import Refusal
from rehearsal.cloud.refusals.unique import UNIQUE

__all__ = ["IN_USE", "REFUSALS", "UNIQUE", "Refusal"]

REFUSALS = (*IN_USE, *UNIQUE)
"""All refusals."""
