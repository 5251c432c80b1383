"""Quotas of an AWS account, as data, with the values that an account was granted.

`REHEARSE_QUOTAS=vpc/L-F678F1CE=20,iam/L-FE177D64=2000` rehearses with raised quotas. The variable is read when a
rehearsal starts (`rehearse up` after `rehearse down`).
"""

import os
from collections.abc import Mapping

from rehearsal.cloud.quotas.quota import Quota
from rehearsal.cloud.quotas.table import QUOTAS
from rehearsal.errors import RehearsalError

__all__ = ["QUOTAS", "VARIABLE", "Quota", "QuotaError", "granted_quotas"]

VARIABLE = "REHEARSE_QUOTAS"


class QuotaError(RehearsalError):
    """Error in the variable REHEARSE_QUOTAS."""


def granted_quotas(environment: Mapping[str, str] = os.environ) -> dict[str, int]:
    """Return the value of every quota, keyed by `Quota.key`.

    REHEARSE_QUOTAS overrides the values of a fresh account.

    Raises:
        QuotaError: an entry is not `<service>/<code>=<number>`, or names an unknown or a fixed quota; lists all such
            entries.
    """
    values = {quota.key: quota.value for quota in QUOTAS.values()}
    problems = []
    for entry in filter(None, (part.strip() for part in environment.get(VARIABLE, "").split(","))):
        key, _, value = entry.partition("=")
        problem = _problem(key, value)
        if problem:
            problems.append(f"  {entry}: {problem}")
        else:
            values[key] = int(value)
    if problems:
        raise QuotaError("\n".join((f"{VARIABLE} has entries that can't be used:", *problems, "Nothing was started.")))
    return values


def _problem(key: str, value: str) -> str:
    if not value.isdecimal():
        return "write <service>/<code>=<number>, such as vpc/L-F678F1CE=20"
    if key not in QUOTAS:
        return f"unknown quota; use one of {', '.join(key for key, quota in QUOTAS.items() if quota.adjustable)}"
    if not QUOTAS[key].adjustable:
        return f"AWS does not raise this quota ({QUOTAS[key].name})"
    return ""
