"""Certificates and their validation."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

CASES = [
    LifecycleCase(
        "aws:acm/certificate:Certificate",
        lambda _deps: {"domainName": "campus.example", "validationMethod": "DNS", "tags": OLD},
        lambda _deps: {"domainName": "campus.example", "validationMethod": "DNS", "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)


def test_certificate_is_valid_once_its_dns_records_exist(engine: Any, deps: Any) -> None:
    certificate = engine.create("aws:acm/certificate:Certificate", domainName="campus.example", validationMethod="DNS")
    for option in certificate.outputs["domainValidationOptions"]:
        engine.create(
            "aws:route53/record:Record",
            zoneId=deps.hosted_zone,
            name=option["resourceRecordName"],
            type=option["resourceRecordType"],
            ttl=60,
            records=[option["resourceRecordValue"]],
        )
    token = "aws:acm/certificateValidation:CertificateValidation"
    assert engine.drift(engine.create(token, certificateArn=certificate.id)) == []
