"""Ingresses and Services: one encrypted way into the cluster.

Sources: AWS Load Balancer Controller documentation, "Ingress annotations", and Kubernetes documentation, "Ingress". A
patch contains only what it changes, so only the settings that it makes are judged.
"""

import json
from collections.abc import Iterator

from policy_packs.kernel.context import Context, reviewed_names
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes_types import is_patch, with_patches
from policy_packs.security.tls_policies import MODERN_TLS_PREFIXES

INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
SERVICE = "kubernetes:core/v1:Service"
ALB = "alb.ingress.kubernetes.io"
CLASS_ANNOTATION = "kubernetes.io/ingress.class"
FIREWALL_ANNOTATIONS = tuple(
    f"{ALB}/{each}" for each in ("wafv2-acl-arn", "wafv2-acl-name", "waf-acl-id", "web-acl-id")
)
REDIRECT = "443"
INTERNET_FACING, INTERNAL = "internet-facing", "internal"


def _encrypted_hosts(ingress: Resource) -> Iterator[str]:
    for entry in ingress.each("spec.tls"):
        # An entry without hosts applies to every host.
        yield from entry.texts("hosts") or ("*",)


@rule("k8s-ingresses-must-use-tls", on=with_patches(INGRESS), covers=["CIS-EKS 5.4.5"], severity=Severity.CRITICAL)
def tls(ingress: Resource) -> Findings:
    """Reports about students cross networks that we do not control, so they must be encrypted."""
    spec = ingress.fields("spec")
    if is_patch(ingress) and "tls" in spec and "rules" not in spec:
        yield "The patch replaces spec.tls, but does not show which hosts are served. Set spec.rules too."
    encrypted = set(_encrypted_hosts(ingress))
    for entry in ingress.each("spec.rules"):
        host = entry.text("host") or ""
        if not encrypted & {"*", host, f"*.{host.partition('.')[2]}"}:
            yield f"Host {host or '*'} is served without TLS. Add the host to spec.tls."


@rule("k8s-ingresses-must-name-hosts", on=with_patches(INGRESS), severity=Severity.MEDIUM)
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
    settings={"classes": reviewed_names("Names of the reviewed Ingress classes", ["alb"])},
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
    """Yield the annotations of an Ingress if it is of class `alb`.

    A patch without a class may be for an Ingress of this class.
    """
    name = ingress.text("spec.ingressClassName")
    if name == "alb" or (name is None and is_patch(ingress)):
        yield ingress.fields("metadata.annotations")


@rule("k8s-ingresses-must-redirect-to-https", on=with_patches(INGRESS), covers=["CKV_AWS_2", "CKV2_AWS_20"])
def redirect(ingress: Resource) -> Findings:
    """A browser can send its first request over plain HTTP. Without a redirect, the whole visit stays unencrypted."""
    for annotations in _alb_annotations(ingress):
        may_be_plain = _may_be_plain(annotations, patch=is_patch(ingress))
        if may_be_plain and annotations.text(f"{ALB}/ssl-redirect") != REDIRECT:
            yield f"The Ingress serves plain HTTP. Set the annotation {ALB}/ssl-redirect to '{REDIRECT}'."


def _may_be_plain(annotations: Fields, *, patch: bool) -> bool:
    """Return True if a load balancer with these annotations may listen for plain HTTP."""
    ports = annotations.text(f"{ALB}/listen-ports")
    if ports is not None:
        return not _are_encrypted(ports)
    if patch:
        return f"{ALB}/ssl-redirect" in annotations
    # Without ports, the controller listens on 443 if there is a certificate, and otherwise on 80.
    return not annotations.text(f"{ALB}/certificate-arn")


def _are_encrypted(ports: str) -> bool:
    """Return True if the JSON text of `listen-ports` names HTTPS only."""
    try:
        listeners = json.loads(ports)
    except (ValueError, RecursionError):
        return False
    if not isinstance(listeners, list) or not listeners:
        return False
    return all(isinstance(each, dict) and each.keys() == {"HTTPS"} for each in listeners)


@rule(
    "k8s-ingresses-must-refuse-old-tls",
    on=with_patches(INGRESS),
    covers=["CKV_AWS_103", "CKV2_AWS_74"],
    severity=Severity.MEDIUM,
)
def old_tls(ingress: Resource) -> Findings:
    """TLS 1.0 and 1.1 have known weaknesses, and the load balancer's default policy (of 2016) still accepts them."""
    for annotations in _alb_annotations(ingress):
        policy = annotations.text(f"{ALB}/ssl-policy")
        if policy is None and is_patch(ingress):
            continue
        if not (policy or "").startswith(MODERN_TLS_PREFIXES):
            yield (
                f"The TLS policy is {policy or 'ELBSecurityPolicy-2016-08'}. Set the annotation {ALB}/ssl-policy to "
                f"one that requires TLS 1.2, such as {MODERN_TLS_PREFIXES[0]}2021-06."
            )


@rule("k8s-ingresses-must-keep-their-firewall", on=with_patches(INGRESS))
def firewall(ingress: Resource) -> Findings:
    """The value `none` takes the web firewall off the load balancer, for every Ingress that shares it."""
    for annotations in _alb_annotations(ingress):
        for name in FIREWALL_ANNOTATIONS:
            value = annotations.text(name)
            if value is not None and value.strip().lower() in {"", "none"}:
                yield f"The annotation {name} is {value!r}, so the load balancer has no firewall. Remove it."


@rule(
    "k8s-ingresses-must-share-reviewed-load-balancers",
    on=with_patches(INGRESS),
    settings={"groups": reviewed_names("Groups of Ingresses whose public load balancer was reviewed", ["edge"])},
)
def shared_load_balancer(ingress: Resource, context: Context) -> Findings:
    """An internet-facing Ingress outside of the reviewed groups creates a load balancer without a firewall and logs."""
    groups = context.settings["groups"]
    for annotations in _alb_annotations(ingress):
        scheme, group = annotations.text(f"{ALB}/scheme"), annotations.text(f"{ALB}/group.name")
        # The Ingress that a patch moves to another group may be internet-facing already.
        is_public = scheme == INTERNET_FACING or (is_patch(ingress) and group is not None and scheme != INTERNAL)
        if is_public and group not in groups:
            yield (
                f"The Ingress is internet-facing and {f'in the group {group}' if group else 'in no group'}. Set the "
                f"annotation {ALB}/group.name to a reviewed group ({', '.join(groups) or 'there is none'}), or "
                f"{ALB}/scheme to {INTERNAL}."
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
