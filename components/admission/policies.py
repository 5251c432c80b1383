"""Admission policies of one cluster."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from components.admission.plan import POLICIES, AdmissionPlan
from components.base import ComponentArgs, PlatformComponent
from components.delivery.labels import labels


@dataclass(frozen=True, kw_only=True)
class AdmissionRulesArgs(ComponentArgs):
    """No arguments besides the context: all environments have the same policies."""


class AdmissionRules(PlatformComponent):
    """Admission policies of one cluster, with their bindings.

    The API server enforces the policies itself, without a webhook.

    Outputs: bindings (resources). An object that depends on them is created only after the policies apply.
    """

    def __init__(self, name: str, args: AdmissionRulesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:admission:AdmissionRules", name, args.context, opts)
        self._name = name
        self.bindings: list[pulumi.Resource] = [self._policy(plan) for plan in POLICIES]
        self.register_outputs({})

    def _policy(self, plan: AdmissionPlan) -> k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding:
        name = f"{self._name}-{plan.name}"
        metadata = k8s.meta.v1.ObjectMetaArgs(name=plan.name, labels=labels(self.context, plan.name))
        policy = k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
            name, metadata=metadata, spec=plan.spec(), opts=self.child_options()
        )
        return k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
            name, metadata=metadata, spec=plan.binding(), opts=self.child_options(ResourceOptions(depends_on=[policy]))
        )
