"""Certificates and their validation."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def validated_certificate(deps: Any, domain: str) -> str:
    """Create a certificate and the DNS records that validate it, and return its ARN."""
    certificate = deps.engine.create(
        "aws:acm/certificate:Certificate", domain, domainName=domain, validationMethod="DNS"
    )
    for index, option in enumerate(certificate.outputs["domainValidationOptions"]):
        deps.engine.create(
            "aws:route53/record:Record",
            f"{domain}-{index}",
            zoneId=deps.hosted_zone,
            name=option["resourceRecordName"],
            type=option["resourceRecordType"],
            ttl=60,
            records=[option["resourceRecordValue"]],
        )
    return str(certificate.id)


CASES = [
    LifecycleCase(
        "aws:acm/certificate:Certificate",
        lambda _deps: {"domainName": "campus.example", "validationMethod": "DNS", "tags": OLD},
        lambda _deps: {"domainName": "campus.example", "validationMethod": "DNS", "tags": NEW},
        replacing=lambda _deps: {"domainName": "other.example"},
    ),
    LifecycleCase(
        "aws:acm/certificateValidation:CertificateValidation",
        lambda deps: {"certificateArn": validated_certificate(deps, "campus.example")},
        replacing=lambda deps: {"certificateArn": validated_certificate(deps, "www.campus.example")},
        remains=True,
    ),
]


def test_certificate_is_valid_once_its_dns_records_exist(engine: Any, deps: Any) -> None:
    token = "aws:acm/certificateValidation:CertificateValidation"
    created = engine.create(token, certificateArn=validated_certificate(deps, "campus.example"))
    assert engine.drift(created) == []
