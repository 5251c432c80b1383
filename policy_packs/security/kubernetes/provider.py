"""The Kubernetes provider's connection to the API server."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

PROVIDER = "pulumi:providers:kubernetes"


@rule("k8s-provider-must-verify-tls", on=PROVIDER, severity=Severity.CRITICAL)
def verified_tls(provider: Resource) -> Findings:
    """Whoever stands between this program and an API server it does not verify is the cluster's administrator."""
    config = provider.text("kubeconfig") or ""
    if "insecure-skip-tls-verify" in config:
        yield "kubeconfig has insecure-skip-tls-verify; remove it and name the certificate authority"
    if "http://" in config:
        yield "kubeconfig names a server without TLS; use its https address"
