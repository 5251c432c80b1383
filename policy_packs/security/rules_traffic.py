"""What reaches a cluster, and what its API server lets in: one encrypted way, and controls that fail shut."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.rules_namespaces import NETWORK_POLICY
from policy_packs.security.rules_network import is_world

INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
SERVICE = "kubernetes:core/v1:Service"
PROVIDER = "pulumi:providers:kubernetes"
ADMISSION = "kubernetes:admissionregistration.k8s.io/v1"
WEBHOOKS = (f"{ADMISSION}:ValidatingWebhookConfiguration", f"{ADMISSION}:MutatingWebhookConfiguration")
POLICY = f"{ADMISSION}:ValidatingAdmissionPolicy"
POLICY_BINDING = f"{ADMISSION}:ValidatingAdmissionPolicyBinding"
ALB = "alb.ingress.kubernetes.io"
MODERN = ("ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-", "ELBSecurityPolicy-FS-1-2-")
"""How the names of policies begin that refuse TLS 1.0 and 1.1 (docs.aws.amazon.com, "Security policies for your
Application Load Balancer")."""


def _patched(*kinds: str) -> tuple[str, ...]:
    return (*kinds, *(f"{kind}Patch" for kind in kinds))


def _encrypted(ingress: Resource) -> Iterator[str]:
    for entry in ingress.each("spec.tls"):
        # An entry without hosts is for all of them.
        yield from entry.texts("hosts") or ("*",)


@rule("k8s-ingresses-must-use-tls", on=INGRESS, covers=["CIS-EKS 5.4.5"], severity=Severity.CRITICAL)
def tls(ingress: Resource) -> Findings:
    """Reports about students travel across networks that nobody here controls."""
    encrypted = set(_encrypted(ingress))
    for entry in ingress.each("spec.rules"):
        host = entry.text("host") or ""
        if not encrypted & {"*", host, f"*.{host.partition('.')[2]}"}:
            yield f"host {host or '*'} is served without TLS; add it to spec.tls"


@rule("k8s-ingresses-must-name-hosts", on=INGRESS, severity=Severity.MEDIUM)
def hosts(ingress: Resource) -> Findings:
    """An Ingress for any host answers to names that others point at it."""
    if "defaultBackend" in ingress.fields("spec"):
        yield "has a default backend, which answers to every name; name hosts in spec.rules"
    for entry in ingress.each("spec.rules"):
        if (entry.text("host") or "*") == "*":
            yield "has a rule for every host; name the host"


def _balanced(ingress: Resource) -> Iterator[Fields]:
    """The annotations of an Ingress for AWS's load balancer; nothing for one of another class."""
    if ingress.text("spec.ingressClassName") == "alb":
        yield ingress.fields("metadata.annotations")


@rule("k8s-ingresses-must-redirect-to-https", on=INGRESS, covers=["CKV_AWS_2", "CKV2_AWS_20"])
def redirect(ingress: Resource) -> Findings:
    """Who types a name without https sends the first request, cookie and all, in the clear."""
    for annotations in _balanced(ingress):
        # Without ports the controller listens on 443 if there is a certificate, else on 80.
        ports = annotations.text(f"{ALB}/listen-ports")
        plain = '"HTTP"' in ports if ports else f"{ALB}/certificate-arn" not in annotations
        if plain and f"{ALB}/ssl-redirect" not in annotations:
            yield f"serves plain HTTP; set the annotation {ALB}/ssl-redirect to '443'"


@rule("k8s-ingresses-must-refuse-old-tls", on=INGRESS, covers=["CKV_AWS_103", "CKV2_AWS_74"], severity=Severity.MEDIUM)
def old_tls(ingress: Resource) -> Findings:
    """TLS 1.0 and 1.1 are broken; the load balancer's own choice of 2016 still speaks them."""
    for annotations in _balanced(ingress):
        policy = annotations.text(f"{ALB}/ssl-policy")
        if not (policy or "").startswith(MODERN):
            yield f"TLS policy is {policy or 'ELBSecurityPolicy-2016-08'}; set {ALB}/ssl-policy to a TLS13-1-2 one"


@rule("k8s-services-must-not-bypass-ingress", on=_patched(SERVICE))
def services(service: Resource) -> Findings:
    """There is one door, with a firewall, certificates and logs; every load balancer beside it has none of them."""
    kind = service.text("spec.type")
    if kind in {"LoadBalancer", "ExternalName"}:
        yield f"is of type {kind}; use ClusterIP and an Ingress"
    if addresses := service.texts("spec.externalIPs"):
        yield f"takes over traffic of {', '.join(addresses)} (CVE-2020-8554); remove externalIPs"


def _open(policy: Resource, direction: str, peers: str) -> Iterator[str]:
    """What makes rules of a network policy be about everybody."""
    for entry in policy.each(f"spec.{direction}"):
        if not entry.items(peers):
            yield f"a rule without `{peers}`"
        for peer in entry.each(peers):
            cidr = peer.text("ipBlock.cidr")
            if cidr is not None and is_world(cidr):
                yield cidr


@rule("k8s-network-policies-must-not-let-everybody-in", on=_patched(NETWORK_POLICY))
def ingress_for_all(policy: Resource) -> Findings:
    """A policy that lets everybody in is none; only the load balancer's subnets need to reach a pod from outside."""
    for what in _open(policy, "ingress", "from"):
        yield f"{what} lets everybody in; name namespaces, pods or subnets"


@rule("k8s-network-policies-must-not-let-everything-out", on=_patched(NETWORK_POLICY))
def egress_to_all(policy: Resource) -> Findings:
    """A pod that may connect to anywhere may send anything there."""
    for what in _open(policy, "egress", "to"):
        yield f"{what} lets traffic out to anywhere; name namespaces, pods or subnets"


@rule("k8s-webhooks-must-fail-closed", on=_patched(*WEBHOOKS))
def webhooks(configuration: Resource) -> Findings:
    """A control that lets everything in when it is down is switched off by whoever takes it down."""
    for webhook in configuration.each("webhooks"):
        if webhook.text("failurePolicy") == "Ignore":
            yield f"webhook {webhook.text('name')} has failurePolicy Ignore; set it to Fail"


@rule("k8s-admission-policies-must-fail-closed", on=_patched(POLICY))
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
def bound(stack: Stack) -> StackFindings:
    """A policy without a binding is never asked."""
    for policy in stack.of(POLICY):
        if not any(_is_for(binding, policy) for binding in stack.of(POLICY_BINDING)):
            yield policy, f"policy {policy.name} has no binding; add a ValidatingAdmissionPolicyBinding"


def _is_for(binding: Resource, policy: Resource) -> bool:
    here, there = (each.provider.urn if each.provider else "" for each in (binding, policy))
    return here == there and bool(binding["spec.policyName"] == policy["metadata.name"])


@rule("k8s-provider-must-verify-tls", on=PROVIDER, severity=Severity.CRITICAL)
def verified(provider: Resource) -> Findings:
    """Whoever stands between this program and an API server it does not verify is the cluster's administrator."""
    config = provider.text("kubeconfig") or ""
    if "insecure-skip-tls-verify" in config:
        yield "kubeconfig has insecure-skip-tls-verify; remove it and name the certificate authority"
    if "http://" in config:
        yield "kubeconfig names a server without TLS; use its https address"
