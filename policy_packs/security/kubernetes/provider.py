"""The Kubernetes provider's connection to the API server."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

PROVIDER = "pulumi:providers:kubernetes"


@rule("k8s-provider-must-verify-tls", on=PROVIDER, severity=Severity.CRITICAL)
def verified_tls(provider: Resource) -> Findings:
    """Without verification, an attacker can pose as the API server and obtain the program's administrator token."""
    config = provider.text("kubeconfig") or ""
    if "insecure-skip-tls-verify" in config:
        yield "kubeconfig has insecure-skip-tls-verify. Remove it, and set certificate-authority-data."
    if "http://" in config:
        yield "kubeconfig names a server without TLS. Use its https address."
