"""What a service has to know of the load balancer that it is reached through."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class LoadBalancerRef:
    """The load balancer that all Ingresses of a cluster share; it is made outside the cluster (ADR 0013)."""

    group: str
    """Ingress group, by which the controller finds it."""
    security_group: pulumi.Input[str]
    certificate_arn: pulumi.Input[str]
    tags: Mapping[str, str]
    """The load balancer's own. Ingresses repeat them: the controller removes what none of them wants, and refuses a
    group whose Ingresses want different values."""
