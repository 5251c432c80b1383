"""ACM certificates."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

CERTIFICATE = "aws:acm/certificate:Certificate"
WEAK_KEY_ALGORITHMS = frozenset({"RSA_1024"})


@rule("acm-must-renew-by-itself", on=CERTIFICATE)
def renewal(certificate: Resource) -> Findings:
    """ACM renews only certificates that it issued itself. With DNS validation, the renewal is automatic."""
    if certificate["privateKey"] or certificate["privateKeyWo"]:
        yield "The certificate is imported, so ACM does not renew it. Request a certificate from ACM instead."
    elif certificate["validationMethod"] == "EMAIL":
        yield (
            "The certificate is validated by e-mail, which a person must confirm at each renewal. Set "
            "validation_method to DNS."
        )


@rule("acm-must-use-strong-key", on=CERTIFICATE, severity=Severity.MEDIUM)
def key_algorithm(certificate: Resource) -> Findings:
    """A well-funded attacker can break a 1024-bit RSA key."""
    if certificate["keyAlgorithm"] in WEAK_KEY_ALGORITHMS:
        yield f"key_algorithm is {certificate['keyAlgorithm']}. Set it to RSA_2048 or EC_prime256v1."


@rule("acm-must-be-in-public-logs", on=CERTIFICATE, severity=Severity.MEDIUM)
def transparency(certificate: Resource) -> Findings:
    """Public logs reveal certificates that others obtain for our domains. Browsers reject unlogged certificates."""
    if certificate["options.certificateTransparencyLoggingPreference"] == "DISABLED":
        yield "Certificate transparency logging is off. Set certificate_transparency_logging_preference to ENABLED."
