"""Admission webhooks and policies: reviewed, and closed if they fail."""

from policy_packs.kernel.context import Context, reviewed_names
from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.kubernetes_types import cluster_of, with_patches

ADMISSION = "kubernetes:admissionregistration.k8s.io/v1"
MUTATING_WEBHOOK = f"{ADMISSION}:MutatingWebhookConfiguration"
WEBHOOKS = (f"{ADMISSION}:ValidatingWebhookConfiguration", MUTATING_WEBHOOK)
POLICY = f"{ADMISSION}:ValidatingAdmissionPolicy"
POLICY_BINDING = f"{ADMISSION}:ValidatingAdmissionPolicyBinding"


@rule("k8s-webhooks-must-fail-closed", on=with_patches(*WEBHOOKS))
def webhooks(configuration: Resource) -> Findings:
    """If a webhook fails open, an attacker can bypass it by making it unavailable."""
    for webhook in configuration.each("webhooks"):
        if webhook.text("failurePolicy") == "Ignore":
            yield f"Webhook {webhook.text('name')} has failurePolicy Ignore. Set failurePolicy to Fail."


@rule(
    "k8s-mutating-webhooks-must-be-reviewed",
    on=with_patches(MUTATING_WEBHOOK),
    severity=Severity.CRITICAL,
    settings={"webhooks": reviewed_names("Names of webhooks that were reviewed", [])},
)
def mutating_webhooks(configuration: Resource, context: Context) -> Findings:
    """A mutating webhook can add containers to pods and subjects to bindings after the policy packs have judged them.

    It also receives the contents of the objects, such as Secrets.
    """
    for webhook in configuration.each("webhooks"):
        name = webhook.text("name")
        if name not in context.settings["webhooks"]:
            yield (
                f"Webhook {name} mutates objects at admission. Set the values in the Pulumi program instead, or review "
                "the webhook and add its name to this rule's setting `webhooks`."
            )


@rule("k8s-webhooks-must-call-a-service", on=with_patches(*WEBHOOKS))
def webhooks_in_the_cluster(configuration: Resource) -> Findings:
    """A webhook with a URL sends the contents of objects out of the cluster, where no network policy applies."""
    for webhook in configuration.each("webhooks"):
        if webhook["clientConfig.url"] is not None:
            yield f"Webhook {webhook.text('name')} calls a URL. Set clientConfig.service to a Service of the cluster."


@rule("k8s-admission-policies-must-fail-closed", on=with_patches(POLICY))
def policies(policy: Resource) -> Findings:
    """If a policy cannot be evaluated, it must refuse the object. Otherwise a malformed object passes."""
    if policy.text("spec.failurePolicy") == "Ignore":
        yield "failurePolicy is Ignore. Set spec.failurePolicy to Fail."


@rule("k8s-admission-bindings-must-deny", on=POLICY_BINDING)
def denying(binding: Resource) -> Findings:
    """A binding that only warns or audits blocks nothing."""
    if "Deny" not in binding.texts("spec.validationActions"):
        yield "The binding denies nothing. Add Deny to spec.validationActions."


@stack_rule("k8s-admission-policies-must-be-bound")
def bound_policies(stack: Stack) -> StackFindings:
    """A policy without a binding is never evaluated."""
    for policy in stack.of_type(POLICY):
        if not any(_is_for(binding, policy) for binding in stack.of_type(POLICY_BINDING)):
            yield policy, f"Policy {policy.name} has no binding. Add a ValidatingAdmissionPolicyBinding."


def _is_for(binding: Resource, policy: Resource) -> bool:
    return cluster_of(binding) == cluster_of(policy) and bool(binding["spec.policyName"] == policy["metadata.name"])
