"""Admission webhooks and policies: they fail closed."""

from policy_packs.kernel.registry import Findings, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes_types import with_patches

ADMISSION = "kubernetes:admissionregistration.k8s.io/v1"
WEBHOOKS = (f"{ADMISSION}:ValidatingWebhookConfiguration", f"{ADMISSION}:MutatingWebhookConfiguration")
POLICY = f"{ADMISSION}:ValidatingAdmissionPolicy"
POLICY_BINDING = f"{ADMISSION}:ValidatingAdmissionPolicyBinding"


@rule("k8s-webhooks-must-fail-closed", on=with_patches(*WEBHOOKS))
def webhooks(configuration: Resource) -> Findings:
    """A control that lets everything in when it is down is switched off by whoever takes it down."""
    for webhook in configuration.each("webhooks"):
        if webhook.text("failurePolicy") == "Ignore":
            yield f"webhook {webhook.text('name')} has failurePolicy Ignore; set it to Fail"


@rule("k8s-admission-policies-must-fail-closed", on=with_patches(POLICY))
def policies(policy: Resource) -> Findings:
    """A policy whose expression fails must refuse: else a strange enough object passes it."""
    if policy.text("spec.failurePolicy") == "Ignore":
        yield "failurePolicy is Ignore; set it to Fail"


@rule("k8s-admission-bindings-must-deny", on=POLICY_BINDING)
def denying(binding: Resource) -> Findings:
    """A binding that only warns or audits keeps nothing out."""
    if "Deny" not in binding.texts("spec.validationActions"):
        yield "does not refuse anything; add Deny to spec.validationActions"


@stack_rule("k8s-admission-policies-must-be-bound")
def bound_policies(stack: Stack) -> StackFindings:
    """A policy without a binding is never asked."""
    for policy in stack.of_type(POLICY):
        if not any(_is_for(binding, policy) for binding in stack.of_type(POLICY_BINDING)):
            yield policy, f"policy {policy.name} has no binding; add a ValidatingAdmissionPolicyBinding"


def _is_for(binding: Resource, policy: Resource) -> bool:
    here, there = (each.provider.urn if each.provider else "" for each in (binding, policy))
    return here == there and bool(binding["spec.policyName"] == policy["metadata.name"])
