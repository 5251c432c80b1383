"""Reference from a service's Ingress to its load balancer."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True)
class LoadBalancerRef:
    """The load balancer that all Ingresses of a cluster share.

    It is created outside the cluster (ADR 0013).
    """

    group: str
    """Ingress group by which the controller finds the load balancer."""
    security_group: pulumi.Input[str]
    certificate_arn: pulumi.Input[str]
    tags: Mapping[str, str]
    """Tags of the load balancer. Every Ingress must repeat all of them.

    The controller removes tags that no Ingress names, and rejects an Ingress group whose members have different tags.
    """
