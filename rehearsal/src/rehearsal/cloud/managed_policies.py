"""AWS-managed policies, from moto's copy of AWS's published versions."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data


@cache
def managed_policies() -> Mapping[str, Any]:
    """Return AWS's managed policies by name, each with `Path` and `Document`."""
    loaded: Mapping[str, Any] = json.loads(aws_managed_policies_data)
    return loaded
