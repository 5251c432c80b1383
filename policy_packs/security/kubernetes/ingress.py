"""Ingresses and Services: one encrypted way into the cluster."""

from collections.abc import Iterator

from policy_packs.kernel.context import Context, Setting, Tightening
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes_types import with_patches
from policy_packs.security.tls_policies import MODERN_TLS_PREFIXES

INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
SERVICE = "kubernetes:core/v1:Service"
ALB = "alb.ingress.kubernetes.io"
CLASS_ANNOTATION = "kubernetes.io/ingress.class"


def _encrypted_hosts(ingress: Resource) -> Iterator[str]:
    for entry in ingress.each("spec.tls"):
        # An entry without hosts applies to every host.
        yield from entry.texts("hosts") or ("*",)


@rule("k8s-ingresses-must-use-tls", on=INGRESS, covers=["CIS-EKS 5.4.5"], severity=Severity.CRITICAL)
def tls(ingress: Resource) -> Findings:
    """Reports about students cross networks that we do not control, so they must be encrypted."""
    encrypted = set(_encrypted_hosts(ingress))
    for entry in ingress.each("spec.rules"):
        host = entry.text("host") or ""
        if not encrypted & {"*", host, f"*.{host.partition('.')[2]}"}:
            yield f"Host {host or '*'} is served without TLS. Add the host to spec.tls."


@rule("k8s-ingresses-must-name-hosts", on=INGRESS, severity=Severity.MEDIUM)
def hosts(ingress: Resource) -> Findings:
    """An Ingress without a host serves every domain that somebody points at it."""
    if "defaultBackend" in ingress.fields("spec"):
        yield "The Ingress has a default backend, which serves every host. Name hosts in spec.rules."
    for entry in ingress.each("spec.rules"):
        if (entry.text("host") or "*") == "*":
            yield "A rule applies to every host. Name the host."


@rule(
    "k8s-ingresses-must-use-known-class",
    on=with_patches(INGRESS),
    settings={
        "classes": Setting(
            {"type": "array", "items": {"type": "string"}, "description": "Names of the reviewed Ingress classes"},
            ["alb"],
            Tightening.FEWER,
        )
    },
)
def known_class(ingress: Resource, context: Context) -> Findings:
    """Only load balancers of a reviewed class get the firewall, the TLS policy and the logs.

    The rules on annotations judge Ingresses of class `alb`.
    """
    known = context.settings["classes"]
    name = ingress.text("spec.ingressClassName")
    if name not in known and (name or ingress.type == INGRESS):
        yield f"The Ingress class is {name or 'not set'}. Set spec.ingressClassName to {' or '.join(known)}."
    if CLASS_ANNOTATION in ingress.fields("metadata.annotations"):
        yield f"The annotation {CLASS_ANNOTATION} takes precedence over spec.ingressClassName. Remove it."


def _alb_annotations(ingress: Resource) -> Iterator[Fields]:
    """Yield the annotations of an Ingress if it is of class `alb`."""
    if ingress.text("spec.ingressClassName") == "alb":
        yield ingress.fields("metadata.annotations")


@rule("k8s-ingresses-must-redirect-to-https", on=INGRESS, covers=["CKV_AWS_2", "CKV2_AWS_20"])
def redirect(ingress: Resource) -> Findings:
    """A browser can send its first request over plain HTTP. Without a redirect, the whole visit stays unencrypted."""
    for annotations in _alb_annotations(ingress):
        # Without ports, the controller listens on 443 if there is a certificate, and otherwise on 80.
        ports = annotations.text(f"{ALB}/listen-ports")
        plain = '"HTTP"' in ports if ports else f"{ALB}/certificate-arn" not in annotations
        if plain and f"{ALB}/ssl-redirect" not in annotations:
            yield f"The Ingress serves plain HTTP. Set the annotation {ALB}/ssl-redirect to '443'."


@rule("k8s-ingresses-must-refuse-old-tls", on=INGRESS, covers=["CKV_AWS_103", "CKV2_AWS_74"], severity=Severity.MEDIUM)
def old_tls(ingress: Resource) -> Findings:
    """TLS 1.0 and 1.1 have known weaknesses, and the load balancer's default policy (of 2016) still accepts them."""
    for annotations in _alb_annotations(ingress):
        policy = annotations.text(f"{ALB}/ssl-policy")
        if not (policy or "").startswith(MODERN_TLS_PREFIXES):
            yield (
                f"The TLS policy is {policy or 'ELBSecurityPolicy-2016-08'}. Set the annotation {ALB}/ssl-policy to "
                f"one that requires TLS 1.2, such as {MODERN_TLS_PREFIXES[0]}2021-06."
            )


@rule("k8s-services-must-not-bypass-ingress", on=with_patches(SERVICE))
def only_ingress(service: Resource) -> Findings:
    """The Ingress has the firewall, the certificates and the logs. Any other load balancer bypasses them."""
    service_type = service.text("spec.type")
    if service_type in {"LoadBalancer", "ExternalName"}:
        yield f"The Service is of type {service_type}. Use ClusterIP and an Ingress."
    elif target := service.text("spec.externalName"):
        yield f"The Service stands for {target} outside the cluster. Remove externalName."
    if addresses := service.texts("spec.externalIPs"):
        yield f"The Service intercepts traffic to {', '.join(addresses)} (CVE-2020-8554). Remove externalIPs."
