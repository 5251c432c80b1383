"""ACM certificates."""

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource

CERTIFICATE = "aws:acm/certificate:Certificate"
WEAK_KEY_ALGORITHMS = frozenset({"RSA_1024"})


@rule("acm-must-renew-by-itself", on=CERTIFICATE)
def renewal(certificate: Resource) -> Findings:
    """A certificate that a person must renew ends on a holiday, and with it the reports of students."""
    if certificate["privateKey"] or certificate["privateKeyWo"]:
        yield "is imported, so that nobody renews it; request one from ACM"
    elif certificate["validationMethod"] == "EMAIL":
        yield "is validated by e-mail, which somebody must answer each year; set validation_method to DNS"


@rule("acm-must-use-strong-key", on=CERTIFICATE, severity=Severity.MEDIUM)
def key_algorithm(certificate: Resource) -> Findings:
    """RSA of 1024 bits is within reach of those who want it enough."""
    if certificate["keyAlgorithm"] in WEAK_KEY_ALGORITHMS:
        yield f"key_algorithm is {certificate['keyAlgorithm']}; set RSA_2048 or EC_prime256v1"


@rule("acm-must-be-in-public-logs", on=CERTIFICATE, severity=Severity.MEDIUM)
def transparency(certificate: Resource) -> Findings:
    """Who else gets a certificate in our name is seen in the public logs, if ours are there too; browsers insist."""
    if certificate["options.certificateTransparencyLoggingPreference"] == "DISABLED":
        yield "certificate transparency is off; set certificate_transparency_logging_preference to ENABLED"
