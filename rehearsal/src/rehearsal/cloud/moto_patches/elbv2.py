"""Elastic Load Balancing: deletion protection, and unique names of load balancers."""

import json
from typing import ClassVar

from moto.elbv2 import models
from moto.elbv2.exceptions import DuplicateLoadBalancerName, ELBClientError
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class ELBv2Backend(models.ELBv2Backend):
    """Backend that enforces unique load balancer names and deletion protection."""

    original: ClassVar[type[models.ELBv2Backend]]

    @override
    def create_load_balancer(
        self,
        name: str,
        security_groups: list[str],
        subnet_ids: list[str],
        subnet_mappings: list[dict[str, str]] | None = None,
        scheme: str = "internet-facing",
        loadbalancer_type: str | None = None,
        ip_address_type: str = "ipv4",
        tags: list[dict[str, str]] | None = None,
    ) -> models.FakeLoadBalancer:
        subnets = {*(subnet_ids or ()), *(mapping["SubnetId"] for mapping in subnet_mappings or ())}
        requested = (
            scheme or "internet-facing",
            loadbalancer_type or "application",
            subnets,
            set(security_groups or ()),
        )
        for existing in list(self.load_balancers.values()):
            if existing.name == name:
                present = {subnet.id for subnet in existing.subnets}
                if requested != (existing.scheme, existing.type, present, set(existing.security_groups or ())):
                    raise DuplicateLoadBalancerName
                return existing  # AWS answers a repeated request with the existing load balancer
        return ELBv2Backend.original.create_load_balancer(
            self, name, security_groups, subnet_ids, subnet_mappings, scheme, loadbalancer_type, ip_address_type, tags
        )

    @override
    def delete_load_balancer(self, arn: str) -> None:
        load_balancer = self.load_balancers.get(arn)
        if load_balancer and load_balancer.attrs.get("deletion_protection.enabled") == "true":
            raise ELBClientError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        ELBv2Backend.original.delete_load_balancer(self, arn)

    @override
    def delete_listener(self, listener_arn: str) -> models.FakeListener:
        listener = ELBv2Backend.original.delete_listener(self, listener_arn)
        load_balancer = self.load_balancers[listener.load_balancer_arn]
        for arn, group in self.target_groups.items():
            if not _forwards(load_balancer, arn):
                group.load_balancer_arns = [name for name in group.load_balancer_arns if name != load_balancer.arn]
        return listener


def _forwards(load_balancer: models.FakeLoadBalancer, target_group_arn: str) -> bool:
    """Return True if a listener or rule of a load balancer forwards to a target group."""
    for listener in load_balancer.listeners.values():
        rules = (action for rule in listener.rules.values() for action in rule.actions)
        if any(target_group_arn in json.dumps(action.data) for action in (*listener.default_actions, *rules)):
            return True
    return False


def install(patches: Patches) -> None:
    """Patch moto's Elastic Load Balancing."""
    patches.install(ELBv2Backend)


MOTO_PATCHES = (
    MotoPatch(
        name="elbv2-deleted-listener",
        moto="describes a target group as used by a load balancer whose listener was deleted",
        aws="describes only the load balancers that forward to the target group",
        source="Elastic Load Balancing DescribeTargetGroups, LoadBalancerArns",
        upstream="to file: ELBv2: Update LoadBalancerArns of target groups in DeleteListener",
    ),
    MotoPatch(
        name="elbv2-deletion-protection",
        moto="deletes a load balancer that has deletion protection",
        aws="rejects the deletion",
        source="Elastic Load Balancing DeleteLoadBalancer",
        upstream="to file: ELBv2: Respect deletion protection in DeleteLoadBalancer",
    ),
    MotoPatch(
        name="elbv2-unique-name",
        moto="creates several load balancers of one name",
        aws="returns the existing one if the settings are equal, and otherwise rejects the name",
        source="Elastic Load Balancing CreateLoadBalancer, DuplicateLoadBalancerName",
        upstream="to file: ELBv2: Compare names instead of ARNs in CreateLoadBalancer",
    ),
)
