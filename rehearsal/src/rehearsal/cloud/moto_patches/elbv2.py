"""Elastic Load Balancing: deletion protection."""

from typing import ClassVar

from moto.elbv2 import models
from moto.elbv2.exceptions import ELBClientError
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class ELBv2Backend(models.ELBv2Backend):
    """Load balancers that respect deletion protection."""

    original: ClassVar[type[models.ELBv2Backend]]

    @override
    def delete_load_balancer(self, arn: str) -> None:
        load_balancer = self.load_balancers.get(arn)
        if load_balancer and load_balancer.attrs.get("deletion_protection.enabled") == "true":
            raise ELBClientError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        ELBv2Backend.original.delete_load_balancer(self, arn)


def install(patches: Patches) -> None:
    """Patch moto's Elastic Load Balancing."""
    patches.install(ELBv2Backend)


MOTO_PATCHES = (
    MotoPatch(
        name="elbv2-deletion-protection",
        moto="deletes a load balancer that has deletion protection",
        aws="rejects the deletion",
        source="Elastic Load Balancing DeleteLoadBalancer",
        upstream="to file: ELBv2: Respect deletion protection in DeleteLoadBalancer",
    ),
)
